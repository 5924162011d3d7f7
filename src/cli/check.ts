// walras check FILE SOLUTION: the residuals of any solution, and a verdict.

import { Command } from "commander";
import type { Candidate } from "../check.js";
import { load } from "../load.js";
import { csv } from "./csv.js";
import { readEconomy, readJson } from "./input.js";
import { type CsvFlags, csvOption, number, withCommonOptions, withLimits } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { table } from "./table.js";

export function checkCommand(): Command {
  const command = new Command("check")
    .description("recompute the residuals of any solution; the exit status is 1 if it is rejected")
    .argument("<file>", 'the economy, as JSON or CSV; "-" for standard input')
    .argument(
      "<solution>",
      "JSON: an equilibrium with prices and perhaps allocation, or a plan with shadowPrices, allocation and perhaps weights",
    )
    .option("--tolerance <number>", "greatest residual that is accepted (default: 1e-6)", number)
    .addOption(csvOption("one row per residual"));
  return withCommonOptions(withLimits(command)).action(
    async (file: string, solution: string, flags: CsvFlags & { tolerance?: number }) => {
      const economy = await readEconomy(file, flags);
      const candidate = await readJson(solution, flags);
      const walras = await load({ engine: flags.engine });
      const verdict = walras.check(economy, candidate as Candidate, { tolerance: flags.tolerance });
      const head = ["residual", "value"];
      const rows = Object.entries(verdict.residuals);
      if (flags.json) printJson(verdict);
      else if (flags.csv) printRaw(csv(head, rows));
      else {
        print(table(head, rows));
        print([`${verdict.accepted ? "accepted" : "rejected"}: ${verdict.message}`]);
      }
      process.exitCode = verdict.accepted ? 0 : 1;
    },
  );
}
