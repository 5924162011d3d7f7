// walras reproduce, as a user runs it.

import { describe, expect, it } from "vitest";
import { walras } from "../support/cli.js";

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
