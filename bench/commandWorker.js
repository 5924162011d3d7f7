// Runs the command line inside this thread, one input after the other: starting a process for each
// would take longer than all the rest. Every run loads the program anew, so that nothing is left of
// the one before; whoever starts this worker ends it after some hundred runs, since modules stay.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";

const program = new URL("../dist/cli.js", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "walras-"));
const file = join(folder, "economy");
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Collects what is written to a stream while `call` runs. */
async function collecting(stream, call) {
  const { write } = stream;
  let text = "";
  stream.write = (chunk, ...rest) => {
    text += chunk;
    for (const done of rest) if (typeof done === "function") process.nextTick(done);
    return true;
  };
  try {
    await call();
  } finally {
    stream.write = write;
  }
  return text;
}

let runs = 0;
parentPort.on("message", async ({ args, text }) => {
  writeFileSync(file, text);
  process.argv = [process.execPath, "walras", ...args.map((arg) => (arg === "{file}" ? file : arg))];
  process.exitCode = undefined;
  let thrown = "";
  let out = "";
  const err = await collecting(process.stderr, async () => {
    out = await collecting(process.stdout, async () => {
      try {
        await import(`${program}?run=${runs++}`);
      } catch (error) {
        thrown = String(error?.stack ?? error);
      }
    });
  });
  for (const stream of [process.stdout, process.stderr, process.stdin]) stream.removeAllListeners("error");
  process.removeAllListeners("uncaughtException");
  const status = process.exitCode ?? 0;
  process.exitCode = undefined;
  parentPort.postMessage({ status, out, err, thrown });
});
