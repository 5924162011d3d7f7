// For runs of the tests against mutants of src/: skips those of one engine, as both run the same
// src/, and some that take long for how much of it they see.

import { beforeEach } from "vitest";

const SKIPPED = [
  /^finds all (255|63|31) of/,
  /^does not grow between the first hundred solves/,
  /^agrees to 1e-9 after 100 steps/,
  /^matrices too large/,
];

beforeEach(({ task, skip }) => {
  if (SKIPPED.some((name) => name.test(task.name))) skip();
  for (let suite = task.suite; suite; suite = suite.suite) if (/ on js( |$)/.test(suite.name)) skip();
});
