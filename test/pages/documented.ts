// What the documents tell pages to use: the files that they show, by name.

import { readFileSync } from "node:fs";
import { snippetsOf } from "../support/snippets.js";

/** The document that says how pages use pools. */
const DOCUMENT = "docs/pool.md";

export const text = readFileSync(DOCUMENT, "utf8");

/** The files that it shows; of headers too, as text. */
export const files: Record<string, string> = Object.fromEntries(
  snippetsOf(text).flatMap(({ file, text }) => (file ? [[file, `${text}\n`]] : [])),
);

/** A file that it shows. */
export function fileOf(name: string): string {
  if (!Object.hasOwn(files, name)) throw new Error(`${DOCUMENT} shows no ${name}`);
  return files[name];
}

/** Headers that it shows. */
export function headersOf(name: string): Record<string, string> {
  const lines = fileOf(name).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/)));
}
