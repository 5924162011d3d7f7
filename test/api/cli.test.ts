// The built command line, as a user runs it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BAD_ECONOMIES } from "../support/badEconomies.js";

const folder = mkdtempSync(join(tmpdir(), "walras-"));
afterAll(() => rmSync(folder, { recursive: true }));

function walras(args: string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const CONVEX = {
  goods: ["bread", "wine"],
  agents: ["Ada", "Ben"],
  alpha: [
    [1, 2],
    [2, 1],
  ],
  omega: 0.5,
  totals: [1, 2],
};
const SHARES = {
  alpha: [
    [1, 2],
    [2, 1],
  ],
  omega: [
    [0.5, 0.25],
    [0.5, 0.25],
  ],
  totals: [1, 2],
  incomes: [1, 2],
};

describe("walras reproduce", () => {
  it("prints the six experiments", () => {
    const { status, stdout } = walras(["reproduce"]);
    expect(status).toBe(0);
    for (const figure of [
      "569.2876",
      "227.8581",
      "347.0088",
      "626.808",
      "1.472338",
      "328.6335",
      "606.0751",
      "1095.445",
      "1237.722",
    ]) {
      expect(stdout).toContain(figure);
    }
  });

  it.each(["wasm", "js"])("prints them as JSON, from %s", (engine) => {
    const { status, stdout } = walras(["reproduce", "--json", "--engine", engine]);
    expect(status).toBe(0);
    const { experiments } = JSON.parse(stdout);
    expect(experiments).toHaveLength(6);
    for (const experiment of experiments) {
      expect(Object.keys(experiment)).toEqual(["id", "title", "printed", "computed", "optimum", "proper", "findings"]);
      expect(experiment.findings.length).toBeGreaterThan(0);
    }
  });
});

describe("walras plan", () => {
  it("prints the exact plan of a convex economy", () => {
    const { status, stdout } = walras(["plan", file("convex.json", CONVEX)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +0 │ +2 │/);
    expect(stdout).toContain("converged (exact");
  });

  it("runs Adam with its options, and says with the exit status that it has not converged", () => {
    const args = [
      "plan",
      "--method",
      "adam",
      "--formulation",
      "penalty",
      "--learning-rate",
      "0.02",
      "--max-steps",
      "300",
      "--seed",
      "4",
      "--trace",
      "100",
      "--json",
    ];
    const { status, stdout } = walras(args, JSON.stringify(CONVEX));
    const plan = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(plan.trace.map((t: { step: number }) => t.step)).toEqual([99, 199, 299]);
    expect(plan).toMatchObject({
      status: "maxIterations",
      iterations: 300,
      allocation: [[expect.any(Number), expect.any(Number)], expect.any(Array)],
    });
  });

  it("reads CSV from standard input, told by its head", () => {
    const { stdout } = walras(
      ["plan", "--json"],
      "agent,alpha:bread,omega:bread,endowment:bread\nAda,1,0.5,1\nBen,2,0.5,0\n",
    );
    expect(JSON.parse(stdout)).toMatchObject({ agents: ["Ada", "Ben"], goods: ["bread"], allocation: [[0], [1]] });
  });

  it("reads CSV", () => {
    const path = file("convex.csv", "agent,alpha:bread,omega:bread,endowment:bread\nAda,1,0.5,1\nBen,2,0.5,0\n");
    expect(JSON.parse(walras(["plan", "--json", path]).stdout).allocation).toEqual([[0], [1]]);
  });
});

describe("walras equilibrium", () => {
  it("prints prices in the numeraire asked for", () => {
    const path = file("shares.json", SHARES);
    const solution = JSON.parse(
      walras(["equilibrium", path, "--demand", "shares", "--numeraire", "1", "--json"]).stdout,
    );
    expect(solution).toMatchObject({ converged: true, numeraire: "good 2" });
    expect(solution.prices[1]).toBeCloseTo(1, 14);
    expect(walras(["equilibrium", path, "--demand", "shares"]).stdout).toContain("numeraire: simplex");
  });
});

describe("walras equilibrium and check", () => {
  const TRADE = {
    goods: ["bread", "wine"],
    agents: ["Ada", "Ben"],
    alpha: [
      [2, 1],
      [1, 2],
    ],
    omega: -1,
    endowments: [
      [1, 0],
      [0, 1],
    ],
  };

  it("prints prices, trades and what is known of the equilibrium; the JSON passes the check", () => {
    const path = file("trade.json", TRADE);
    const { status, stdout } = walras(["equilibrium", path, "--numeraire", "wine"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/price │ +1 │ +1 │/);
    expect(stdout).toContain("numeraire: wine; index 1; unique: yes, proved; stable under tâtonnement: yes");
    const solution = file("solution.json", walras(["equilibrium", path, "--json"]).stdout);
    const verdict = walras(["check", path, solution, "--tolerance", "1e-10"]);
    expect([verdict.status, verdict.stdout]).toEqual([
      0,
      expect.stringContaining("accepted: All residuals are within"),
    ]);
  });

  it("rejects wrong prices with exit status 1", () => {
    const verdict = walras(["check", file("trade.json", TRADE), file("wrong.json", { prices: [1, 2] }), "--json"]);
    expect(verdict.status).toBe(1);
    expect(JSON.parse(verdict.stdout)).toMatchObject({ kind: "equilibrium", accepted: false });
  });

  it("says with the exit status that a run was cut short", () => {
    const hard = {
      alpha: [
        [1024, 1],
        [1, 1024],
      ],
      omega: -5,
      endowments: [
        [12, 1],
        [3, 12],
      ],
    };
    expect(walras(["equilibrium", "--max-iterations", "1"], JSON.stringify(hard))).toMatchObject({ status: 1 });
  });

  it("says how far Adam stopped from the exact optimum", () => {
    for (const formulation of ["shares", "penalty"]) {
      const { stdout } = walras(["plan", file("trade.json", TRADE), "--method", "adam", "--formulation", formulation]);
      expect(stdout).toMatch(/Welfare is [\d.e-]+ (below|above) .*the exact optimum's/);
    }
  });
});

describe("walras statics", () => {
  const TRADE = {
    goods: ["bread", "wine"],
    agents: ["Ada", "Ben"],
    alpha: [
      [2, 1],
      [1, 2],
    ],
    omega: -1,
    endowments: [
      [1, 0],
      [0, 1],
    ],
  };
  const text = JSON.stringify(TRADE);

  it("prints how prices move with endowments: of Cobb-Douglas agents, by hand", () => {
    // Bread's relative price is 0.5 e_Ben,wine / (e_Ada,bread / 2): it falls by as much as there is more bread.
    const { status, stdout } = walras(["statics", "--numeraire", "wine", "--json"], text);
    const { derivatives, outcomes, parameters, numeraire, index } = JSON.parse(stdout);
    expect([status, outcomes, numeraire, index]).toEqual([0, ["bread", "wine"], "wine", 1]);
    expect(parameters).toEqual(["Ada: bread", "Ada: wine", "Ben: bread", "Ben: wine"]);
    expect(derivatives[0][0]).toBeCloseTo(-1, 12);
    expect(derivatives[0][3]).toBeCloseTo(1, 12);
    expect(derivatives[1].every((v: number) => Math.abs(v) < 1e-12)).toBe(true);
    const shown = walras(["statics", "--numeraire", "1"], text).stdout;
    expect(shown).toMatch(/d ln price \/ d endowment │ +bread │ +wine/);
    expect(shown).toMatch(/Ada: bread +│ +-1 │/);
    expect(shown).toContain("numeraire: wine");
  });

  it("prints CSV, and the derivatives of a plan", () => {
    const lines = walras(
      ["statics", "--plan", "--of", "welfare", "--by", "weights", "--weights", "1,3", "--csv"],
      text,
    );
    const [head, first] = lines.stdout.split("\n");
    expect(head).toBe("outcome,parameter,derivative");
    // By the envelope theorem the agent's own utility, 2 ln x + ln y at the optimum.
    const value = 2 * Math.log(2 / 5) + Math.log(1 / 7);
    expect(first).toMatch(/^welfare,Ada,/);
    expect(Number(first.split(",")[2])).toBeCloseTo(value, 12);
    expect(walras(["statics", "--plan"], text).stdout).toMatch(/d ln price \/ d total/);
  });

  it("says that a critical equilibrium has none, with exit status 1", () => {
    const critical = JSON.parse(readFileSync("test/fixtures/critical-triple-root.json", "utf8")).economy;
    const { status, stdout, stderr } = walras(["statics"], JSON.stringify(critical));
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/the equilibrium is critical \(smallest pivot [\d.e-]+, condition/);
  });

  it.each([
    ["totals without a plan", ["--by", "totals"], /by goes with --plan; got "totals"/],
    ["endowments of a plan", ["--plan", "--by", "endowments"], /by goes without --plan, which takes totals/],
    ["welfare without a plan", ["--of", "welfare"], /of goes with --plan/],
    ["weights without a plan", ["--weights", "1,2"], /weights goes with --plan/],
    ["a numeraire of a plan", ["--plan", "--numeraire", "wine"], /numeraire goes without --plan/],
    ["two formats", ["--csv", "--json"], /csv must not be given beside json/],
    ["a parameter that is none", ["--by", "gamma"], /Allowed choices are alpha/],
  ])("refuses %s", (_, args, message) => {
    const { status, stderr } = walras(["statics", ...args], text);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("bad input", () => {
  it.each(BAD_ECONOMIES)("%s: exit status 2 and a readable error", (what, data, path) => {
    // JSON has no NaN: there it is a null, or no JSON at all.
    const text = typeof data === "string" ? data : JSON.stringify(data);
    const { status, stdout, stderr } = walras(["plan", file(`${what.replace(/\W/g, "-")}.json`, text)]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^walras: /);
    expect(stderr).toContain(path);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ["a market without endowments", ["equilibrium"], /endowments must be given for a market; got nothing/],
    ["a solution that is no JSON", ["check", "package.json", "README.md"], /is not a known key|must be JSON/],
    ["a missing solution", ["check", "package.json"], /missing required argument/],
    ["a missing file", ["plan", "no-such-file.json"], /no-such-file.json must be a file that can be read/],
    ["a folder", ["plan", "."], /must be a file that can be read/],
    ["an unknown command", ["optimise"], /unknown command/],
    ["an unknown option", ["plan", "--fast"], /unknown option/],
    ["a method that is none", ["plan", "--method", "guess"], /Allowed choices are exact, adam/],
    ["a number that is none", ["plan", "--max-steps", "many"], /must be a number/],
    ["an option of the other method", ["plan", "--seed", "3"], /seed goes with --method adam; got 3/],
    [
      "an option out of range",
      ["plan", "--method", "adam", "--max-steps", "0"],
      /maxSteps must be a whole number from 1/,
    ],
  ])("%s: exit status 2 and a readable error", (_, args, message) => {
    const { status, stdout, stderr } = walras(args, JSON.stringify(CONVEX));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
