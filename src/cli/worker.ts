// walras worker --queue URL: makes parts of sweeps that others ask for.

import { availableParallelism } from "node:os";
import { Command } from "commander";
import { plural } from "../violations.js";
import { wholeNumber } from "./options.js";
import { print } from "./output.js";
import { sayLine } from "./progress.js";
import { addressIn, leaveSoon, PATIENCE, patienceOption, queueOption, seconds } from "./queue.js";
import { withFolder } from "./sweep.js";

interface Flags {
  queue?: string | true;
  folder?: string;
  workers?: number;
  lock: number;
  idle?: number;
  patience?: number;
  quiet?: boolean;
}

/** Seconds after which others take over what a silent worker has at work. */
const LOCK = 30;

export function workerCommand(): Command {
  return new Command("worker")
    .description("make parts of the sweeps that `walras sweep --queue` asks for, until ^C")
    .addOption(queueOption("the server to take parts from"))
    .option("-o, --folder <folder>", "the sweep's folder, if this machine sees it; else rows go by the queue")
    .option("--workers <count>", "threads (default: all cores)", wholeNumber)
    .option("--lock <seconds>", "after how much silence others take over this worker's parts", seconds, LOCK)
    .option("--idle <seconds>", "end after so long without work (default: never)", seconds)
    .addOption(patienceOption())
    .option("-q, --quiet", "say nothing but mistakes")
    .action(async (flags: Flags) => {
      const { folder, lock, idle, patience = PATIENCE, quiet } = flags;
      const threads = flags.workers ?? availableParallelism();
      const tell = quiet ? () => {} : sayLine;
      await withFolder(folder ?? "", async () => {
        const { serveQueue } = await import("../queue/serve.js");
        const address = addressIn(flags.queue ?? true);
        const signals = watchSignals(sayLine);
        const serving = { address, folder, threads, lock, idle, patience, ...signals, say: sayLine, tell };
        const made = await serveQueue(serving).finally(leaveSoon);
        print([`${plural(made, "part")} made`]);
      });
    });
}

/** ^C finishes what is at work; again, or SIGTERM, hands it back. A third signal ends the process. */
function watchSignals(say: (line: string) => void): { finish: AbortSignal; handBack: AbortSignal } {
  const [finish, handBack] = [new AbortController(), new AbortController()];
  const interrupt = () => {
    if (finish.signal.aborted) {
      process.removeListener("SIGINT", interrupt);
      handBack.abort();
      return;
    }
    finish.abort();
    say("finishing the parts at work; ^C again hands them back");
  };
  process.on("SIGINT", interrupt);
  process.once("SIGTERM", () => {
    finish.abort();
    handBack.abort();
  });
  return { finish: finish.signal, handBack: handBack.signal };
}
