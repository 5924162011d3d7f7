// walras check FILE SOLUTION: the residuals of any solution, and a verdict.

import { Command } from "commander";
import type { Candidate } from "../check.js";
import { toJsonText } from "../json.js";
import { load } from "../walras.js";
import { print, readEconomy, readJson } from "./io.js";
import { type CommonFlags, number, withCommonOptions } from "./options.js";
import { table } from "./table.js";

export function checkCommand(): Command {
  const command = new Command("check")
    .description("recompute the residuals of any solution; the exit status is 1 if it is rejected")
    .argument("<file>", 'the economy, as JSON or CSV; "-" for standard input')
    .argument(
      "<solution>",
      "JSON: an equilibrium with prices and perhaps allocation, or a plan with shadowPrices, allocation and perhaps weights",
    )
    .option("--tolerance <number>", "greatest residual that is accepted (default: 1e-6)", number);
  return withCommonOptions(command).action(
    async (file: string, solution: string, flags: CommonFlags & { tolerance?: number }) => {
      const economy = readEconomy(file);
      const walras = await load({ engine: flags.engine });
      const verdict = walras.check(economy, readJson(solution) as Candidate, { tolerance: flags.tolerance });
      if (flags.json) print(toJsonText(verdict));
      else {
        print(table(["residual", "value"], Object.entries(verdict.residuals)));
        print(`${verdict.accepted ? "accepted" : "rejected"}: ${verdict.message}`);
      }
      process.exitCode = verdict.accepted ? 0 : 1;
    },
  );
}
