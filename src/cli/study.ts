// walras study -o page.html: the homework's questions, answered by measurements.

import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { load } from "../load.js";
import { measureStudy, type Study } from "../study/study.js";
import { OutputError, reasonOf } from "./errors.js";
import { type CommonFlags, number, withOutputOptions } from "./options.js";
import { printRaw, warn } from "./output.js";
import { eraseProgress, showProgress } from "./progress.js";
import { writeFigures } from "./report.js";
import { shown } from "./terminal.js";

interface Flags extends CommonFlags {
  svg?: string;
  numbers?: string;
  seed: number;
  quick?: boolean;
}

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 5000;

export function studyCommand(): Command {
  const command = new Command("study")
    .description("measure how Adam performs and what differences between agents do, and write a page of HTML about it")
    .option("--svg <folder>", "write the figures to a folder, too")
    .option("--numbers <file>", "write the numbers to a file as JSON, too")
    .option("--seed <integer>", "seed of the draws, 0 or more", number, 0)
    .option("--quick", "few draws and small sizes: seconds instead of minutes");
  return withOutputOptions(command).action(async (flags: Flags) => {
    const { seed, svg, numbers } = flags;
    if (!Number.isSafeInteger(seed) || seed < 0) command.error("error: --seed must be a whole number of 0 or more");
    const walras = await load({ engine: flags.engine });
    const study = await measured(flags, (options) => measureStudy(walras, { seed, isQuick: flags.quick ?? false, ...options })); // biome-ignore format: one line
    const { reportStudy } = await import("../report/index.js");
    const { html, figures } = reportStudy(study);
    if (svg !== undefined) writeFigures(svg, figures);
    if (numbers !== undefined) writeNumbers(numbers, study);
    printRaw(html);
  });
}

type Measuring = Pick<Parameters<typeof measureStudy>[1], "onProgress" | "signal">;

/** Shows progress. The first interrupt ends the study early, and the page says what there is; a second one ends all. */
async function measured({ quiet }: Flags, measure: (options: Measuring) => Promise<Study>): Promise<Study> {
  const stop = new AbortController();
  const interrupt = () => {
    warn(["stopping after the measurement under way; interrupt again to stop at once"]);
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  const onTerminal = process.stderr.isTTY && process.env["TERM"] !== "dumb";
  let next = performance.now() + LINE_EVERY;
  try {
    return await measure({
      signal: stop.signal,
      onProgress({ done, total, what }) {
        if (quiet) return;
        const text = `${done} of ${total}: ${what}`;
        if (onTerminal) showProgress(text);
        else if (performance.now() >= next) {
          next = performance.now() + LINE_EVERY;
          warn([text]);
        }
      },
    });
  } finally {
    process.off("SIGINT", interrupt);
    eraseProgress();
  }
}

/** Writes the numbers with four digits, without Adam's ways, which are long. */
function writeNumbers(path: string, { curves, ...study }: Study): void {
  const rest = { ...study, curves: curves.map(({ errors: _, ...curve }) => curve) };
  const round = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
  const text = JSON.stringify(rest, round);
  try {
    writeFileSync(path, `${text}\n`);
  } catch (error) {
    throw new OutputError(`cannot write ${shown(path, 200)}: ${reasonOf(error, "no such folder")}`);
  }
}
