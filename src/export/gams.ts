// An economy as a GAMS model of mixed complementarity (MCP).

import type { Economy } from "../economy/economy.js";
import { type Problem, problemOf } from "./program.js";

/** The most characters of a name; an explanatory text of GAMS has 255 at most, of one byte each. */
const MAX_NAME = 60;

/**
 * Returns a GAMS program that solves an economy as a mixed complementarity problem and displays
 * prices that add up to 1 and the allocation; or shadow prices and the allocation of the planner's
 * optimum, if the economy has only totals. Agents are called a1, a2, …, goods g1, g2, …; their names
 * are explanatory texts, shortened, with a question mark for every character that GAMS could obey.
 * @throws EconomyError as problemOf() does
 */
export function toGams(economy: Economy): string {
  const problem = problemOf(economy);
  const { name, agents, goods, alpha, omega, endowments, totals, weights } = problem;
  const wanted = (c: number) => alpha[c] > 0;
  return `$title An exchange economy, written by walras export --to gams
$offDigit
* Numbers have the digits that tell doubles apart, up to 17.

sets
   a '${textOf(`agents${name === "" ? "" : ` of ${name}`}`)}' /
${agents.map((agent, i) => `      a${i + 1} '${textOf(agent)}'`).join("\n")} /
   g 'goods' /
${goods.map((good, j) => `      g${j + 1} '${textOf(good)}'`).join("\n")} /;
alias (g, h);

* The utility of x units is alpha * x**(1 + omega) / (1 + omega), or alpha * log(x) if omega is -1.
parameters
   alpha(a,g) 'how much each agent likes each good' /
${matrix(problem, alpha, wanted)} /
   omega(a,g) 'elasticity of marginal utility' /
${matrix(problem, omega, wanted)} /
${
  endowments
    ? `   endowment(a,g) 'what each agent owns' /
${matrix(problem, endowments, (c) => endowments[c] > 0)} /
   total(g) 'what there is of each good';
total(g) = sum(a, endowment(a,g));`
    : `   total(g) 'what there is of each good' /
${Array.from(totals, (total, j) => `      g${j + 1} ${total}`).join("\n")} /
   weight(a) 'Pareto weights' /
${Array.from(weights, (weight, i) => `      a${i + 1} ${weight}`).join("\n")} /;`
}

${endowments ? MARKET : PLAN}`;
}

/** The elements of a matrix that are to be listed, one per line; GAMS takes 0 for all others. */
function matrix({ goods }: Problem, values: Float64Array, isListed: (c: number) => boolean): string {
  const m = goods.length;
  return Array.from(values, (value, c) => `      a${Math.floor(c / m) + 1}.g${(c % m) + 1} ${value}`)
    .filter((_, c) => isListed(c))
    .join("\n");
}

/**
 * Returns a name as a text in single quotes. Quotes end it, and GAMS replaces what stands between
 * percent signs even there; a dollar sign begins a command at the start of a line only, but costs
 * nothing to leave out.
 */
function textOf(name: string): string {
  const characters = Array.from(name.replace(/['"%$\\\p{C}\p{Zl}\p{Zp}]/gu, "?"));
  return characters.length <= MAX_NAME ? characters.join("") : `${characters.slice(0, MAX_NAME - 1).join("")}?`;
}

const MARKET = `positive variables
   p(g) 'prices, in units of g1'
   mu(a) 'marginal utilities of income'
   x(a,g) 'amounts';

equations
   market(g) 'what there is covers what is wanted, or the price rises'
   budget(a) 'income covers spending'
   choice(a,g) 'no amount is worth more to the agent than it costs';

market(g)..
   sum(a, endowment(a,g)) =g= sum(a$alpha(a,g), x(a,g));
budget(a)..
   sum(g, p(g)*endowment(a,g)) =g= sum(g$alpha(a,g), p(g)*x(a,g));
choice(a,g)$alpha(a,g)..
   mu(a)*p(g) =g= alpha(a,g)*x(a,g)**omega(a,g);

model exchange 'competitive equilibrium' / market.p, budget.mu, choice.x /;

* Start where marginal utilities of equal shares are prices, as well as they can be.
parameters
   worth(a,g) 'log of the marginal utility of equal shares'
   mean(a) 'its mean over goods';
worth(a,g)$alpha(a,g) = log(alpha(a,g)) + omega(a,g)*log(total(g)/card(a));
mean(a) = sum(g$alpha(a,g), worth(a,g))/sum(g$alpha(a,g), 1);
p.l(g) = exp(sum(a$alpha(a,g), worth(a,g) - mean(a))/sum(a$alpha(a,g), 1));
mu.l(a) = exp(mean(a))*p.l('g1');
p.l(g) = p.l(g)/sum(h$sameAs(h,'g1'), p.l(h));
x.l(a,g)$alpha(a,g) = total(g)/card(a);

* Powers of 0 are undefined; the numeraire closes the system, by Walras' law.
x.lo(a,g)$alpha(a,g) = 1e-12*total(g);
p.fx('g1') = 1;

solve exchange using mcp;
abort$(exchange.modelStat <> 1) 'no equilibrium was found';

parameters
   price(g) 'prices that add up to 1'
   amount(a,g) 'what each agent gets of each good';
price(g) = p.l(g)/sum(h, p.l(h));
amount(a,g)$alpha(a,g) = x.l(a,g);
option decimals = 8;
display price, amount;
`;

const PLAN = `positive variables
   p(g) 'shadow prices'
   x(a,g) 'amounts';

equations
   market(g) 'what there is covers what is used, or the shadow price rises'
   choice(a,g) 'no amount is worth more to welfare than its shadow price';

market(g)..
   total(g) =g= sum(a$alpha(a,g), x(a,g));
choice(a,g)$alpha(a,g)..
   p(g) =g= weight(a)*alpha(a,g)*x(a,g)**omega(a,g);

model planner 'first-order conditions of the greatest weighted sum of utilities' / market.p, choice.x /;

* Start from equal shares. Powers of 0 are undefined.
x.l(a,g)$alpha(a,g) = total(g)/card(a);
x.lo(a,g)$alpha(a,g) = 1e-12*total(g);
p.l(g) = smax(a$alpha(a,g), weight(a)*alpha(a,g)*x.l(a,g)**omega(a,g));

solve planner using mcp;
abort$(planner.modelStat <> 1) 'no plan was found';

parameters
   shadowPrice(g) 'what one more unit adds to welfare'
   amount(a,g) 'what each agent gets of each good';
shadowPrice(g) = p.l(g);
amount(a,g)$alpha(a,g) = x.l(a,g);
option decimals = 8;
display shadowPrice, amount;
`;
