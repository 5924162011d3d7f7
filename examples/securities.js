// An Arrow-Debreu economy: agents trade consumption today and in every state of tomorrow. Beliefs and patience are in
// alpha, risk aversion is -omega. The prices are those of Arrow securities, from which other assets are priced.
// `node securities.js`

import { load } from "walras";

const states = ["boom", "steady", "slump"];
const gamma = 3; // relative risk aversion
const agents = [
  { name: "worker", patience: 0.95, beliefs: [0.3, 0.5, 0.2], today: 4, tomorrow: [5, 4, 2] },
  { name: "farmer", patience: 0.97, beliefs: [0.3, 0.5, 0.2], today: 3, tomorrow: [3, 3, 3] },
  { name: "optimist", patience: 0.9, beliefs: [0.6, 0.3, 0.1], today: 3, tomorrow: [2, 3, 4] },
];

const walras = await load();
const economy = walras.economy({
  goods: ["today", ...states],
  agents: agents.map(({ name }) => name),
  alpha: agents.map(({ patience, beliefs }) => [1, ...beliefs.map((belief) => patience * belief)]),
  gamma,
  endowments: agents.map(({ today, tomorrow }) => [today, ...tomorrow]),
});
const { prices, netTrades, allocation } = walras.equilibrium(economy, { numeraire: "today", throwOnFailure: true });

// The price of one unit tomorrow in each state, in units of consumption today.
const securities = prices.subarray(1);
const bond = securities.reduce((sum, price) => sum + price, 0);
const totals = states.map((_, s) => agents.reduce((sum, { tomorrow }) => sum + tomorrow[s], 0));
const stock = securities.reduce((sum, price, s) => sum + price * totals[s], 0);

const m = economy.goods.length;
const byState = (row) => Object.fromEntries(states.map((state, s) => [state, row[s]]));
const answer = {
  securities: byState(securities),
  riskFreeRate: 1 / bond - 1,
  stock, // a claim to everything that there is tomorrow
  riskNeutralProbabilities: byState(securities.map((price) => price / bond)),
  consumption: agents.map(({ name }, i) => ({ name, amounts: [...allocation.subarray(i * m, (i + 1) * m)] })),
  portfolios: agents.map(({ name }, i) => ({ name, holds: byState(netTrades.subarray(i * m + 1, (i + 1) * m)) })),
};
console.log(JSON.stringify(answer, null, 2));
