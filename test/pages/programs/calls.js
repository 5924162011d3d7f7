// Calls whose answers pages and Node compare: one for each way in which a pool divides work, and some
// that it does not divide. They run on a pool and on Walras alike. The economies are made by arithmetic
// alone, since Math.exp and its like may differ from one host to another.

import { manyEconomies, mildMarket, plannerEconomy, symmetric } from "../../../bench/economies.js";

/**
 * What each call answers, as text: every bit of every number counts. Beside it `numbers`, some of
 * each answer, to be compared where the bits may differ.
 * @returns {Promise<{ answers: Record<string, string>, numbers: Record<string, number[]> }>}
 */
export async function answersOf(walras) {
  const market = walras.economy(mildMarket(20, 30));
  const large = walras.economy(plannerEconomy(150, 1000));
  const medium = walras.economy(plannerEconomy(60, 200));
  const four = walras.economy(symmetric(4, { noise: 0.02 }));
  const { planner } = manyEconomies(20_000);
  const calls = {
    plan: () => walras.plan(large),
    equilibrium: () => walras.equilibrium(market),
    equilibria: () => walras.equilibria(four),
    planMany: () => walras.planMany(planner),
    frontier: () => walras.frontier(walras.economy(symmetric(2)), { points: 200 }),
    planWithAdam: () => walras.planWithAdam(medium, { maxSteps: 360 }),
  };
  const answers = {};
  const numbers = {};
  for (const [name, call] of Object.entries(calls)) {
    const answer = await call();
    answers[name] = await textOf(answer);
    const lists = answer.equilibria?.map(({ prices }) => prices) ?? [
      answer.prices ?? answer.utilities ?? answer.shadowPrices,
    ];
    numbers[name] = lists.flatMap((list) => [...list].slice(0, 60));
  }
  return { answers, numbers };
}

/** A value as text, with a hash in the place of the bytes of each array. */
async function textOf(value) {
  const hashes = new Map();
  const walk = async (part) => {
    if (typeof part !== "object" || part === null || hashes.has(part)) return;
    if (!ArrayBuffer.isView(part)) for (const element of Object.values(part)) await walk(element);
    else {
      const { buffer, byteOffset, byteLength } = part;
      const hash = new Uint8Array(
        await crypto.subtle.digest("SHA-256", new Uint8Array(buffer, byteOffset, byteLength).slice()),
      );
      hashes.set(part, `${part.constructor.name} ${part.length} ${[...hash.subarray(0, 8)].join(" ")}`);
    }
  };
  await walk(value);
  return JSON.stringify(value, (_, part) => (typeof part === "number" ? exact(part) : (hashes.get(part) ?? part)));
}

/** A number, or as text what JSON takes for another. */
function exact(number) {
  if (Object.is(number, -0)) return "-0";
  return Number.isFinite(number) ? number : String(number);
}
