// The fields that a sweep may keep, and which of them each call has.

import type { Economy } from "../economy/economy.js";
import type { Findings } from "../violations.js";
import { elementsOf, parseReference, type Shape } from "./reference.js";

/** What is computed of each economy. */
export type SweepCall = "plan" | "equilibrium" | "equilibria" | "statics";

/**
 * What a column holds. "number": doubles; "integer": whole numbers of 32 bits; "row": whole numbers up
 * to 2^53; "flag": 0 or 1; "text": texts of a small set.
 */
export type ColumnType = "number" | "integer" | "row" | "flag" | "text";

/** What a field is. */
interface Kind {
  readonly shape: Shape;
  readonly type: ColumnType;
  /** Whether each equilibrium has its own, where a call lists equilibria. */
  readonly each?: boolean;
  readonly calls?: readonly SweepCall[];
}

const MARKETS: readonly SweepCall[] = ["equilibrium", "equilibria", "statics"];
const SOLVED: readonly SweepCall[] = ["plan", "equilibrium", "statics"];
const LISTS: readonly SweepCall[] = ["equilibria"];
const STATICS: readonly SweepCall[] = ["statics"];

const FIELDS: Readonly<Record<string, Kind>> = {
  row: { shape: "", type: "row" },
  alpha: { shape: "cells", type: "number" },
  omega: { shape: "cells", type: "number" },
  endowments: { shape: "cells", type: "number" },
  totals: { shape: "goods", type: "number" },
  weights: { shape: "agents", type: "number" },
  price: { shape: "goods", type: "number", each: true, calls: MARKETS },
  shadowPrice: { shape: "goods", type: "number", calls: ["plan"] },
  allocation: { shape: "cells", type: "number", calls: SOLVED },
  netTrade: { shape: "cells", type: "number", calls: ["equilibrium", "statics"] },
  income: { shape: "agents", type: "number", each: true, calls: MARKETS },
  utility: { shape: "agents", type: "number", calls: SOLVED },
  welfare: { shape: "", type: "number", calls: ["plan"] },
  residual: { shape: "", type: "number", calls: SOLVED },
  status: { shape: "", type: "text" },
  count: { shape: "", type: "integer", calls: LISTS },
  complete: { shape: "", type: "flag", calls: LISTS },
  indexSum: { shape: "", type: "integer", calls: LISTS },
  equilibrium: { shape: "", type: "integer", each: true, calls: LISTS },
  index: { shape: "", type: "integer", each: true, calls: LISTS },
  dPrice: { shape: "goods", type: "number", calls: STATICS },
  dUtility: { shape: "agents", type: "number", calls: STATICS },
};

/** The values of all axes. */
const AXES = "vary";

const DEFAULTS: Record<SweepCall, readonly string[]> = {
  plan: ["row", AXES, "shadowPrice", "welfare", "status", "residual"],
  equilibrium: ["row", AXES, "price", "status", "residual"],
  equilibria: ["row", AXES, "count", "complete", "equilibrium", "index", "price", "status"],
  statics: ["row", AXES, "price", "dPrice", "dUtility", "status"],
};

/** The fields that are kept of a call where none are named. */
export function defaultFields(call: SweepCall): readonly string[] {
  return DEFAULTS[call];
}

/** A column to be kept. */
export interface CheckedField {
  /** Its name: `price[bread]`. */
  readonly name: string;
  /** The field, or "vary" for an axis. */
  readonly field: string;
  /** The element of the field, or the number of the axis' column. */
  readonly index: number;
  readonly type: ColumnType;
  /** Whether each of several equilibria has its own. */
  readonly each: boolean;
}

/** The most columns that are kept. */
const MAX_COLUMNS = 100_000;

/** The columns of fields, in their order and each once. */
export function checkFields(
  wanted: readonly string[],
  { call, economy, columns }: { call: SweepCall; economy: Economy; columns: readonly string[] },
  path: string,
  findings: Findings,
): CheckedField[] {
  const found = new Map<string, CheckedField>();
  const axis = (index: number): void => {
    const name = columns[index];
    found.set(name, { name, field: AXES, index, type: "number", each: false });
  };
  for (const text of wanted) {
    if (text === AXES) columns.forEach((_, k) => void axis(k));
    else if (columns.includes(text)) axis(columns.indexOf(text));
    else {
      const reference = parseReference(text);
      const kind = reference && Object.hasOwn(FIELDS, reference.field) ? FIELDS[reference.field] : undefined;
      const has = kind && (kind.calls?.includes(call) ?? true) && !isMissing(reference?.field, economy);
      if (!reference || !has) {
        const names = Object.keys(FIELDS).filter((name) => FIELDS[name].calls?.includes(call) ?? true);
        const known = [AXES, ...columns, ...names];
        findings.add(path, `must be fields of ${call}${findings.nearest(reference?.field ?? text, known)}`, text);
        continue;
      }
      const { shape, type, each = false } = kind;
      for (const element of elementsOf(reference, shape, economy, path, findings) ?? []) {
        if (!found.has(element.text))
          found.set(element.text, { name: element.text, field: reference.field, index: element.index, type, each });
        if (found.size > MAX_COLUMNS) {
          findings.add(path, `may have ${MAX_COLUMNS} columns at most`, text);
          return [];
        }
      }
    }
  }
  return [...found.values()];
}

/** Whether the economy has no such numbers. */
function isMissing(field: string | undefined, { endowments }: Economy): boolean {
  return field === "endowments" && endowments === undefined;
}
