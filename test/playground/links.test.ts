// Links to the page: what is written is read back, old links are read for ever, and a stranger's link is refused
// with one clear sentence.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOXES, TABLES } from "../../playground/src/presets.js";
import {
  decode,
  encode,
  LAYERS,
  LinkError,
  START,
  type State,
  shownOf,
  VIEWS,
  ZOOMS,
} from "../../playground/src/state.js";

/** A link, and what it means. They are never changed: people have them in slides. */
const OLD: readonly (readonly [string, Partial<State>])[] = [
  ["", {}],
  ["#1", {}],
  ["#1&box=mwg&zoom=100", { box: shownOf(BOXES, "mwg"), zoom: 100 }],
  ["#1&box.e=0:6;2:4&pick=1", { box: { ...shownOf(BOXES, "trade"), endowments: [6, 2, 4, 8] }, pick: 0 }],
  ["#1&box.e=1.5,2,0.5,1e-3", { box: { ...shownOf(BOXES, "trade"), endowments: [1.5, 2, 0.5, 0.001] } }],
  [
    "#1&view=table&table=seven&table.l=1:2.5",
    { view: "table", table: { ...shownOf(TABLES, "seven"), weights: [1, 2.5, 1] } },
  ],
  [
    "#1&table.agents=A,B%2C%20C&table.goods=x&table.a=1,2&table.w=-1,-2&table.e=3,4&table.l=1,1",
    {
      table: {
        ...{ preset: "village", agents: ["A", "B, C"], goods: ["x"] },
        ...{ alpha: [1, 2], omega: [-1, -2], endowments: [3, 4], weights: [1, 1] },
      },
    },
  ],
  ["#1&show=offers,planner", { layers: ["offers", "planner"] }],
  ["#1&show=", { layers: [] }],
  ["#1&view=learn&lesson=4", { view: "learn", lesson: 3 }],
  ["#1&view=notebook&experiment=6", { view: "notebook", experiment: 5 }],
  ["#1&view=race", { view: "race" }],
  ["#1&box=cobb&box.l=0:3", { box: { ...shownOf(BOXES, "cobb"), weights: [3, 1] } }],
  ["#1&box=gift&zoom=10&pick=2", { box: shownOf(BOXES, "gift"), zoom: 10, pick: 1 }],
  ["#1&box=critical&box.w=-4,-4,-4,-4.01", { box: { ...shownOf(BOXES, "critical"), omega: [-4, -4, -4, -4.01] } }],
  ["#1&box=substitutes&box.a=3:1.25", { box: { ...shownOf(BOXES, "substitutes"), alpha: [1.2, 1, 1, 1.25] } }],
  ["#1&box.agents=Eva,Ben&zoom=1000", { box: { ...shownOf(BOXES, "trade"), agents: ["Eva", "Ben"] }, zoom: 1000 }],
  ["#1&view=table&table=scarf", { view: "table", table: shownOf(TABLES, "scarf") }],
  ["#1&table=pair", { table: shownOf(TABLES, "pair") }],
  ["#1&table=four", { table: shownOf(TABLES, "four") }],
  ["#1&table=crowd", { table: shownOf(TABLES, "crowd") }],
  [
    "#1&show=indifference,lens,contract,core,offers,budgets,at,planner",
    { layers: ["indifference", "lens", "contract", "core", "offers", "budgets", "at", "planner"] },
  ],
];

/** Digests of the presets: links are differences from them, and another number would change what they mean. */
const PRESETS = {
  cobb: "16ef297498ce",
  critical: "113f03826eab",
  crowd: "75876ea86ae8",
  four: "7850215f5571",
  gift: "e5bccd33d73c",
  mwg: "e7a72e4feedc",
  pair: "6108bd52f9a8",
  scarf: "2efc9a768c3b",
  seven: "fa19df62ad1c",
  substitutes: "206353ded016",
  trade: "0ac7c3477ff1",
  village: "091210c0f897",
};

it("the presets that links are differences from never change", () => {
  const digest = (shown: object) => createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 12);
  const digests = [BOXES, TABLES].flatMap((presets) =>
    Object.keys(presets).map((name) => [name, digest(shownOf(presets, name))]),
  );
  expect(Object.fromEntries(digests)).toEqual(PRESETS);
});

it.each(OLD)("reads the old link %s", (link, meaning) => {
  expect(decode(link)).toEqual({ ...START, ...meaning });
});

const BAD = [
  ["#2", "version"],
  ["#<script>", "version"],
  ["#1&views=box", "no part of a link"],
  ["#1&__proto__=x", "no part of a link"],
  ["#1&view=box&view=box", "twice"],
  ["#1&view=toString", "view must be one of"],
  ["#1&box=constructor", "names no preset"],
  ["#1&box.e=1,2,3", "must have 4 numbers, and has 3"],
  ["#1&box.e=1,2,3,-1", "from 0 to 1000000000"],
  ["#1&box.w=0:0", "from -100 to -0.01"],
  ["#1&box.w=4:-1", "places below 4"],
  ["#1&box.a=0:NaN", "must have numbers"],
  ["#1&box.a=0:Infinity", "must have numbers"],
  ["#1&box.a=0:0x10", "must have numbers"],
  ["#1&box.a=0:", "must have numbers"],
  ["#1&box.agents=a,b,c", "at most 2 names, and here 3"],
  ["#1&box.agents=a", "two agents and two goods"],
  ["#1&box.agents=a,a", "must differ"],
  ["#1&box.agents=a,%20", "must not be empty"],
  ["#1&box.agents=a,%E0%A4%A", "cannot be read"],
  [`#1&table.goods=${Array.from({ length: 31 }, (_, k) => `g${k}`)}`, "at most 30 names, and here 31"],
  ["#1&table.goods=a,b", "is missing: there must be 6 numbers"],
  [`#1&box.agents=a,${"b".repeat(41)}`, "at most 40 characters"],
  ["#1&box.e=0,1,0,1", "nobody owns good 1"],
  ["#1&lesson=6", "from 1 to 5"],
  ["#1&experiment=0", "from 1 to 6"],
  ["#1&pick=-1", "from 1 to 99"],
  ["#1&zoom=7", "zoom must be one of"],
  ["#1&show=budgets,nothing", "show must name"],
  [`#1&box.e=${"1,".repeat(60_000)}`, "at most 100000 characters, and this one has 120008"],
] as const;

it.each(BAD)("refuses %s", (link, message) => {
  expect(() => decode(link)).toThrow(LinkError);
  expect(() => decode(link)).toThrow(message);
});

describe("what is written", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).filter((text) => text.trim() !== "");
  const names = (min: number, max: number) => fc.uniqueArray(name, { minLength: min, maxLength: max });
  const sheet = (presets: Record<string, object>, min: number, max: number) =>
    fc
      .tuple(fc.constantFrom(...Object.keys(presets)), names(min, max), names(min, max))
      .chain(([preset, agents, goods]) => {
        const cells = agents.length * goods.length;
        const many = (low: number, high: number, length = cells) =>
          fc.array(number(low, high), { minLength: length, maxLength: length });
        return fc.record({
          ...{ preset: fc.constant(preset), agents: fc.constant(agents), goods: fc.constant(goods) },
          ...{ alpha: many(0, 1e9), omega: many(-100, -0.01) },
          endowments: many(1e-9, 1e9),
          weights: many(1e-9, 1e9, agents.length),
        });
      });
  const any = fc.record({
    view: fc.constantFrom(...VIEWS),
    box: sheet(BOXES, 2, 2),
    table: sheet(TABLES, 1, 4),
    layers: fc.subarray([...LAYERS]),
    ...{ lesson: fc.nat(4), experiment: fc.nat(5), pick: fc.integer({ min: -1, max: 98 }) },
    zoom: fc.constantFrom(...ZOOMS),
  });

  it("is read back to the last bit", () => {
    fc.assert(
      fc.property(any, (state) => {
        expect(decode(encode(state))).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  it("is short where little differs from a preset, and has no character that ends a link", () => {
    expect(encode(START)).toBe("#1");
    const moved = { ...START, box: { ...START.box, endowments: [7.5, 2, 2.5, 8] } };
    expect(encode(moved)).toBe("#1&box.e=0:7.5;2:2.5");
    fc.assert(
      fc.property(any, (state) => {
        expect(encode(state)).toMatch(/^#[\w.,:;&=%~!*()+-]*$/);
      }),
    );
  });
});

it("noise is read as a state or refused as a link, and nothing else happens", () => {
  const noise = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom(..."1&=,.:;%boxetablwview-e"), { maxLength: 60 })
      .map((letters) => `#1&${letters.join("")}`),
  );
  fc.assert(
    fc.property(noise, (hash) => {
      try {
        decode(hash);
      } catch (error) {
        expect(error).toBeInstanceOf(LinkError);
      }
    }),
    { numRuns: 2000 },
  );
});
