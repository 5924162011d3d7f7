// walras COMMAND [FILE] [options]. The exit status is 0 for a solved problem. It is 1 for an answer
// that has not converged or was rejected, or a critical equilibrium, and 2 for bad input or usage.

import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { NotConvergedError } from "../solution.js";
import { SingularError } from "../statics/equilibriumStatics.js";
import { InputError } from "../violations.js";
import { boxCommand } from "./box.js";
import { checkCommand } from "./check.js";
import { equilibriaCommand } from "./equilibria.js";
import { equilibriumCommand } from "./equilibrium.js";
import { frontierCommand } from "./frontier.js";
import { CommandError, warn } from "./io.js";
import { planCommand } from "./plan.js";
import { reproduceCommand } from "./reproduce.js";
import { staticsCommand } from "./statics.js";
import { tatonnementCommand } from "./tatonnement.js";
import { transferParadoxCommand } from "./transferParadox.js";
import { transfersCommand } from "./transfers.js";
import { welfareCommand } from "./welfare.js";

const program = new Command("walras")
  .description("Computes Pareto-efficient allocations and competitive equilibria of exchange economies.")
  .version(version)
  .addHelpText(
    "after",
    "\nThe exit status is 0 for a solved problem. It is 1 for an answer that has not converged or was rejected,\nand for a critical equilibrium. It is 2 for bad input or usage.",
  )
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
  reproduceCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader like head closes the pipe when it has read enough. That is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof CommandError || error instanceof InputError || error instanceof RangeError) {
    warn(`walras: ${error.message.replace(/\n/g, "\n        ")}`);
    process.exitCode = 2;
  } else if (error instanceof NotConvergedError || error instanceof SingularError) {
    const status = error instanceof NotConvergedError ? `${error.solution.status}: ` : "";
    warn(`walras: ${status}${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
