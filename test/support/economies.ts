// Economies of two agents and two goods that several tests are about.

/** The two rows are alike but for their order. */
export const CROSSED = [[1, 2], [2, 1]]; // biome-ignore format: rows
/** Each agent, one good. */
export const IDENTITY = [[1, 0], [0, 1]]; // biome-ignore format: rows

/** With logarithmic utility; each agent owns one good and wants twice as much of the other. */
export const SWAP = { alpha: CROSSED, omega: -1, endowments: IDENTITY };
/** With logarithmic utility; both agents want the same and own both goods. */
export const EQUAL_WANTS = { alpha: 1, omega: -1, endowments: CROSSED };
/** Agents that differ in everything, so that none of their curves is straight. */
export const UNLIKE = { alpha: [[1, 5], [4, 1]], omega: [[-0.3, -4], [-2, -0.5]], totals: [2, 1] }; // biome-ignore format: rows
