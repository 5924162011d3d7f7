// The entry `walras`: everything.

export { load } from "./load.js";
export * from "./names.js";
