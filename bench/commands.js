// Runs command lines in a worker of this process, for fuzzing.

import { Worker } from "node:worker_threads";

/** How many command lines a worker runs before another one takes its place. */
const RUNS = 100;
/** Milliseconds after which a command line counts as hanging. */
const PATIENCE = 60_000;

/** A line of a stack trace, which no user should see. */
const TRACE = /^\s+at .+:\d+:\d+\)?$/m;

/** Starts the workers. `run` resolves to how a command line ended, or rejects; `end` stops them. */
export function startCommands() {
  let worker;
  let runs = 0;
  /** What the command line that runs now waits for. */
  let waiting;

  const start = () => {
    worker = new Worker(new URL("commandWorker.js", import.meta.url), { stdin: true });
    worker.stdin.end();
    const here = worker;
    const fail = (error) => here === worker && waiting?.reject(error);
    worker.on("message", (answer) => waiting?.resolve(answer));
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new Error(`it ended the thread with ${code}`)));
  };

  const answerTo = async (input) => {
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        timer = setTimeout(() => reject(new Error("it hangs")), PATIENCE);
        worker.postMessage(input);
      });
    } catch (error) {
      // The next one needs another thread.
      runs = 0;
      throw error;
    } finally {
      waiting = undefined;
      clearTimeout(timer);
    }
  };

  return {
    async run(input) {
      if (runs++ % RUNS === 0) {
        await worker?.terminate();
        start();
      }
      const { status, out, err, thrown } = await answerTo(input);
      const failures = [
        [thrown !== "", `it throws ${thrown}`],
        [![0, 1, 2].includes(status), `the exit status is ${status}`],
        [TRACE.test(err) || /internal error/.test(err), "it shows a stack trace"],
        [status === 0 && out.trim() === "", "it succeeds and says nothing"],
        [status === 2 && err.trim() === "", "it refuses and says nothing"],
      ];
      const failure = failures.find(([failed]) => failed);
      if (failure) throw new Error(`${failure[1]}\nstandard error: ${err.slice(0, 1000)}`);
      return `exit status ${status}`;
    },
    end: () => worker?.terminate(),
  };
}
