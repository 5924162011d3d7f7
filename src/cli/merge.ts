// walras merge FOLDER -o FILE: the parts of a sweep in one file.

import { extname, resolve } from "node:path";
import { Command } from "commander";
import { readManifest, readShards } from "../parts/manifest.js";
import { mergeParts } from "../parts/merge.js";
import { economiesIn, partsOfShard, summaryOf, surveyOf } from "../parts/run.js";
import { arrayExpression } from "../parts/shards.js";
import { plural } from "../violations.js";
import { CommandError } from "./errors.js";
import { wholeNumber } from "./options.js";
import { print } from "./output.js";
import { withFolder } from "./sweep.js";
import { shown } from "./terminal.js";

interface Flags {
  file: string;
  shards?: number;
}

export function mergeCommand(): Command {
  return new Command("merge")
    .description("merge the parts of a sweep into one file, or say which are missing")
    .argument("<folder>", "the folder of a sweep")
    .requiredOption("-o, --file <file>", "the file to write, with the extension of the parts")
    .option("--shards <count>", "number of shards, for naming those that are missing", wholeNumber)
    .action(async (folder: string, { file, shards }: Flags) => {
      await withFolder(folder, () => merge(folder, file, shards));
    });
}

function merge(folder: string, file: string, given: number | undefined): void {
  const place = shown(folder, 200);
  const manifest = readManifest(folder);
  if (!manifest) throw new CommandError(`${place} is not the folder of a sweep: it has no manifest.json`);
  if (extname(file).slice(1).toLowerCase() !== manifest.format)
    throw new CommandError(`${shown(file, 200)} must end with .${manifest.format}, the format of the parts`);
  const { notes, missing } = surveyOf(folder, manifest, partsOfShard(manifest, undefined));
  if (missing.length > 0) {
    const economies = missing.reduce((sum, part) => sum + economiesIn(manifest, part), 0);
    const shards = given ?? readShards(folder);
    const lines = [`${place}: ${plural(missing.length, "part")} of ${manifest.parts} missing, ${economies} economies`];
    if (shards) {
      const numbers = [...new Set(missing.map((part) => (part % shards) + 1))].sort((a, b) => a - b);
      lines.push(`run the shards --array=${arrayExpression(numbers)} of ${shards} again, with --shard /${shards}`);
    } else lines.push("run the sweep again: it makes what is missing");
    throw new CommandError(lines.join("\n"));
  }
  mergeParts(folder, manifest, notes, resolve(file));
  const { rows, economies } = summaryOf(notes, 0);
  print([`${plural(rows, "row")} of ${economies} economies from ${plural(notes.length, "part")}`]);
}
