// Errors of the engine itself: it cannot start, its memory is too small, or it is at work already.

/**
 * A call needs more memory than the engine can have: 4 GiB less what prepared economies take, or
 * less where the host has less. It is thrown before the solver that needs so much begins. Nothing
 * has changed: prepared economies, earlier answers and later calls are not affected.
 */
export class MemoryError extends RangeError {
  /** "MemoryError", also where another copy of the package has made the error. */
  override readonly name = "MemoryError";

  constructor(
    /** The bytes that the call needs at a time. */
    readonly bytes: number,
    /** The bytes that it can have at most. */
    readonly limit: number,
  ) {
    super(`this call needs ${bytes} bytes of memory; the engine has ${limit} at most for it`);
  }
}

/**
 * A callback or a getter called the engine that was calling it, which can only work on one call at
 * a time. The running call is not affected. Another engine, from `load()`, can be called there.
 */
export class BusyError extends Error {
  /** "BusyError", also where another copy of the package has made the error. */
  override readonly name = "BusyError";

  constructor() {
    super("onStep must not call the engine that is solving, nor must a getter or a signal; load() another");
  }
}

/** `load({ module })` was given a file that is not there, or not one of this version's kernels. */
export class EngineError extends Error {
  /** "EngineError", also where another copy of the package has made the error. */
  override readonly name = "EngineError";
}
