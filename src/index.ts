/**
 * The entry `walras`: `load`, the object that it returns, and the types of its inputs and answers.
 * @module walras
 */

export { load } from "./load.js";
export * from "./names.js";
