// walras COMMAND [FILE] [options]. Exit status: 0 solved, 1 not converged or critical, 2 bad input or usage.

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
import { warn } from "./io.js";
import { planCommand } from "./plan.js";
import { reproduceCommand } from "./reproduce.js";
import { staticsCommand } from "./statics.js";
import { tatonnementCommand } from "./tatonnement.js";
import { transfersCommand } from "./transfers.js";
import { welfareCommand } from "./welfare.js";

const program = new Command("walras")
  .description("Pareto-efficient allocations and competitive equilibrium prices of exchange economies")
  .version(version)
  .exitOverride();
for (const command of [
  reproduceCommand(),
  planCommand(),
  equilibriumCommand(),
  equilibriaCommand(),
  frontierCommand(),
  staticsCommand(),
  tatonnementCommand(),
  boxCommand(),
  welfareCommand(),
  transfersCommand(),
  checkCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader that has seen enough, like head, closes the pipe: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof InputError || error instanceof RangeError) {
    warn(`walras: ${error.message.replace(/\n/g, "\n        ")}`);
    process.exitCode = 2;
  } else if (error instanceof NotConvergedError || error instanceof SingularError) {
    const status = error instanceof NotConvergedError ? `${error.solution.status}: ` : "";
    warn(`walras: ${status}${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
