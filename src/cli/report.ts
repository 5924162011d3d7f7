// walras report FILE -o page.html: a page about an economy or a sweep.

import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "../load.js";
import { readManifest } from "../parts/manifest.js";
import { partsOfShard, surveyOf } from "../parts/run.js";
import { CommandError, OutputError, reasonOf } from "./errors.js";
import { readEconomy } from "./input.js";
import { type EconomyFlags, economyCommand, withOutputOptions } from "./options.js";
import { printRaw } from "./output.js";
import { withFolder } from "./sweep.js";
import { shown } from "./terminal.js";

interface Flags extends EconomyFlags {
  svg?: string;
}

export function reportCommand() {
  const command = economyCommand(
    "report",
    "write a page of HTML about an economy, or about the folder of a sweep",
  ).option("--svg <folder>", "write the figures to a folder, too");
  return withOutputOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const { html, figures } = await reportOn(file, flags);
    if (flags.svg !== undefined) writeFigures(flags.svg, figures);
    printRaw(html);
  });
}

async function reportOn(file: string | undefined, flags: Flags) {
  const { reportEconomy, reportSweep } = await import("../report/index.js");
  const isFolder = file !== undefined && file !== "-" && statSync(file, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder) return reportEconomy(await load({ engine: flags.engine }), await readEconomy(file, flags));
  return await withFolder(file, async () => {
    const manifest = readManifest(file);
    if (!manifest) throw new CommandError(`${shown(file, 200)} is not the folder of a sweep: it has no manifest.json`);
    const { notes } = surveyOf(file, manifest, partsOfShard(manifest, undefined));
    return await reportSweep(file, manifest, notes);
  });
}

/** Writes the figures to a folder, which is made if there is none. */
export function writeFigures(folder: string, figures: readonly { name: string; svg: string }[]): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, svg } of figures) writeFileSync(join(folder, name), svg);
  } catch (error) {
    throw new OutputError(`cannot write ${shown(folder, 200)}: ${reasonOf(error, "no such folder")}`);
  }
}
