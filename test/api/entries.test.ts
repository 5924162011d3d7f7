// The entries of the built package besides `walras`, and kernels that are given.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { hardMarket, manyEconomies, mildMarket, plannerEconomy } from "../../bench/economies.js";
import { VERSION } from "../../src/engine/version.js";
import type { EconomyData, Solvers } from "../../src/index.js";

const entry = (name: string) => import(pathToFileURL(resolve("dist", name)).href);
const [all, solvers, js] = await Promise.all(["index.js", "solvers.js", "js.js"].map(entry));

/** Answers of every method of Solvers. */
function answersOf(w: Solvers): unknown[] {
  const { planner, market } = manyEconomies(50);
  const own = w.economy(plannerEconomy(12, 9) as EconomyData);
  const prepared = w.prepare(own);
  const markets = [
    mildMarket(4, 3),
    mildMarket(20, 30),
    mildMarket(2, 5),
    ...[1, 2, 3, 4, 5, 6].map((s) => hardMarket(s)),
  ];
  const solved = markets.map((data) => {
    const economy = w.economy(data as EconomyData);
    const found = w.equilibrium(economy);
    return [found, w.check(economy, found), w.check(economy, { prices: found.prices })];
  });
  return [w.plan(own), w.plan(prepared), w.planMany(planner), w.equilibriumMany(market), solved];
}

describe("the entries", () => {
  it("walras/solvers and walras/js answer as walras does, bit for bit", async () => {
    const wasm = answersOf(await all.load({ engine: "wasm" }));
    expect(answersOf(await solvers.load())).toEqual(wasm);
    const portable = answersOf(await all.load({ engine: "js" }));
    for (const walras of [await solvers.load({ engine: "js" }), await js.load(), await js.loadSolvers()]) {
      expect(walras.engine).toBe("js");
      expect(answersOf(walras)).toEqual(portable);
    }
  });

  it("have the same errors, so that what one throws the other knows", async () => {
    expect([solvers.EconomyError, js.EconomyError]).toEqual([all.EconomyError, all.EconomyError]);
    await expect(js.load({ engine: "wasm" })).rejects.toThrow('engine must be "auto" or "js"');
    const walras = await solvers.load();
    const economy = walras.economy({ alpha: 1, omega: -0.5, endowments: [[1, 2]] });
    expect(() => walras.equilibrium(economy, { demand: "shares" })).toThrow(
      'demand must be "utility" in walras/solvers',
    );
  });
});

describe("load({ module })", () => {
  const bytes = readFileSync("dist/walras.wasm");
  const path = resolve("dist/walras.wasm");

  it("runs a compiled module, bytes, and a file at a URL", async () => {
    for (const module of [
      new WebAssembly.Module(bytes),
      bytes,
      new Uint8Array(bytes).buffer,
      pathToFileURL(path),
      pathToFileURL(path).href,
    ]) {
      const walras = await all.load({ module });
      expect([walras.engine, walras.engineReason]).toEqual(["wasm", undefined]);
      expect(walras.plan(walras.economy({ alpha: [[1], [3]], omega: -1, totals: [4] })).allocation[1]).toBeCloseTo(
        3,
        14,
      );
    }
    expect((await solvers.load({ module: bytes })).engine).toBe("wasm");
    expect((await solvers.load({ module: readFileSync("dist/solvers.wasm") })).engine).toBe("wasm");
  });

  it("refuses what is no kernel of this version, and says what it is", async () => {
    const wanted = `module must be walras.wasm ${VERSION}; it is`;
    await expect(all.load({ module: readFileSync("dist/solvers.wasm") })).rejects.toThrow(
      `${wanted} solvers.wasm ${VERSION}`,
    );
    const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    await expect(all.load({ module: empty })).rejects.toThrow(`${wanted} something else`);
    await expect(all.load({ module: Uint8Array.of(1, 2, 3) })).rejects.toThrow(WebAssembly.CompileError);
    await expect(all.load({ module: pathToFileURL("absent.wasm") })).rejects.toThrow(/ENOENT/);
    await expect(all.load({ module: 7 })).rejects.toThrow("module must be a WebAssembly.Module, its bytes or a URL");
    await expect(all.load({ module: bytes, engine: "js" })).rejects.toThrow(
      'module is for the engine "wasm" or "auto"',
    );
  });

  it("refuses a path where there is no page that it could be relative to", async () => {
    for (const { load } of [all, solvers]) {
      const refused = await load({ module: "./dist/walras.wasm" }).then(undefined, (error: unknown) => error);
      expect(refused).toBeInstanceOf(all.OptionError);
      expect((refused as Error).message).toBe(
        'module must be a whole address outside of pages, as new URL(path, import.meta.url) is one; got "./dist/walras.wasm"',
      );
    }
  });

  it("runs in a pool, whatever it is given as", async () => {
    const { loadPool } = await entry("pool.js");
    for (const module of [pathToFileURL(path), pathToFileURL(path).href, bytes, new WebAssembly.Module(bytes)]) {
      const pool = await loadPool({ workers: 1, module });
      expect(pool.engine).toBe("wasm");
      await pool.close();
    }
    await expect(loadPool({ workers: 1, module: "walras.wasm" })).rejects.toThrow("module must be a whole address");
    const absent = loadPool({ workers: 1, module: pathToFileURL("absent.wasm") });
    await expect(absent).rejects.toThrow(/ENOENT/);
  });

  it("has the package's version", () => {
    expect(VERSION).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });

  it("imports nothing, so that bundlers and Node can import the file itself", () => {
    for (const name of ["walras", "solvers"]) {
      expect(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(`dist/${name}.wasm`)))).toEqual([]);
    }
  });
});
