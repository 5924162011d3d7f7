// What the box shows when a lesson begins.

import { BOXES } from "./presets.js";
import { type Layer, type Shown, shownOf } from "./state.js";
import { change } from "./store.js";

interface Lesson {
  readonly box: Shown;
  readonly layers: readonly Layer[];
  readonly pick?: number;
  readonly zoom?: number;
}

const LESSONS: readonly Lesson[] = [
  { box: shownOf(BOXES, "trade"), layers: ["indifference", "lens", "contract"] },
  { box: shownOf(BOXES, "trade"), layers: ["contract", "budgets", "at"] },
  { box: { ...shownOf(BOXES, "trade"), weights: [0.5, 1] }, layers: ["contract", "budgets", "at", "planner"] },
  { box: shownOf(BOXES, "mwg"), layers: ["contract", "budgets"], zoom: 100 },
  { box: shownOf(BOXES, "gift"), layers: ["contract", "budgets"], pick: 1 },
];

/** Shows a lesson from its beginning. */
export function openLesson(lesson: number) {
  const { box, layers, pick = -1, zoom = 1 } = LESSONS[lesson];
  change({ view: "learn", lesson, box, layers, pick, zoom });
}
