// Skips the tests of one engine, for runs in which src/ alone is in question: both engines run it.

import { beforeEach } from "vitest";

beforeEach(({ task, skip }) => {
  for (let suite = task.suite; suite; suite = suite.suite) if (/ on js( |$)/.test(suite.name)) skip();
});
