// What every host runs: the answers of all solvers on an engine, as a hash.
import { answerOf, bytesOf, solversOf } from "../../bench/solved.js";

/** How many seeds most solvers are asked with. */
const COUNT = 12;

/** What `load` starts, why, and the hashes of the answers of that engine and of the one in JavaScript. */
export async function probe(load, options) {
  const walras = await load(options);
  const { engine, engineReason: reason } = walras;
  const hashes = { [engine]: await hashOf(walras) };
  hashes.js ??= await hashOf(await load({ engine: "js" }));
  return { engine, reason, hashes };
}

async function hashOf(walras) {
  const answers = Object.values(solversOf(COUNT)).flatMap(({ part = 1, ask }) =>
    Array.from({ length: Math.max(1, Math.round(part * COUNT)) }, (_, seed) => answerOf(ask, walras, seed)),
  );
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(answers));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
