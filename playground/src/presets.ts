// The economies that the page offers. Links hold differences from them, so a preset never changes
// once it has been published: a better one gets a name of its own.

/** An economy as the page edits it. Matrices are flat, agent by agent. */
export interface Sheet {
  readonly agents: readonly string[];
  readonly goods: readonly string[];
  readonly alpha: readonly number[];
  readonly omega: readonly number[];
  readonly endowments: readonly number[];
  readonly weights: readonly number[];
}

/** A preset: an economy with a title and a sentence about it. */
export interface Preset extends Sheet {
  readonly title: string;
  readonly note: string;
  /** How many times the map of endowments magnifies at first; default 1. */
  readonly zoom?: number;
}

const PAIR = { agents: ["Ada", "Ben"], goods: ["bread", "wine"], weights: [1, 1] };

/** Of Mas-Colell, Whinston & Green: it makes the price ratios cubes of 3/4 and 4/3. */
const CUBE = (12 / 37) ** 3;

/** Economies of two agents and two goods, by the name that links have. */
export const BOXES: Readonly<Record<string, Preset>> = {
  trade: {
    ...PAIR,
    title: "Bread and wine",
    note: "Ada owns most of the bread and likes wine better. Both gain from trade.",
    alpha: [1, 2, 2, 1],
    omega: [-1, -1, -1, -1],
    endowments: [8, 2, 2, 8],
  },
  mwg: {
    ...PAIR,
    title: "Three equilibria (Mas-Colell, Whinston & Green 15.B.6)",
    note: "Three prices clear the markets. Move the endowment inwards, a little, in the map: all three meet.",
    zoom: 100,
    alpha: [1, CUBE, CUBE, 1],
    omega: [-3, -3, -3, -3],
    endowments: [1, 0, 0, 1],
  },
  cobb: {
    ...PAIR,
    title: "Cobb–Douglas, one taste (MWG 15.B.1)",
    note: "Both agents spend a tenth of their income on bread: p₁/p₂ = 1/9.",
    alpha: [0.1, 0.9, 0.1, 0.9],
    omega: [-1, -1, -1, -1],
    endowments: [1, 2, 2, 1],
  },
  gift: {
    ...PAIR,
    title: "A gift that hurts",
    note: "Each owns mostly what it likes best. At the middle equilibrium whoever receives a gift loses by it.",
    zoom: 10,
    alpha: [1024, 1, 1, 1024],
    omega: [-5, -5, -5, -5],
    endowments: [12, 1, 1, 12],
  },
  critical: {
    ...PAIR,
    title: "Where three equilibria meet",
    note: "At this one economy three equilibria coincide. The smallest change separates them or leaves one.",
    zoom: 100,
    alpha: [16, 1, 1, 16],
    omega: [-4, -4, -4, -4],
    endowments: [1, 0, 0, 1],
  },
  substitutes: {
    ...PAIR,
    title: "Close substitutes",
    note: "Both see bread and wine as nearly the same: a small change of price makes them buy much more.",
    alpha: [1.2, 1, 1, 1.2],
    omega: [-0.25, -0.25, -0.25, -0.25],
    endowments: [9, 3, 1, 7],
  },
};

const constant = (count: number, value: number) => Array<number>(count).fill(value);

/** Numbers in [0, 1) that are the same at every visit (Park & Miller 1988). */
export function numbersOf(seed: number) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** A large economy of round numbers. */
function crowd(size: number): Pick<Sheet, "agents" | "goods" | "alpha" | "omega" | "endowments" | "weights"> {
  const next = numbersOf(20);
  const matrix = (from: number, to: number) =>
    Array.from({ length: size * size }, () => Math.round(100 * (from + (to - from) * next())) / 100);
  return {
    agents: Array.from({ length: size }, (_, i) => `agent ${i + 1}`),
    goods: Array.from({ length: size }, (_, j) => `good ${j + 1}`),
    alpha: matrix(0.2, 2),
    omega: matrix(-2, -0.3),
    endowments: matrix(0, 10),
    weights: constant(size, 1),
  };
}

const THREE = { agents: ["Ada", "Ben", "Cem"], goods: ["bread", "wine", "cloth"] };

/** Economies of any size, by the name that links have. */
export const TABLES: Readonly<Record<string, Preset>> = {
  village: {
    ...THREE,
    title: "Three owners of one good each",
    note: "The economy of the README.",
    alpha: [1, 0.8, 1.2, 1.1, 0.9, 1.3, 0.9, 0.7, 1.1],
    omega: constant(9, -0.5),
    endowments: [30, 0, 0, 0, 30, 0, 0, 0, 30],
    weights: [0.9, 1.1, 1],
  },
  seven: {
    ...THREE,
    title: "Seven equilibria",
    note: "Each owns mostly the good that it likes best. Seven prices clear the markets.",
    alpha: [1024, 1, 1, 1, 1024, 1, 1, 1, 1024],
    omega: constant(9, -5),
    endowments: [100, 1, 1, 1, 100, 1, 1, 1, 100],
    weights: [1, 1, 1],
  },
  scarf: {
    ...THREE,
    title: "Scarf’s cycle",
    note: "One equilibrium, and prices that follow excess demand do not find it (after Scarf 1960).",
    alpha: [1, 1, 0, 0, 1, 1, 1, 0, 1],
    omega: constant(9, -5),
    endowments: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    weights: [1, 1, 1],
  },
  pair: {
    ...PAIR,
    title: "Two agents, two goods",
    note: "The economy of the box, as a table.",
    alpha: [1, 2, 2, 1],
    omega: constant(4, -1),
    endowments: [8, 2, 2, 8],
  },
  four: {
    agents: ["Ada", "Ben", "Cem", "Dua"],
    goods: ["grain", "oil", "wool", "salt"],
    title: "Four by four, each a specialist",
    note: "No theorem and no enumeration proves how many equilibria there are: a search looks for them.",
    alpha: Array.from({ length: 16 }, (_, c) => (c % 5 === 0 ? 1024 : 1)),
    omega: constant(16, -5),
    endowments: Array.from({ length: 16 }, (_, c) => (c % 5 === 0 ? 100 : 1)),
    weights: [1, 1, 1, 1],
  },
  crowd: {
    ...crowd(30),
    title: "Thirty by thirty",
    note: "Thirty agents, thirty goods and random numbers, solved at every keystroke.",
  },
};
