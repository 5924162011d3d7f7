// References to cells and fields: `alpha[Ada,bread]`, `alpha[,bread]`, `price[bread]`, `omega`.

import type { Findings } from "../violations.js";

/** A field's name and what stands in its brackets; "" for all. */
export interface Reference {
  readonly field: string;
  /** The names in the brackets, in their order; undefined without brackets. */
  readonly keys: readonly string[] | undefined;
}

/** The most characters of a reference. */
const MAX_LENGTH = 1000;

/** Reads `field` or `field[key,key]`; a key in double quotes is JSON. Undefined if it is neither. */
export function parseReference(text: string): Reference | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^\s*([A-Za-z][\w.]*)\s*(?:\[(.*)\])?\s*$/s.exec(text);
  if (!match) return undefined;
  const [, field, inside] = match;
  if (inside === undefined) return { field, keys: undefined };
  const keys: string[] = [];
  for (let rest = inside; ; ) {
    const key = /^\s*(?:("(?:[^"\\]|\\.)*")|([^",]*?))\s*(?:(,)|$)/s.exec(rest);
    if (!key) return undefined;
    try {
      keys.push(key[1] === undefined ? key[2] : (JSON.parse(key[1]) as string));
    } catch {
      return undefined;
    }
    if (key[3] === undefined) return { field, keys };
    rest = rest.slice(key[0].length);
  }
}

/** What a field is indexed by. */
export type Shape = "" | "agents" | "goods" | "cells";

/** The names by which a shape is indexed. */
export interface Axes {
  readonly agents: readonly string[];
  readonly goods: readonly string[];
}

/**
 * The elements that the keys of a reference name, and the text of each: all of an axis for an empty
 * key or "*". Undefined after a finding.
 */
export function elementsOf(
  { field, keys }: Reference,
  shape: Shape,
  axes: Axes,
  path: string,
  findings: Findings,
): { index: number; text: string }[] | undefined {
  const names = { "": [], agents: [axes.agents], goods: [axes.goods], cells: [axes.agents, axes.goods] }[shape];
  const given = keys ?? [];
  // A row may be written without the good: alpha[Ada].
  if (given.length > names.length || (keys !== undefined && shape === "")) {
    const form = { "": field, agents: `${field}[agent]`, goods: `${field}[good]`, cells: `${field}[agent,good]` }[
      shape
    ];
    findings.add(path, `must be written as ${form}`, `${field}[${given.join()}]`);
    return undefined;
  }
  const chosen: number[][] = [];
  for (const [k, axis] of names.entries()) {
    const key = given[k] ?? "";
    if (key === "" || key === "*") chosen.push(axis.map((_, at) => at));
    else {
      const at = axis.includes(key) ? axis.indexOf(key) : /^\d{1,7}$/.test(key) ? Number(key) : -1;
      if (at < 0 || at >= axis.length) {
        const kind = axis === axes.agents ? "agents" : "goods";
        findings.add(path, `must name one of ${axis.length} ${kind}${findings.nearest(key, axis)}`, key);
        return undefined;
      }
      chosen.push([at]);
    }
  }
  const m = axes.goods.length;
  if (shape === "") return [{ index: 0, text: field }];
  if (shape !== "cells") return chosen[0].map((at) => ({ index: at, text: `${field}[${written(names[0][at])}]` }));
  return chosen[0].flatMap((i) =>
    chosen[1].map((j) => ({
      index: i * m + j,
      text: `${field}[${written(axes.agents[i])},${written(axes.goods[j])}]`,
    })),
  );
}

/** A name as a reference takes it. */
function written(name: string): string {
  return /^[^",[\]*\s](?:[^",[\]*]*[^",[\]*\s])?$/.test(name) ? name : JSON.stringify(name);
}
