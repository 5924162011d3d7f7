// Errors on their way from a worker: structured cloning keeps neither their class nor their fields.

import { BusyError, MemoryError } from "../engine/errors.js";
import { NotConvergedError, type Solution } from "../solution.js";
import { SingularError } from "../statics/equilibriumStatics.js";
import { EconomyError, OptionError, type Violation } from "../violations.js";

/**
 * Workers failed: one ended twice at the same piece of work, or could not be started, or the pool has
 * been closed.
 */
export class PoolError extends Error {
  /** "PoolError", also where another copy of the package has made the error. */
  override readonly name = "PoolError";
}

/** An error in a form that can be sent. */
export interface SentError {
  name: string;
  message: string;
  stack?: string;
  fields: Record<string, unknown>;
}

/** How to make the errors of this package anew. */
const MAKERS: Record<string, (fields: Record<string, never>) => Error> = {
  EconomyError: ({ violations }) => new EconomyError(violations as readonly Violation[]),
  OptionError: ({ violations }) => new OptionError(violations as readonly Violation[]),
  MemoryError: ({ bytes, limit }) => new MemoryError(bytes, limit),
  NotConvergedError: ({ solution }) => new NotConvergedError(solution as Solution),
  SingularError: ({ smallestPivot, condition }) => new SingularError(smallestPivot, condition),
  BusyError: () => new BusyError(),
};

export function sendable(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const { name, message, stack } = error;
  return { name, message, ...(stack ? { stack } : {}), fields: { ...error } };
}

export function received({ name, message, stack, fields }: SentError): Error {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make) return make(fields as Record<string, never>);
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
}
