// The state of the page as a signal, with undo and redo, and its copy in the address.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { decode, encode, LinkError, START, type State } from "./state.js";

/** What the page shows. */
export const state = signal<State>(START);
/** Its parts, each a signal: what shows one of them is not made anew when another changes. */
export const parts = Object.fromEntries(
  (Object.keys(START) as (keyof State)[]).map((key) => [key, computed(() => state.value[key])]),
) as { readonly [Key in keyof State]: ReadonlySignal<State[Key]> };
const agents = computed(() => state.value.box.agents);
const goods = computed(() => state.value.box.goods);
/** The names of the box, which stay the same while its numbers change. */
export const names = computed(() => ({ agents: agents.value, goods: goods.value }));
/** What is wrong with the link that the page was opened with, or with a file; "" if nothing is. */
export const problem = signal("");

const past = signal<readonly State[]>([]);
const future = signal<readonly State[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** The most steps that can be undone. */
const MOST_STEPS = 200;
/** Changes of one kind within this time are one step, in milliseconds. */
const ONE_GESTURE = 1000;

let latest = { gesture: "", at: 0 };

/** Changes the state. Changes of the same `gesture` shortly after each other are undone together. */
export function change(part: Partial<State>, gesture = "") {
  const now = performance.now();
  if (gesture === "" || gesture !== latest.gesture || now - latest.at > ONE_GESTURE) {
    past.value = [...past.value.slice(1 - MOST_STEPS), state.value];
  }
  latest = { gesture, at: now };
  if (future.value.length > 0) future.value = [];
  show({ ...state.value, ...part });
}

/** The next change is a step of its own. */
export function endGesture() {
  latest = { gesture: "", at: 0 };
}

export function undo() {
  const [from, to] = [past.value, future.value];
  if (from.length === 0) return;
  past.value = from.slice(0, -1);
  future.value = [...to, state.value];
  endGesture();
  show(from[from.length - 1]);
}

export function redo() {
  const [from, to] = [future.value, past.value];
  if (from.length === 0) return;
  future.value = from.slice(0, -1);
  past.value = [...to, state.value];
  endGesture();
  show(from[from.length - 1]);
}

function show(next: State) {
  state.value = next;
  problem.value = "";
  writeSoon();
}

/** The address follows after a rest, and while there is none once a second: to change it takes some milliseconds. */
const WRITE_AFTER = { rest: 150, latest: 1000 };
let timer = 0;
let written = 0;

function writeSoon() {
  window.clearTimeout(timer);
  const left = WRITE_AFTER.latest - (performance.now() - written);
  timer = window.setTimeout(writeNow, Math.max(0, Math.min(WRITE_AFTER.rest, left)));
}

/** Brings the address up to date; returns it. */
export function writeNow(): string {
  window.clearTimeout(timer);
  written = performance.now();
  const hash = encode(state.value);
  if (location.hash !== hash) history.replaceState(null, "", hash);
  return location.href;
}

/** Reads the address: with `first` at the start, and then whenever somebody changes it. */
export function readAddress(first: boolean) {
  try {
    const next = decode(location.hash);
    if (encode(next) !== encode(state.value)) {
      if (!first) past.value = [...past.value.slice(1 - MOST_STEPS), state.value];
      state.value = next;
    }
    problem.value = "";
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    problem.value = `This link cannot be read: ${error.message}. The page shows ${
      first ? "its usual economy" : "what it showed before"
    }.`;
  }
}

/** Light or dark: as the system has it, until the reader chooses. */
const dark = matchMedia("(prefers-color-scheme: dark)");
export const theme = signal<"light" | "dark">(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));

export function setTheme(to: "light" | "dark") {
  document.documentElement.dataset["theme"] = to;
  theme.value = to;
}
