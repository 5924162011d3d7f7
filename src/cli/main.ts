// walras COMMAND [FILE] [options]. EXIT_STATUSES says what the exit status means.

import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { MemoryError } from "../engine/errors.js";
import { NotConvergedError } from "../solution.js";
import { SingularError } from "../statics/equilibriumStatics.js";
import { describe, InputError, type Violation } from "../violations.js";
import { boxCommand } from "./box.js";
import { checkCommand } from "./check.js";
import { equilibriaCommand } from "./equilibria.js";
import { equilibriumCommand } from "./equilibrium.js";
import { CommandError, OutputError } from "./errors.js";
import { exportCommand } from "./export.js";
import { frontierCommand } from "./frontier.js";
import { mergeCommand } from "./merge.js";
import { openOutput, outputWidth, print, warn, writeResult } from "./output.js";
import { planCommand } from "./plan.js";
import { reportCommand } from "./report.js";
import { reproduceCommand } from "./reproduce.js";
import { staticsCommand } from "./statics.js";
import { studyCommand } from "./study.js";
import { sweepCommand } from "./sweep.js";
import { tatonnementCommand } from "./tatonnement.js";
import { shown } from "./terminal.js";
import { transferParadoxCommand } from "./transferParadox.js";
import { transfersCommand } from "./transfers.js";
import { welfareCommand } from "./welfare.js";
import { workerCommand } from "./worker.js";

const EXIT_STATUSES = `
The exit status is
   0  for a solved problem
   1  for an answer that has not converged or was rejected, a list of
      equilibria whose indices do not add up to 1, and a critical
      equilibrium
   2  for bad input or usage
  70  for a mistake in this program
  74  for a result that cannot be written`;

/** How wide help is where nothing else is asked for, and the least width at which it wraps. */
const HELP_WIDTH = 80;
const MIN_WRAPPED = 20;
/** The most characters of a path and of a requirement in a message. */
const MAX_PATH = 100;
const MAX_REQUIREMENT = 300;
/** The most characters of a mistake in usage. */
const MAX_MESSAGE = 500;

const program = new Command("walras")
  .description("Computes Pareto-efficient allocations and competitive equilibria of exchange economies.")
  .version(version)
  .addHelpText("after", EXIT_STATUSES)
  .configureHelp({ minWidthToWrap: MIN_WRAPPED })
  .configureOutput({
    getOutHelpWidth: () => outputWidth() ?? HELP_WIDTH,
    writeOut: (text) => print(text.trimEnd().split("\n")),
    writeErr: (text) => process.stderr.write(text),
    outputError: (text) =>
      warn([
        shown(
          text
            .replace(/^error: /, "")
            .replace(/\n\(Did/, " (Did")
            .trim(),
          MAX_MESSAGE,
        ),
      ]),
  })
  .hook("preAction", (_, command) => openOutput(command.opts<{ output?: string }>().output))
  .exitOverride();
for (const command of [
  planCommand(),
  equilibriumCommand(),
  equilibriaCommand(),
  frontierCommand(),
  boxCommand(),
  staticsCommand(),
  transfersCommand(),
  transferParadoxCommand(),
  tatonnementCommand(),
  welfareCommand(),
  checkCommand(),
  exportCommand(),
  sweepCommand(),
  mergeCommand(),
  workerCommand(),
  reportCommand(),
  studyCommand(),
  reproduceCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

/** Reports an error in one line per mistake, and returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return 2; // Commander has reported it.
  const [status, lines] = verdictOn(error as Error);
  warn(lines);
  return status;
}

/** Returns the exit status of an error, and what to say of it. */
function verdictOn(error: Error): [status: number, lines: string[]] {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InputError) return [2, error.violations.map(lineOf)];
  if (error instanceof CommandError) return [2, message.split("\n")];
  if (error instanceof MemoryError) return [2, [message]];
  if (error instanceof NotConvergedError) return [1, [`${error.solution.status}: ${message}`]];
  if (error instanceof SingularError) return [1, [message]];
  if (error instanceof OutputError) return [74, [message]];
  // What JavaScript itself cannot hold.
  if (error instanceof RangeError && message === "Invalid string length")
    return [74, ["cannot write the result: it is longer than a text can be here, 512 MiB"]];
  if (error instanceof RangeError && message === "Array buffer allocation failed")
    return [2, ["this economy needs more memory than there is"]];
  const plea = `This is a bug of walras ${version}; please report it with the command and its input.`;
  return [70, [`internal error: ${message}`, plea]];
}

function lineOf({ path, requirement, value }: Violation): string {
  return describe({ path: shown(path, MAX_PATH), requirement: shown(requirement, MAX_REQUIREMENT), value });
}

/** Parses the arguments, and runs the command. */
async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    // Help and version are results, too.
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
  }
  await writeResult();
}

process.on("uncaughtException", (error) => process.exit(report(error)));
await run().catch((error) => {
  process.exitCode = report(error);
});
