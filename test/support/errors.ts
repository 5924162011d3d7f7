// What errors say.

import { expect } from "vitest";
import { OptionError } from "../../src/index.js";

/** The paths that the OptionError of a call names; none if the call does not throw. */
export function refusedPaths(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as OptionError).violations.map(({ path }) => path);
  }
  return [];
}
