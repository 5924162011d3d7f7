// Something that is computed when the reader asks for it, may take long, and can be cancelled.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Economy } from "walras";
import type { Pool } from "walras/pool";
import { economyOf, isCancelled, messageOf, pool } from "./engine.js";
import type { Shown } from "./state.js";

interface TaskProps<T> {
  title: string;
  note: string;
  /** What the button says. */
  label: string;
  shown: Shown;
  run: (on: Pool, economy: Economy, signal: AbortSignal) => Promise<T>;
  children: (answer: T) => ComponentChildren;
}

/** A button, and below it the answer, as long as the economy is the one that it is of. */
export function Task<T>({ title, note, label, shown, run, children }: TaskProps<T>) {
  const [answer, setAnswer] = useState<{ shown: Shown; value: T } | null>(null);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  useEffect(() => {
    // An answer about another economy would mislead.
    control.current?.abort();
    setAnswer(null);
    setSaid("");
  }, [shown]);
  const begin = async () => {
    const on = pool.value;
    if (!on || busy) return;
    const own = new AbortController();
    control.current = own;
    setBusy(true);
    setSaid("Computing…");
    try {
      const value = await run(on, economyOf(on, shown), own.signal);
      setAnswer({ shown, value });
      setSaid("");
    } catch (error) {
      setSaid(isCancelled(error) ? "Cancelled." : messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="task">
      <h3>{title}</h3>
      <p class="note">{note}</p>
      <div class="buttons">
        <button type="button" onClick={() => void begin()} disabled={busy || !pool.value}>
          {label}
        </button>
        {busy && (
          <button type="button" onClick={() => control.current?.abort()}>
            Cancel
          </button>
        )}
        <p role="status">{said}</p>
      </div>
      {answer?.shown === shown && children(answer.value)}
    </section>
  );
}
