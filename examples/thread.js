// A long call in a thread of node:worker_threads: this thread stays free, and ends the other one if it takes too long.
// `node thread.js [milliseconds]`

import { Worker } from "node:worker_threads";

const patience = Number(process.argv[2] ?? 60_000);
const economy = {
  alpha: [
    [1024, 1, 1],
    [1, 1024, 1],
    [1, 1, 1024],
  ],
  omega: -5,
  endowments: [
    [100, 1, 1],
    [1, 100, 1],
    [1, 1, 100],
  ],
};

const worker = new Worker(new URL("thread-worker.js", import.meta.url), { workerData: economy });
const timer = setTimeout(() => {
  console.error(`no answer within ${patience} ms`);
  process.exitCode = 1;
  worker.terminate();
}, patience);
worker.on("message", (answer) => console.log(JSON.stringify(answer)));
worker.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
worker.on("exit", () => clearTimeout(timer));
