// All that the page shows, as one object, and its form in links.
//
// A link's hash is "#1&key=value&…": the version first, then what differs from a preset. It comes
// from strangers, so it is bounded before it is read, and every number is checked. Version 1 is read
// for ever: a later version gets a number, and a reader, of its own.

import { BOXES, type Preset, type Sheet, TABLES } from "./presets.js";

/** An economy that is shown, and the preset that it began as. */
export interface Shown extends Sheet {
  readonly preset: string;
}

/** The views of the page. */
export const VIEWS = ["box", "table", "notebook", "learn", "race"] as const;
export type View = (typeof VIEWS)[number];

/** What the box can show. */
export const LAYERS = ["indifference", "lens", "contract", "core", "offers", "budgets", "at", "planner"] as const;
export type Layer = (typeof LAYERS)[number];

/** The number of lessons. */
export const LESSONS = 5;
/** The number of experiments of the notebook. */
export const EXPERIMENTS = 6;
/** The most agents, and the most goods. */
export const MOST = 30;
/** The longest hash that is read, in characters. */
const LONGEST = 100_000;
/** The longest name. */
export const LONGEST_NAME = 40;

/** Which numbers each matrix may have. */
export const RANGES = {
  alpha: [0, 1e9],
  omega: [-100, -0.01],
  endowments: [0, 1e9],
  weights: [1e-9, 1e9],
} as const;
export type Field = keyof typeof RANGES;
export const FIELDS = Object.keys(RANGES) as Field[];

/** Everything that a link holds. */
export interface State {
  readonly view: View;
  readonly box: Shown;
  readonly table: Shown;
  readonly layers: readonly Layer[];
  readonly lesson: number;
  readonly experiment: number;
  /** The number of the equilibrium that is looked at, from 0; -1 is none. */
  readonly pick: number;
  /** How many times the map of endowments magnifies: one of ZOOMS. */
  readonly zoom: number;
}

/** How many times the map of endowments may magnify. */
export const ZOOMS = [1, 10, 100, 1000];

/** The most equilibria that can be looked at. */
const MOST_PICKS = 99;

const DEFAULT_LAYERS: readonly Layer[] = ["indifference", "lens", "contract", "core", "budgets"];

/** The economy of a preset. */
export function shownOf(presets: Readonly<Record<string, Preset>>, name: string): Shown {
  const { agents, goods, alpha, omega, endowments, weights } = presets[name];
  return { preset: name, agents, goods, alpha, omega, endowments, weights };
}

/** What a visitor without a link sees. */
export const START: State = {
  view: "box",
  box: shownOf(BOXES, "trade"),
  table: shownOf(TABLES, "village"),
  layers: DEFAULT_LAYERS,
  lesson: 0,
  experiment: 0,
  pick: -1,
  zoom: 1,
};

/** A link that cannot be read: what is wrong with it, in one sentence. */
export class LinkError extends Error {}

/** The letters of an economy's fields in a link. */
const LETTERS: Readonly<Record<Field, string>> = { alpha: "a", omega: "w", endowments: "e", weights: "l" };

/** The hash of a state, with its "#". */
export function encode(state: State): string {
  const parts = ["1"];
  const put = (key: string, value: string) => parts.push(`${key}=${value}`);
  if (state.view !== START.view) put("view", state.view);
  encodeShown("box", state.box, BOXES, START.box.preset, put);
  encodeShown("table", state.table, TABLES, START.table.preset, put);
  if (state.layers.join() !== DEFAULT_LAYERS.join()) put("show", state.layers.join(","));
  if (state.lesson !== 0) put("lesson", `${state.lesson + 1}`);
  if (state.experiment !== 0) put("experiment", `${state.experiment + 1}`);
  if (state.zoom !== 1) put("zoom", `${state.zoom}`);
  if (state.pick >= 0) put("pick", `${state.pick + 1}`);
  return `#${parts.join("&")}`;
}

function encodeShown(
  name: string,
  shown: Shown,
  presets: Readonly<Record<string, Preset>>,
  usual: string,
  put: (key: string, value: string) => void,
) {
  const preset = presets[shown.preset];
  if (shown.preset !== usual) put(name, shown.preset);
  for (const kind of ["agents", "goods"] as const) {
    if (shown[kind].length !== preset[kind].length || shown[kind].some((text, k) => text !== preset[kind][k]))
      put(`${name}.${kind}`, shown[kind].map(escapeName).join(","));
  }
  for (const field of FIELDS) {
    const value = encodeNumbers(shown[field], preset[field]);
    if (value !== "") put(`${name}.${LETTERS[field]}`, value);
  }
}

/** A name without the characters that links give a meaning. */
const escapeName = (name: string) => encodeURIComponent(name).replaceAll("'", "%27");

/** The numbers that differ from a preset's as "place:number;…", or all of them if that is shorter. */
function encodeNumbers(numbers: readonly number[], of: readonly number[]): string {
  const all = numbers.join(",");
  if (numbers.length !== of.length) return all;
  const changed = numbers.flatMap((number, k) => (number === of[k] ? [] : [`${k}:${number}`])).join(";");
  return changed.length <= all.length ? changed : all;
}

/**
 * The state of a hash; that of an empty one is START.
 * @throws LinkError for a hash that no page of this project has written
 */
export function decode(hash: string): State {
  const text = hash.replace(/^#/, "");
  if (text === "") return START;
  if (text.length > LONGEST) {
    throw new LinkError(`a link has at most ${LONGEST} characters, and this one has ${text.length}`);
  }
  const [version, ...parts] = text.split("&");
  if (version !== "1") throw new LinkError(`a link begins with its version, 1, and not with ${quoted(version)}`);
  const given = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf("=");
    const key = at < 0 ? part : part.slice(0, at);
    if (!KEYS.has(key)) throw new LinkError(`${quoted(key)} is no part of a link`);
    if (given.has(key)) throw new LinkError(`${key} is there twice`);
    given.set(key, part.slice(at + 1));
  }
  const view = given.get("view") ?? START.view;
  if (!isOneOf(VIEWS, view)) throw new LinkError(`view must be one of ${VIEWS.join(", ")}, and is ${quoted(view)}`);
  const layers = given.get("show")?.split(",").filter(Boolean) ?? DEFAULT_LAYERS;
  for (const layer of layers) {
    if (!isOneOf(LAYERS, layer)) throw new LinkError(`show must name ${LAYERS.join(", ")}, not ${quoted(layer)}`);
  }
  const shown = new Set(layers);
  const zoom = ZOOMS.find((times) => `${times}` === (given.get("zoom") ?? "1"));
  if (!zoom) throw new LinkError(`zoom must be one of ${ZOOMS.join(", ")}, and is ${quoted(given.get("zoom") ?? "")}`);
  return {
    view,
    box: decodeShown("box", given, BOXES, START.box.preset, 2),
    table: decodeShown("table", given, TABLES, START.table.preset, MOST),
    layers: LAYERS.filter((layer) => shown.has(layer)),
    lesson: decodeCount("lesson", given, LESSONS),
    experiment: decodeCount("experiment", given, EXPERIMENTS),
    pick: given.has("pick") ? decodeCount("pick", given, MOST_PICKS) : -1,
    zoom,
  };
}

const KEYS = new Set([
  ...["view", "show", "lesson", "experiment", "pick", "zoom"],
  ...["box", "table"].flatMap((name) => [
    name,
    ...["agents", "goods", ...Object.values(LETTERS)].map((key) => `${name}.${key}`),
  ]),
]);

function isOneOf<T extends string>(choices: readonly T[], text: string): text is T {
  return (choices as readonly string[]).includes(text);
}

const quoted = (text: string) => `“${text.length > 30 ? `${text.slice(0, 30)}…` : text}”`;

function decodeCount(key: string, given: ReadonlyMap<string, string>, count: number): number {
  const text = given.get(key) ?? "1";
  const value = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > count) throw new LinkError(`${key} must be from 1 to ${count}, and is ${quoted(text)}`);
  return value - 1;
}

function decodeShown(
  name: string,
  given: ReadonlyMap<string, string>,
  presets: Readonly<Record<string, Preset>>,
  usual: string,
  most: number,
): Shown {
  const preset = given.get(name) ?? usual;
  if (!Object.hasOwn(presets, preset)) throw new LinkError(`${name} names no preset: ${quoted(preset)}`);
  const base = shownOf(presets, preset);
  const agents = decodeNames(`${name}.agents`, given, base.agents, most);
  const goods = decodeNames(`${name}.goods`, given, base.goods, most);
  if (most === 2 && (agents.length !== 2 || goods.length !== 2)) {
    throw new LinkError("a box has two agents and two goods");
  }
  const cells = agents.length * goods.length;
  const numbers = (field: Field, length: number) =>
    decodeNumbers(`${name}.${LETTERS[field]}`, given, base[field], length, RANGES[field]);
  const endowments = numbers("endowments", cells);
  const missing = goods.findIndex((_, j) => agents.every((_, i) => endowments[i * goods.length + j] === 0));
  if (missing >= 0)
    throw new LinkError(`${name}.e: somebody must own some of each good, and nobody owns good ${missing + 1}`);
  return {
    preset,
    agents,
    goods,
    alpha: numbers("alpha", cells),
    omega: numbers("omega", cells),
    endowments,
    weights: numbers("weights", agents.length),
  };
}

function decodeNames(
  key: string,
  given: ReadonlyMap<string, string>,
  usual: readonly string[],
  most: number,
): readonly string[] {
  const text = given.get(key);
  if (text === undefined) return usual;
  const parts = text.split(",");
  if (parts.length > most) throw new LinkError(`${key} has at most ${most} names, and here ${parts.length}`);
  const names = parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new LinkError(`${key} has a name that cannot be read: ${quoted(part)}`);
    }
  });
  for (const name of names) {
    const problem = problemOfName(name, names);
    if (problem) throw new LinkError(`${key}: a name ${problem}, and one is ${quoted(name)}`);
  }
  return names;
}

/** What is wrong with a name among others, as the end of a sentence; "" if nothing is. */
export function problemOfName(name: string, all: readonly string[]): string {
  if (name.trim() === "") return "must not be empty";
  if (/[\ud800-\udfff]/u.test(name)) return "must be well-formed text";
  if (name.length > LONGEST_NAME) return `has at most ${LONGEST_NAME} characters`;
  if (all.filter((other) => other === name).length > 1) return "must differ from the others";
  return "";
}

const NUMBER = /^-?\d{1,22}(\.\d{1,25})?(e[+-]?\d{1,3})?$/;

function decodeNumbers(
  key: string,
  given: ReadonlyMap<string, string>,
  base: readonly number[],
  length: number,
  range: readonly [number, number],
): readonly number[] {
  const text = given.get(key);
  if (text === undefined) {
    if (base.length !== length) throw new LinkError(`${key} is missing: there must be ${length} numbers`);
    return base;
  }
  const read = (part: string) => {
    const value = NUMBER.test(part) ? Number(part) : Number.NaN;
    if (!(value >= range[0] && value <= range[1])) {
      throw new LinkError(`${key} must have numbers from ${range[0]} to ${range[1]}, and has ${quoted(part)}`);
    }
    return value;
  };
  if (!text.includes(":")) {
    const parts = text.split(",");
    if (parts.length !== length) throw new LinkError(`${key} must have ${length} numbers, and has ${parts.length}`);
    return parts.map(read);
  }
  if (base.length !== length) throw new LinkError(`${key} must have all of its ${length} numbers`);
  const numbers = [...base];
  for (const part of text.split(";")) {
    const [place, number = ""] = part.split(":");
    const at = /^\d{1,3}$/.test(place) ? Number(place) : length;
    if (at >= length) throw new LinkError(`${key} has places below ${length}, and names ${quoted(place)}`);
    numbers[at] = read(number);
  }
  return numbers;
}
