// A checker for StrykerJS that lets a random part of the mutants through, for when there is no time
// for all: `MUTANTS=0.1 npm run mutants -- --checkers sample`. The others are reported as
// compile errors, which do not count. A mutant is in the part if the hash of its file, its place
// and its replacement is: the draw is the same each time.
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";

const part = Number(process.env["MUTANTS"] ?? 0.1);

/** A number that is uniform on [0, 1) over all mutants. */
function drawOf({ fileName, location: { start, end }, mutatorName, replacement }) {
  const file = relative(process.cwd(), fileName).replace(/^.*?src\//, "src/");
  const key = [file, start.line, start.column, end.line, end.column, mutatorName, replacement].join(" ");
  return createHash("sha256").update(key).digest().readUInt32BE() / 2 ** 32;
}

class SampleChecker {
  async init() {}

  async check(mutants) {
    return Object.fromEntries(
      mutants.map((mutant) => [
        mutant.id,
        drawOf(mutant) < part ? { status: "passed" } : { status: "compileError", reason: "not in the sample" },
      ]),
    );
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", SampleChecker)];
