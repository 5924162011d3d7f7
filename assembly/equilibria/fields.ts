// Where the numbers of an enumeration lie: those of each term, and those of a node, a point at
// which the root function was evaluated. The root function is a sum over terms: agents where there
// are two goods, goods where there are two agents (rootFunction.ts). A block of fields has
// `width` doubles for each field, one per term.

// Data of a term.
export const P: i32 = 0;
export const Q: i32 = 1;
export const LEVEL: i32 = 2;
export const FIRST: i32 = 3; // two goods: log endowment of good 1; two agents: log marginal utility of agent 2 at all of the good
export const SECOND: i32 = 4; // of good 2; of agent 1
export const PEAK_PLACE: i32 = 5; // sqrt p / (sqrt p + sqrt q), the z at which zs/D is largest
export const PEAK: i32 = 6; // the value there
export const DATA_ERROR: i32 = 7; // rounding of the logs of the data
export const DATA_FIELDS: i32 = 8;

// A node's head.
export const POINT: i32 = 0;
export const SCALE: i32 = 1; // the log taken out of all values
export const VALUE: i32 = 2;
export const VALUE_SLACK: i32 = 3;
export const SLOPE: i32 = 4;
export const SLOPE_SLACK: i32 = 5;
export const SCALING: i32 = 6; // the rate c of exp(-c t) that suits the bounds best
export const SIZE: i32 = 7; // sum of weight times the smaller gross: what the value is a difference of
export const NODE_HEAD: i32 = 8;

// A node's fields, behind its head.
export const LOGIT: i32 = 0; // v = ln(z / s)
export const WEIGHT: i32 = 1; // ln M
export const Z: i32 = 2;
export const S: i32 = 3; // 1 - z, in full precision
export const R: i32 = 4;
export const O: i32 = 5; // 1 - r
export const WEIGHT_SLOPE: i32 = 6; // d ln M / dt
export const LOGIT_SLOPE_NUMERATOR: i32 = 7; // N = D dv/dt
export const ERROR: i32 = 8; // bound of the rounding errors of v and ln M
export const NODE_FIELDS: i32 = 9;

// What intervalSums writes.
export const LOWER: i32 = 0;
export const UPPER: i32 = 1;
export const LOWER_SLOPE: i32 = 2;
export const UPPER_SLOPE: i32 = 3;
export const LOWER_CURVATURE: i32 = 4;
export const UPPER_CURVATURE: i32 = 5;
export const SLACK: i32 = 6;
export const INTERVAL_SUMS: i32 = 8;
