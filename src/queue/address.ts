// Where a queue is.

/** What can go wrong with a queue: its address, its server, its packages, a part that always fails. */
export class QueueError extends Error {
  override readonly name = "QueueError";
}

/** A server that has queues. */
export interface Address {
  readonly kind: "redis" | "postgres";
  /** With the user and the password, if it has them. */
  readonly url: string;
  /** Without them, for messages. */
  readonly shown: string;
}

const KINDS: Record<string, Address["kind"]> = {
  ...{ "redis:": "redis", "rediss:": "redis", "postgres:": "postgres", "postgresql:": "postgres" },
};

/**
 * Reads a URL like redis://127.0.0.1:6379.
 * @throws QueueError for another one, which is not named, since it may hold a password
 */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && Object.hasOwn(KINDS, url.protocol) ? KINDS[url.protocol] : undefined;
  if (!url || !kind || url.hostname === "")
    throw new QueueError("--queue must be a URL like redis://127.0.0.1:6379, rediss://HOST:PORT or postgres://HOST/DATABASE"); // biome-ignore format: one sentence
  return { kind, url: text, shown: `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}` };
}

/** What an error says, without the password that a driver may have put into it. */
export function saidBy(error: unknown, { url }: Address): string {
  const { message, code } = error as { message?: string; code?: string };
  const text = message || code || String(error);
  const { password } = new URL(url);
  return password === ""
    ? text
    : text.replaceAll(url, "…").replaceAll(password, "…").replaceAll(decoded(password), "…");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
