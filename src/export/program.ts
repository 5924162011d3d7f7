// What the programs that walras writes have in common: which economies they can solve, and names and
// numbers as texts of a program.

import type { Economy } from "../economy/economy.js";
import { marketGroups } from "../economy/groups.js";
import { EconomyError } from "../violations.js";
import { requireConcave } from "../welfare/expenditure.js";

/** The most agents and goods together: programs solve dense systems of as many equations. */
const MAX_SIZE = 2000;
/** The most numbers on a line of a program. */
const PER_LINE = 6;

/** An economy as a program solves it: without the goods that nobody wants. */
export interface Problem {
  name: string;
  agents: readonly string[];
  goods: readonly string[];
  /** n m: 0 for a good that the agent does not want. */
  alpha: Float64Array;
  /** n m: below 0. */
  omega: Float64Array;
  /** n m; undefined if only totals were given: then the program solves the planner's problem. */
  endowments: Float64Array | undefined;
  /** m. */
  totals: Float64Array;
  /** n. */
  weights: Float64Array;
}

/**
 * Returns what a program is to solve: the equilibrium, or the plan if the economy has only totals.
 * @throws EconomyError if the economy is too large, if an omega of a wanted good is 0 or more, if it
 *   is no market, or one of several groups that do not trade with each other
 */
export function problemOf(economy: Economy): Problem {
  const { agents, goods, endowments, name = "" } = economy;
  const n = agents.length;
  const m = goods.length;
  if (n + m > MAX_SIZE) {
    const requirement = `may have ${MAX_SIZE} agents and goods together at most for a program`;
    throw new EconomyError([{ path: "size", requirement, value: n + m }]);
  }
  if (endowments) {
    const groups = marketGroups(economy).length;
    if (groups > 1) {
      const requirement = "must connect all agents for a program: write one of each group";
      throw new EconomyError([{ path: "alpha", requirement, value: `${groups} groups that do not trade` }]);
    }
  } else requireConcave(economy, "must be below 0 for a program, which solves first-order conditions");
  const wanted = goods.map((_, j) => j).filter((j) => agents.some((_, i) => economy.alpha[i * m + j] > 0));
  const matrix = (values: Float64Array) =>
    Float64Array.from(agents.flatMap((_, i) => wanted.map((j) => values[i * m + j])));
  const alpha = matrix(economy.alpha);
  return {
    name,
    agents,
    goods: wanted.map((j) => goods[j]),
    alpha,
    // The omega of what an agent does not want means nothing, and may be 0.
    omega: matrix(economy.omega).map((w, c) => (alpha[c] > 0 ? w : -1)),
    endowments: endowments && matrix(endowments),
    totals: Float64Array.from(wanted, (j) => economy.totals[j]),
    weights: economy.weights.slice(),
  };
}

/**
 * Returns numbers separated by commas, in lines that are indented by `indent`. They read back as the
 * same doubles.
 */
export function list(values: ArrayLike<number>, indent: string): string {
  return wrapped(Array.from(values, String), indent);
}

/** Returns texts separated by commas, in lines that are indented by `indent`. */
export function wrapped(texts: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (let k = 0; k < texts.length; k += PER_LINE) lines.push(texts.slice(k, k + PER_LINE).join(", "));
  return lines.map((line) => indent + line).join(",\n");
}

/**
 * Returns a name as a literal in double quotes, in which Python and Julia see the same characters.
 * Nothing that ends a line or hides stands in it as it is.
 */
export function literal(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
