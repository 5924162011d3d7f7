// Writes what a pool answers to the calls of calls.js, and what Walras answers in the page's own thread.

import { load } from "/dist/index.js";
import { loadPool } from "/dist/pool.js";
import { answersOf } from "./calls.js";

const violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective}: ${blockedURI}`),
);

const engine = new URLSearchParams(location.search).get("engine") ?? "auto";
const pool = await loadPool({ workers: 2, engine });
const ofPool = await answersOf(pool);
await pool.close();
const alone = (await answersOf(await load({ engine: pool.engine }))).answers;
const shared = typeof SharedArrayBuffer === "function";
document.body.textContent = JSON.stringify({ engine: pool.engine, shared, ...ofPool, alone, violations });
