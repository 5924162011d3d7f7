// The thread of thread.js: solves the economy that it is given, and posts the answer.

import { parentPort, workerData } from "node:worker_threads";
import { load } from "walras";

const walras = await load();
const { equilibria, complete } = walras.equilibria(walras.economy(workerData));
parentPort.postMessage({ complete, prices: equilibria.map(({ prices }) => [...prices]) });
