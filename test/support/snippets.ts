// Reads the fenced snippets of a Markdown document, and compares values with what a snippet says they are.
//
// A comment right above a fence says what the fence alone does not:
//   <!-- file: economy.json -->             its text is this file, which commands below it may read
//   <!-- not run: needs a browser -->       it cannot run here, and why
//   <!-- not live: needs isolation -->      it runs here, but not in the pages of the site, and why
// A comment at the end of a statement, `market.prices; // 1, 0.796: bread costs 1`, states the value.

/** The languages that a fence may name. */
export const LANGUAGES = ["ts", "js", "json", "csv", "sh", "console", "html", "http"];

export interface Snippet {
  language: string;
  text: string;
  /** The line of the document on which the text begins, counted from 1. */
  line: number;
  /** The name under which commands find the text. */
  file?: string;
  /** Why the snippet cannot run. */
  notRun?: string;
}

/** The fenced snippets of a document, in its order. */
export function snippetsOf(markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = markdown.split("\n");
  for (let k = 0; k < lines.length; k++) {
    const fence = /^( *)```(.*)$/.exec(lines[k]);
    if (!fence) continue;
    const [, indent, language] = fence;
    const end = lines.indexOf(`${indent}\`\`\``, k + 1);
    if (end < 0) throw new Error(`line ${k + 1}: this fence is not closed`);
    const text = lines
      .slice(k + 1, end)
      .map((line) => line.replace(indent, ""))
      .join("\n");
    snippets.push({ language: language.trim(), text, line: k + 2, ...markerAbove(lines, k) });
    k = end;
  }
  return snippets;
}

/** What the comment above a fence says. */
function markerAbove(lines: string[], fence: number): Pick<Snippet, "file" | "notRun"> {
  let above = fence - 1;
  while (above >= 0 && lines[above].trim() === "") above--;
  const [, key, value] = /^ *<!-- (file|not run): (.+) -->$/.exec(lines[above] ?? "") ?? [];
  if (key === "file") return { file: value };
  return key === "not run" ? { notRun: value } : {};
}

/** A document without its snippets: the lines of prose, tables and headings, the others empty. */
export function proseOf(markdown: string): string[] {
  let inside = false;
  return markdown.split("\n").map((line) => {
    const isFence = /^ *```/.test(line);
    if (isFence) inside = !inside;
    return isFence || inside ? "" : line;
  });
}

const STATEMENT = /^(?:(?:const|let) (?<name>\w+)(?:: [^=]+)? = )?(?<expression>\S.*); \/\/ (?<comment>.+)$/;

/**
 * A snippet in which every statement that states its value also calls compare(line, value, comment), and imports are calls of
 * load(name). Statements that state a value take one line and are not indented.
 */
export function instrumented({ text, line }: Snippet): string {
  return text
    .split("\n")
    .map((source, k) => {
      const imported = /^import (?:type )?\{(.*)\} from "(.+)";$/.exec(source);
      if (imported)
        return `const {${imported[1].replace(/\btype \w+,?/g, "").replace(/ as /g, ": ")}} = await $load("${imported[2]}");`;
      const { name, expression, comment } = STATEMENT.exec(source)?.groups ?? {};
      if (!comment || !statesValue(comment)) return source;
      const stated = `${line + k}, ${name ?? `(${expression})`}, ${JSON.stringify(comment)}`;
      return name ? `${source}\n$compare(${stated});` : `$compare(${stated});`;
    })
    .join("\n");
}

/** Whether a comment states a value, and is not a remark: it begins with one, or with "all below". */
export function statesValue(comment: string): boolean {
  return /^(-?\d|-?Infinity\b|NaN\b|true\b|false\b|null\b|["[{]|all below )/.test(comment);
}

/** What is different about a value from what the comment states; nothing where they agree. */
export function difference(value: unknown, comment: string): string | undefined {
  const limit = /^all below (\S+?)[:;]?(?: |$)/.exec(comment);
  if (limit) {
    const large = numbersIn(value).filter((x) => !(x < Number(limit[1])));
    return large.length > 0 ? `${large} are not below ${limit[1]}` : undefined;
  }
  const stated = new Stated(comment).read();
  const values = stated.length > 1 ? [plain(value)] : plain(value);
  return agrees(stated.length > 1 ? [stated] : stated[0], values) ? undefined : `it is ${JSON.stringify(plain(value))}`;
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(plain(value) as object).flatMap(numbersIn) : [];
}

/** Typed arrays as arrays, which also JSON shows. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** A number as it is printed. */
class Printed {
  constructor(readonly text: string) {}

  /** Whether `value` has the digits printed; a whole number must be itself, but for rounding. */
  matches(value: unknown): boolean {
    const stated = Number(this.text);
    if (typeof value !== "number") return false;
    if (Object.is(value, stated) || value === stated) return true;
    if (!/[.e]/.test(this.text)) return Math.abs(value - stated) <= 1e-12 * Math.abs(stated);
    const [mantissa] = this.text.split("e");
    const digits = mantissa.replace(/[-.]/g, "").replace(/^0+/, "").length;
    return Number(value.toPrecision(Math.max(1, digits))) === stated;
  }
}

/** In the place of elements or keys that the comment leaves out. */
const REST = Symbol("…");

type Statement = Printed | string | boolean | null | typeof REST | Statement[] | { [key: string]: Statement };

function agrees(stated: Statement, value: unknown): boolean {
  if (stated instanceof Printed) return stated.matches(value);
  if (typeof stated === "string") {
    if (stated.endsWith("…")) return typeof value === "string" && value.startsWith(stated.slice(0, -1));
    return stated === value;
  }
  if (Array.isArray(stated)) {
    if (!Array.isArray(value)) return false;
    const some = stated.at(-1) === REST ? stated.slice(0, -1) : stated;
    return (some !== stated || value.length === some.length) && some.every((s, k) => agrees(s, value[k]));
  }
  if (typeof stated === "object" && stated !== null) {
    if (typeof value !== "object" || value === null) return false;
    const keys = Object.keys(stated).filter((key) => key !== "…");
    const known = "…" in stated || Object.keys(value).every((key) => keys.includes(key));
    return known && keys.every((key) => agrees(stated[key], (value as Record<string, unknown>)[key]));
  }
  return stated === value;
}

/** Reads the values at the beginning of a comment; after a colon or semicolon, remarks may follow. */
class Stated {
  #rest: string;

  constructor(readonly comment: string) {
    this.#rest = comment;
  }

  read(): Statement[] {
    const values = this.#list();
    if (this.#rest !== "" && !/^[:;] /.test(this.#rest)) this.#fail();
    return values;
  }

  #list(): Statement[] {
    const values: Statement[] = [this.#value()];
    while (this.#take(/^, /)) values.push(this.#value());
    return values;
  }

  #value(): Statement {
    if (this.#take(/^…/)) return REST;
    if (this.#take(/^\[\]/)) return [];
    if (this.#take(/^\[/)) {
      const list = this.#list();
      return this.#take(/^\]/) ? list : this.#fail();
    }
    if (this.#take(/^\{ /)) return this.#object();
    const word = this.#take(/^(true|false|null)\b/);
    if (word) return JSON.parse(word);
    const text = this.#take(/^"[^"]*"/);
    if (text) return text.slice(1, -1);
    const number = this.#take(/^-?(\d+(\.\d+)?(e-?\d+)?|Infinity)|^NaN/);
    return number ? new Printed(number) : this.#fail();
  }

  #object(): Statement {
    const object: Record<string, Statement> = {};
    do {
      if (this.#take(/^…/)) object["…"] = REST;
      else {
        const key = this.#take(/^\w+: /) ?? this.#fail();
        object[key.slice(0, -2)] = this.#value();
      }
    } while (this.#take(/^, /));
    return this.#take(/^ \}/) ? object : this.#fail();
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#rest)?.[0];
    if (found !== undefined) this.#rest = this.#rest.slice(found.length);
    return found;
  }

  #fail(): never {
    throw new Error(`"${this.comment}" begins like a value, but "${this.#rest}" cannot be read as one`);
  }
}

/** A command, what it should print (undefined: anything) and its exit status. */
export interface Command {
  text: string;
  line: number;
  status: number;
  output?: string;
}

/** The commands of a snippet: every line of `sh`; in `console` those after "$ ", followed by what they print. */
export function commandsOf({ language, text, line }: Snippet): Command[] {
  const commands: Command[] = [];
  text.split("\n").forEach((source, k) => {
    const isCommand = language === "sh" || source.startsWith("$ ");
    if (!isCommand) {
      const last = commands.at(-1);
      if (!last) throw new Error(`line ${line + k}: this output belongs to no command`);
      last.output = last.output === undefined ? source : `${last.output}\n${source}`;
    } else if (source.trim() !== "") {
      const [, command, status = "0"] = /^(?:\$ )?(.*?)(?:\s+# (?:exit status (\d+))?.*)?$/.exec(
        source,
      ) as RegExpExecArray;
      commands.push({ text: command, line: line + k, status: Number(status) });
    }
  });
  return commands;
}

/** What output must match: "…" stands for any text of its line, or alone on a line for any lines. */
export function outputPattern(output: string): RegExp {
  const escaped = output.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/^…$/gm, "[\\s\\S]*").replace(/…/g, "[^\\n]*")}\\n*$`);
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
