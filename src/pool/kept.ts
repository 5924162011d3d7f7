// What pieces of a call leave in their worker for later pieces of it: prepared goods, a run of Adam, a
// point of comparative statics. It saves work and is never needed: a worker that does not have it
// makes it anew, and comes to the same numbers.

const kept = new Map<number, Map<string, { readonly value: unknown; readonly dispose?: () => void }>>();

/** What is kept under a key and a name; `make` makes it where nothing is. */
export async function keep<T>(
  key: number,
  name: string,
  make: () => T | Promise<T>,
  dispose?: (value: T) => void,
): Promise<T> {
  const known = kept.get(key)?.get(name);
  if (known) return known.value as T;
  const value = await make();
  const names = kept.get(key) ?? new Map();
  names.set(name, { value, ...(dispose ? { dispose: () => dispose(value) } : {}) });
  kept.set(key, names);
  return value;
}

/** Forgets all that is kept under a key. */
export function release(key: number): void {
  for (const { dispose } of kept.get(key)?.values() ?? []) dispose?.();
  kept.delete(key);
}
