// The specification of a sweep, from a file and flags.

import type { SweepAxis, SweepCall, SweepDraw, SweepSpecification } from "../sweep/index.js";
import { isRecord } from "../violations.js";
import { CommandError } from "./errors.js";

/** Flags that make or change a specification. */
export interface SpecificationFlags {
  vary?: string[];
  draw?: number;
  random?: string[];
  seed?: number;
  solve?: SweepCall;
  by?: string;
  keep?: string;
  filter?: string;
  part?: number;
}

/** What is drawn where --random does not say. */
const RANDOM = ["alpha=loguniform:0.5:2", "endowments=loguniform:0.5:2"];

/** The parameters of distributions, in the order in which --random takes them. */
const ORDER: Record<string, readonly string[]> = {
  uniform: ["min", "max"],
  loguniform: ["min", "max"],
  normal: ["mean", "deviation"],
  lognormal: ["median", "sigma"],
  exponential: ["mean"],
  pareto: ["min", "shape"],
};

/** Takes a file, a specification or an economy, and the flags in its place. */
export function specificationOf(given: unknown, flags: SpecificationFlags): SweepSpecification {
  const isEconomy = isRecord(given) && "alpha" in given;
  const base = (isEconomy ? { economy: given, solve: "equilibrium" } : given) as SweepSpecification;
  if (!isRecord(base)) return base;
  const { vary, draw, random, seed, solve, by, keep, filter, part } = flags;
  const draws = draw !== undefined || random !== undefined || seed !== undefined;
  return {
    ...base,
    ...(vary ? { vary: vary.map(axisOf) } : {}),
    ...(draws ? { draw: drawOf(base.draw, draw, random, seed) } : {}),
    ...(solve || by ? { solve: by === undefined ? (solve as SweepCall) : { call: solve ?? "statics", by } } : {}),
    ...(keep !== undefined || filter !== undefined
      ? {
          keep: {
            ...base.keep,
            ...(keep === undefined ? {} : { fields: splitFields(keep) }),
            ...(filter === undefined ? {} : { filter }),
          },
        }
      : {}),
    ...(part === undefined ? {} : { part }),
  };
}

/** Reads PARAMETER=FROM:TO:COUNT, PARAMETER=FROM:TO:COUNT:log or PARAMETER=VALUE,VALUE. */
function axisOf(text: string): SweepAxis {
  const { parameter, right } = sides(text, "--vary");
  if (!right.includes(":")) return { parameter, values: right.split(",").map(Number) };
  const [from, to, count, scale, ...more] = right.split(":");
  const wrong = count === undefined || more.length > 0 || (scale !== undefined && scale !== "log");
  if (wrong) throw new CommandError(`--vary must be like alpha=0.5:2:50 or alpha=0.5:2:50:log; got ${text}`);
  return { parameter, from: Number(from), to: Number(to), count: Number(count), ...(scale ? { scale: "log" } : {}) };
}

function drawOf(base: SweepDraw | undefined, economies?: number, random?: string[], seed?: number): SweepDraw {
  const texts = random ?? (base ? undefined : RANDOM);
  return {
    parameters: [],
    ...base,
    ...(economies === undefined ? {} : { economies }),
    ...(seed === undefined ? {} : { seed }),
    ...(texts ? { parameters: texts.map(randomOf) } : {}),
  };
}

/** Reads PARAMETER=DISTRIBUTION:NUMBER:NUMBER. */
function randomOf(text: string): SweepDraw["parameters"][number] {
  const { parameter, right } = sides(text, "--random");
  const [distribution, ...numbers] = right.split(":");
  if (distribution === "choice") return { parameter, distribution, values: numbers.map(Number) };
  const names = Object.hasOwn(ORDER, distribution) ? ORDER[distribution] : [];
  if (names.length > 0 && numbers.length !== names.length)
    throw new CommandError(`--random ${distribution} takes ${names.join(":")}; got ${text}`);
  return { parameter, distribution, ...Object.fromEntries(names.map((name, k) => [name, Number(numbers[k])])) };
}

/** Splits at the first "=" outside of brackets. */
function sides(text: string, flag: string): { parameter: string; right: string } {
  const match = /^([^=[]*(?:\[.*\])?)=([^=]*)$/s.exec(text);
  if (!match) throw new CommandError(`${flag} must be like PARAMETER=VALUES; got ${text}`);
  return { parameter: match[1], right: match[2] };
}

/** Splits at commas outside of brackets. */
function splitFields(text: string): string[] {
  return (text.match(/(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|[^,[])+/g) ?? []).map((field) => field.trim());
}
