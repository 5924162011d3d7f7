// walras export FILE --to LANGUAGE: the economy as a program in another language, or as LaTeX.

import { Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { toGams } from "../export/gams.js";
import { toJulia } from "../export/julia.js";
import { requirePrintable, toLatex } from "../export/latex.js";
import { toScipy } from "../export/scipy.js";
import { load } from "../load.js";
import { readEconomy } from "./input.js";
import { type EconomyFlags, economyCommand, withOutputOptions } from "./options.js";
import { printRaw } from "./output.js";

type Language = "scipy" | "julia" | "gams" | "latex";

const WRITERS: Record<Language, (economy: Economy, flags: EconomyFlags) => string | Promise<string>> = {
  scipy: toScipy,
  julia: toJulia,
  gams: toGams,
  latex: solvedLatex,
};

export function exportCommand() {
  const command = economyCommand(
    "export",
    "write a program that solves the economy without walras, or a part of a LaTeX document about it",
  ).addOption(
    new Option(
      "--to <language>",
      "scipy: Python with SciPy; julia: Julia without packages; gams: an MCP; latex: formulas and tables",
    )
      .choices(Object.keys(WRITERS))
      .makeOptionMandatory(),
  );
  return withOutputOptions(command).action(async (file: string | undefined, flags: EconomyFlags & { to: Language }) => {
    const economy = await readEconomy(file, flags);
    printRaw((await WRITERS[flags.to](economy, flags)).trimEnd());
  });
}

/** Solves an economy, as a market if it has endowments, and writes it and its solution. */
async function solvedLatex(economy: Economy, { engine }: EconomyFlags): Promise<string> {
  requirePrintable(economy);
  const walras = await load({ engine });
  const options = { throwOnFailure: true };
  return toLatex(economy, economy.endowments ? walras.equilibrium(economy, options) : walras.plan(economy, options));
}
