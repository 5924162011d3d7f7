// What errors about input say: the place, what was required there, and the value found.

import { describe, expect, it } from "vitest";
import { EconomyError, InputError, NotConvergedError, OptionError, SingularError } from "../../src/index.js";
import { UNLIKE } from "../support/economies.js";
import { engines } from "../support/engines.js";

const [[, walras]] = engines;
const economy = walras.economy(UNLIKE);

/** The error of a call. */
function errorOf(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    return error as InputError;
  }
  throw new Error("no error");
}

/** What an error says of a value that was given where a tolerance should be. */
const shown = (tolerance: unknown) =>
  errorOf(() => walras.plan(economy, { tolerance } as never)).message.replace(
    "tolerance must be a finite number from 0 to 1; got ",
    "",
  );

describe("errors about input", () => {
  it("are of a class for economies and one for options, both of one base", () => {
    const ofEconomy = errorOf(() => walras.economy({ ...UNLIKE, omega: "steep" } as never));
    const ofOptions = errorOf(() => walras.plan(economy, { tolerance: 2 }));
    expect([ofEconomy.name, ofOptions.name]).toEqual(["EconomyError", "OptionError"]);
    expect([ofEconomy, ofOptions]).toEqual([expect.any(EconomyError), expect.any(OptionError)]);
    for (const error of [ofEconomy, ofOptions]) expect([error]).toEqual([expect.any(InputError)]);
    expect([ofEconomy instanceof OptionError, ofOptions instanceof EconomyError]).toEqual([false, false]);
  });

  it("have one line for each violation, and the first as their own", () => {
    const error = errorOf(() => walras.plan(economy, { tolerance: 2, weights: [1, -1] }));
    const violations = [
      { path: "tolerance", requirement: "must be a finite number from 0 to 1", value: 2 },
      { path: "weights[1]", requirement: "must be a finite number above 0", value: -1 },
    ];
    expect(error.violations).toEqual(violations);
    expect(error).toMatchObject(violations[0]);
    expect(error.message).toBe(violations.map((v) => `${v.path} ${v.requirement}; got ${v.value}`).join("\n"));
  });

  it("show values in one form, long ones cut", () => {
    expect(shown(Number.NaN)).toBe("NaN");
    expect(shown(-Infinity)).toBe("-Infinity");
    expect(shown(12n)).toBe("12");
    expect(shown("a word")).toBe('"a word"');
    expect(shown(null)).toBe("null");
    expect(shown(true)).toBe("true");
    expect(shown({ a: [1, "b"] })).toBe('{"a":[1,"b"]}');
    expect(shown(() => 1)).toBe("() => 1");
    expect(shown(Symbol("a"))).toBe("symbol");
    expect(shown([1, 2, 3, 4, 5, 6, 7, 8])).toBe("[1,2,3,4,5,6,7,8]");
    expect(shown([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe("an array of 9");
    expect(shown(Float64Array.of(1, 2))).toBe("Float64Array of 2");
    expect(shown({ big: 1n })).toBe("an unwritable object");
    expect(shown("x".repeat(198))).toBe(`"${"x".repeat(198)}"`);
    expect(shown("x".repeat(199))).toBe(`"${"x".repeat(196)}...`);
    const missing = errorOf(() => walras.economy({ omega: -1, totals: [1], size: { agents: 1, goods: 1 } } as never));
    expect(missing.message).toBe("alpha must be given; got nothing");
  });

  it("say ranges as they are", () => {
    const message = (options: object) => errorOf(() => walras.planWithAdam(economy, options)).message;
    expect(message({ tolerance: -1 })).toBe("tolerance must be a finite number from 0 to 1; got -1");
    expect(message({ penalty: -1 })).toBe("penalty must be a finite number from 0; got -1");
    expect(message({ learningRate: 0 })).toBe("learningRate must be a finite number above 0; got 0");
    expect(message({ maxSteps: 0 })).toBe("maxSteps must be a whole number from 1 to 1000000000; got 0");
    expect(message({ precision: "half" })).toBe('precision must be "double" or "single"; got "half"');
    expect(message({ onStep: 3 })).toBe("onStep must be a function; got 3");
    expect(message({ signal: 3 })).toBe("signal must be an AbortSignal; got 3");
    const market = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0], [0, 1]] }); // biome-ignore format: rows
    expect(errorOf(() => walras.edgeworthBox(market, { chordTolerance: 2 })).message).toBe(
      "chordTolerance must be a finite number above 0 and at most 1; got 2",
    );
    const solution = walras.equilibrium(market);
    const point = walras.statics(market, solution);
    expect(errorOf(() => point.forward({ alpha: [0, 0, 0, Number.NaN] })).message).toBe(
      "direction.alpha[1][1] must be a finite number; got NaN",
    );
  });

  it("hint at the nearest of the names that could have been meant", () => {
    const message = (data: object) => errorOf(() => walras.economy(data as never)).message;
    expect(message({ ...UNLIKE, weigths: [1, 1] })).toBe("weigths is not a known key (nearest: weights); got [1,1]");
    expect(message({ ...UNLIKE, size: { agents: 2, goods: 2, god: 1 } })).toBe(
      "size.god is not a known key (nearest: goods); got 1",
    );
    const numeraire = (name: unknown) =>
      errorOf(() => walras.equilibria(economy, { numeraire: name } as never)).message;
    expect(numeraire("goo 2")).toBe(
      'numeraire must be "simplex", a good\'s name, or an index from 0 to 1 (nearest: good 2); got "goo 2"',
    );
    expect(numeraire(7)).toBe('numeraire must be "simplex", a good\'s name, or an index from 0 to 1; got 7');
  });

  it("count in the singular and in the plural", () => {
    expect(errorOf(() => walras.plan(economy, { weights: [1] })).message).toBe(
      "weights must be a list of 2 numbers; got [1]",
    );
    const one = walras.economy({ alpha: [[1]], omega: -1, totals: [1] });
    expect(errorOf(() => walras.plan(one, { weights: [1, 1] })).message).toBe(
      "weights must be a list of 1 number; got [1,1]",
    );
    expect(errorOf(() => walras.planWithAdam(one, { start: [] })).message).toBe(
      "start must be 1 row of 1 number; got []",
    );
    expect(errorOf(() => walras.planWithAdam(economy, { start: [1] })).message).toBe(
      "start must be 2 rows of 2 numbers; got [1]",
    );
  });

  it("name options where these are no object", () => {
    expect(errorOf(() => walras.plan(economy, null as never))).toMatchObject({
      path: "options",
      requirement: "must be an object",
      value: null,
      message: "options must be an object; got null",
    });
    const market = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0], [0, 1]] }); // biome-ignore format: rows
    const point = walras.statics(market, walras.equilibrium(market));
    expect(errorOf(() => point.forward(3 as never)).message).toBe("direction must be an object; got 3");
  });
});

describe("errors about economies", () => {
  it("say what a call needs of them", () => {
    const message = (call: () => unknown) => errorOf(call).message;
    const plan = walras.plan(economy);
    expect(message(() => walras.transfers(economy, plan))).toBe("endowments must be given for transfers; got nothing");
    for (const call of [() => walras.equilibrium(economy), () => walras.check(economy, { prices: [1, 1] })])
      expect(message(call)).toBe("endowments must be given for a market; got nothing");
    expect(message(() => walras.economy("{alpha}"))).toMatch(/^the economy must be JSON \(.+\); got "\{alpha\}"$/);
    expect(message(() => walras.economy(`[${"1,".repeat(100)}`))).toMatch(/; got "\[(1,){19}1"$/);
  });

  it("name five agents at most of those whom no trade connects", () => {
    // All want good 1, which the first agents own, who want nothing that the last one owns.
    const of = (count: number) => {
      const economy = walras.economy({
        alpha: [...Array.from({ length: count }, () => [1, 0]), [1, 1]],
        omega: -1,
        endowments: [...Array.from({ length: count }, () => [1, 0]), [0, 1]],
      });
      return errorOf(() => walras.equilibrium(economy)).message;
    };
    const five = "agent 1, agent 2, agent 3, agent 4, agent 5";
    expect(of(5)).toContain(`${five} wanting nothing of what agent 6 own`);
    expect(of(6)).toContain(`${five} and 1 more wanting nothing of what agent 7 own`);
    expect(of(1)).toContain("agent 1 wanting nothing of what agent 2 own, who do want what that one owns");
    expect(of(2)).toContain("agent 1, agent 2 wanting nothing of what agent 3 own, who do want what they own");
  });
});

describe("what answers say of themselves", () => {
  it("is their method and, where they have not converged, why", () => {
    const few = { maxSteps: 10, tolerance: 1e-12 };
    const penalty = walras.planWithAdam(economy, { ...few, formulation: "penalty" });
    expect([penalty.method, penalty.status]).toEqual(["adam-penalty", "maxIterations"]);
    expect(penalty.message).toMatch(/^The penalty form made all the steps that were asked for\./);
    const shares = walras.planWithAdam(economy, few);
    expect([shares.method, shares.status]).toEqual(["adam-shares", "maxIterations"]);
    expect(shares.message).toMatch(/^Stopped at the maximum number of iterations/);
    const market = walras.economy({ alpha: 1, omega: -0.5, totals: [1, 2], incomes: [1, 2] });
    const priced = (numeraire: "simplex" | "none") =>
      walras.equilibrium(market, { demand: "shares", numeraire }).method;
    expect([priced("simplex"), priced("none")]).toEqual(["newton", "newton-minimum-norm"]);
    const own = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0.2], [0.3, 1]] }); // biome-ignore format: rows
    const path = walras.tatonnement(own);
    expect([path.status, path.message]).toEqual([
      "converged",
      expect.stringMatching(/^All markets clear to within the tolerance at time [\d.]+\.$/),
    ]);
  });
});

describe("errors about answers", () => {
  it("carry what there is of the answer", () => {
    const market = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0], [0, 1]] }); // biome-ignore format: rows
    const call = () => walras.equilibrium(market, { tolerance: 0, throwOnFailure: true });
    const error = errorOf(call) as unknown as NotConvergedError;
    expect(error).toBeInstanceOf(NotConvergedError);
    expect([error.name, error.message]).toEqual(["NotConvergedError", error.solution.message]);
    expect(error.solution).toEqual(walras.equilibrium(market, { tolerance: 0 }));
    expect(error.solution.status).toBe("stalled");
    const plan = () => walras.plan(economy, { tolerance: 0, throwOnFailure: true });
    expect(errorOf(plan).name).toBe("NotConvergedError");
    const fine = walras.equilibrium(market, { throwOnFailure: true });
    expect([fine.converged, fine.message]).toEqual([true, "All residuals are within the tolerance."]);
    const singular = new SingularError(1e-7, 3e8);
    expect([singular.name, singular.smallestPivot, singular.condition]).toEqual(["SingularError", 1e-7, 3e8]);
    expect(singular.message).toBe(
      "Prices have no derivatives at a critical equilibrium: the Jacobian of the log flow has a pivot of 1.00e-7, below 1e-5 (condition 3.00e+8).",
    );
  });
});
