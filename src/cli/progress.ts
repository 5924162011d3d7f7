// One line on the terminal that says how far a long command has come.

import type { Progress } from "../options/options.js";
import { plural } from "../violations.js";
import { digits, shown } from "./terminal.js";

/** Milliseconds before the line is shown, and between two changes of it. */
const FIRST = 300;
const INTERVAL = 100;

/** The most characters of a line. */
const MAX_LINE = 500;

/** Moves to the start of the line and erases it. */
const ERASE = "\r\x1b[K";

let isShown = false;

/**
 * Returns an `onStep` that shows progress on standard error, to be spread into the options of a
 * call: `{ onStep }`. It returns `{}` if standard error is no terminal, or with --quiet.
 */
export function withProgress({ quiet }: { quiet?: boolean }): {
  onStep?: (progress: Progress | { done: number; total: number }) => void;
} {
  if (quiet || !process.stderr.isTTY || process.env["TERM"] === "dumb") return {};
  const start = performance.now();
  let next = start + FIRST;
  return {
    onStep(progress) {
      const now = performance.now();
      if (now < next) return;
      next = now + INTERVAL;
      const seconds = plural(Math.floor((now - start) / 1000), "second");
      showProgress(`${describe(progress)}, ${seconds}`);
    },
  };
}

/** Shows the line, on a terminal. */
export function showProgress(text: string): void {
  process.stderr.write(`${ERASE}${shown(text, (process.stderr.columns || 80) - 1)}`);
  isShown = true;
}

/** Erases the line, if there is one. */
export function eraseProgress(): void {
  if (isShown) process.stderr.write(ERASE);
  isShown = false;
}

/** Writes a line of its own on standard error. */
export function sayLine(text: string): void {
  eraseProgress();
  process.stderr.write(`walras: ${shown(text, MAX_LINE)}\n`);
}

function describe(progress: Progress | { done: number; total: number }): string {
  if ("total" in progress) return `${progress.done} of ${plural(progress.total, "row")}`;
  const { method, iteration, residual } = progress;
  return `${method}: step ${iteration}, residual ${digits(residual)}`;
}
