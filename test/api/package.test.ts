// The package as users get it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "walras-package-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the packed package", () => {
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { stdio: "pipe" });
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  execFileSync("tar", ["-xzf", join(folder, `walras-${manifest.version}.tgz`), "-C", folder]);
  const root = join(folder, "package");

  it("stands alone: no dependencies, types where the manifest says, and both engines", async () => {
    const packed = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(packed.dependencies).toBeUndefined();
    expect(readFileSync(join(root, packed.exports["."].types), "utf8")).toContain("load");
    const { load } = await import(pathToFileURL(join(root, packed.exports["."].default)).href);
    for (const engine of ["wasm", "js"]) {
      const walras = await load({ engine });
      const { prices } = walras.equilibrium(
        walras.economy({
          alpha: 1,
          omega: -1,
          endowments: [
            [3, 1],
            [1, 1],
          ],
        }),
      );
      expect(prices[1] / prices[0]).toBeCloseTo(2, 12);
    }
  });

  it("runs from the command line, and ships its schema and licence", () => {
    const help = execFileSync(process.execPath, [join(root, "dist/cli.js"), "--help"], { encoding: "utf8" });
    expect(help).toMatch(/plan[\s\S]*equilibrium[\s\S]*check[\s\S]*reproduce/);
    expect(JSON.parse(readFileSync(join(root, "economy.schema.json"), "utf8")).title).toMatch(/walras/);
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toMatch(/^MIT/);
  });
});
