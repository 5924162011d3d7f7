// A Fisher market: buyers come with money to a shop, and prices clear the shelves. Everyone is given the same part of
// every good as of all money, which makes an exchange economy of it. `node fisher.js`

import { load } from "walras";

const goods = ["tea", "rice", "salt"];
const supply = [1, 2, 4];
const buyers = [
  { name: "Ada", budget: 10, spends: [0.5, 0.3, 0.2] },
  { name: "Ben", budget: 20, spends: [0.2, 0.2, 0.6] },
  { name: "Cem", budget: 30, spends: [0.1, 0.7, 0.2] },
];

const walras = await load();
const money = buyers.reduce((sum, { budget }) => sum + budget, 0);
const economy = walras.economy({
  goods,
  agents: buyers.map(({ name }) => name),
  alpha: buyers.map(({ spends }) => spends), // Cobb-Douglas: the parts of their money that buyers spend
  omega: -1,
  endowments: buyers.map(({ budget }) => supply.map((amount) => (amount * budget) / money)),
});
const { prices, allocation } = walras.equilibrium(economy, { throwOnFailure: true });

// Prices are relative. At those of the shop, all goods together cost what all buyers have.
const worth = prices.reduce((sum, price, j) => sum + price * supply[j], 0);
const shopPrices = Array.from(prices, (price) => (price * money) / worth);

const m = goods.length;
const answer = {
  prices: Object.fromEntries(goods.map((good, j) => [good, shopPrices[j]])),
  buys: Object.fromEntries(buyers.map(({ name }, i) => [name, [...allocation.subarray(i * m, (i + 1) * m)]])),
};
console.log(JSON.stringify(answer, null, 2));
