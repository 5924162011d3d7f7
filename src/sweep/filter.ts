// The small language of filters: comparisons of fields with numbers or texts, `and`, `or`, `not` and
// parentheses. It is read into functions; no text is ever run.

import type { Findings } from "../violations.js";

/** What a field has in each row. */
export type Values = ArrayLike<number | string>;

/** A filter that has been read: the fields that it needs, and its verdict on a row. */
export interface Filter {
  readonly fields: readonly string[];
  /** Whether a row is kept; `values` has what each of `fields` has in all rows. */
  readonly keeps: (values: readonly Values[], row: number) => boolean;
}

type Part = (values: readonly Values[], row: number) => number | string;

/** The most characters of a filter, which bounds how deep it nests. */
const MAX_LENGTH = 1000;

const TOKEN =
  /\s*(?:(<=|>=|==|!=|<|>|\(|\)|-)|(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*")|([A-Za-z][\w.]*(?:\s*\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\])?))/y;

const COMPARISONS: Record<string, (a: number | string, b: number | string) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

class Mistake extends Error {}

/** Reads a filter; undefined after a finding. */
export function parseFilter(text: unknown, path: string, findings: Findings): Filter | undefined {
  if (typeof text !== "string" || text.trim() === "" || text.length > MAX_LENGTH) {
    findings.add(path, `must be text of 1 to ${MAX_LENGTH} characters, like "count > 1"`, text);
    return undefined;
  }
  try {
    return new Reader(text).read();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    findings.add(path, error.message, text);
    return undefined;
  }
}

class Reader {
  readonly #tokens: { text: string; kind: "sign" | "number" | "text" | "word" | "end"; at: number }[] = [];
  #next = 0;
  readonly #fields: string[] = [];

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    for (let at = 0; text.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(text);
      if (!match) throw new Mistake(`cannot be read from character ${at + 1} on`);
      const [, sign, number, quoted, word] = match;
      const start = TOKEN.lastIndex - (sign ?? number ?? quoted ?? word).length;
      const kind = sign ? "sign" : number ? "number" : quoted ? "text" : "word";
      this.#tokens.push({ text: sign ?? number ?? quoted ?? word, kind, at: start });
    }
    this.#tokens.push({ text: "", kind: "end", at: text.length });
  }

  read(): Filter {
    const whole = this.#or();
    const { kind } = this.#tokens[this.#next];
    if (kind !== "end") throw this.#mistake("an operator or the end");
    return { fields: this.#fields, keeps: (values, row) => truth(whole(values, row)) };
  }

  #or(): Part {
    let left = this.#and();
    while (this.#takes("or")) {
      const [a, b] = [left, this.#and()];
      left = (values, row) => (truth(a(values, row)) || truth(b(values, row)) ? 1 : 0);
    }
    return left;
  }

  #and(): Part {
    let left = this.#not();
    while (this.#takes("and")) {
      const [a, b] = [left, this.#not()];
      left = (values, row) => (truth(a(values, row)) && truth(b(values, row)) ? 1 : 0);
    }
    return left;
  }

  #not(): Part {
    if (!this.#takes("not")) return this.#comparison();
    const part = this.#not();
    return (values, row) => (truth(part(values, row)) ? 0 : 1);
  }

  #comparison(): Part {
    const left = this.#operand();
    const { text, kind } = this.#tokens[this.#next];
    const compare = kind === "sign" && Object.hasOwn(COMPARISONS, text) ? COMPARISONS[text] : undefined;
    if (!compare) return left;
    this.#next++;
    const right = this.#operand();
    return (values, row) => (compare(left(values, row), right(values, row)) ? 1 : 0);
  }

  #operand(): Part {
    const { text, kind } = this.#tokens[this.#next];
    if (kind === "sign" && text === "(") {
      this.#next++;
      const inner = this.#or();
      if (!this.#takes(")")) throw this.#mistake('")"');
      return inner;
    }
    const negative = this.#takes("-");
    const token = this.#tokens[this.#next];
    if (token.kind === "number") {
      this.#next++;
      const value = negative ? -Number(token.text) : Number(token.text);
      return () => value;
    }
    if (negative) throw this.#mistake("a number");
    if (kind === "text") {
      this.#next++;
      const value = textOf(text);
      return () => value;
    }
    if (kind === "word" && !["and", "or", "not"].includes(text)) {
      this.#next++;
      if (!this.#fields.includes(text)) this.#fields.push(text);
      const k = this.#fields.indexOf(text);
      return (values, row) => values[k][row];
    }
    throw this.#mistake("a field, a number or a text");
  }

  #takes(text: string): boolean {
    const token = this.#tokens[this.#next];
    const found = token.kind !== "text" && token.text === text;
    if (found) this.#next++;
    return found;
  }

  #mistake(wanted: string): Mistake {
    return new Mistake(`needs ${wanted} at character ${this.#tokens[this.#next].at + 1}`);
  }
}

function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    throw new Mistake(`has a text that is not JSON: ${quoted}`);
  }
}

function truth(value: number | string): boolean {
  return typeof value === "string" ? value !== "" : value !== 0 && !Number.isNaN(value);
}
