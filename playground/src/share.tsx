// Links and files: what the reader takes away, and what the reader brings.

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { messageOf, pool } from "./engine.js";
import { download, readFile, toCsv, toJson } from "./files.js";
import { copied } from "./parts.js";
import { change, problem, state, writeNow } from "./store.js";

const said = signal("");

async function copy(text: string, name: string) {
  said.value = (await copied(text))
    ? `${name} copied`
    : "This browser does not let the page copy; the address above is the link";
  setTimeout(() => {
    said.value = "";
  }, 4000);
}

/** The code that shows the page in another one. */
function embedCode(): string {
  const address = writeNow().replace(/(index\.html)?(#|$)/, "embed.html$2");
  return `<iframe src="${address.replaceAll("&", "&amp;")}" width="100%" height="900" title="An economy, by walras" style="border: 0"></iframe>`;
}

export function ShareBar() {
  const input = useRef<HTMLInputElement>(null);
  const menu = useRef<HTMLDetailsElement>(null);
  const on = pool.value;
  const shown = () => (state.value.view === "table" ? state.value.table : state.value.box);
  const close = () => menu.current?.removeAttribute("open");
  const read = async (file: File | undefined) => {
    if (!file || !on) return;
    try {
      const sheet = await readFile(on, file);
      const { view, box, table } = state.value;
      const inBox = sheet.agents.length === 2 && sheet.goods.length === 2 && view === "box";
      if (inBox) change({ box: { ...sheet, preset: box.preset }, pick: -1 });
      else change({ table: { ...sheet, preset: table.preset }, view: "table", pick: -1 });
    } catch (error) {
      problem.value = `This file cannot be read: ${messageOf(error)}`;
    }
  };
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <summary>Share</summary>
      <div class="sheet">
        <button type="button" onClick={() => void copy(writeNow(), "Link")}>
          Copy link
        </button>
        <button type="button" onClick={() => void copy(embedCode(), "Code")}>
          Copy code to embed
        </button>
        <button type="button" disabled={!on} onClick={() => on && save(() => toJson(on, shown()), "json")}>
          Save as JSON
        </button>
        <button type="button" onClick={() => save(() => toCsv(shown()), "csv")}>
          Save as CSV
        </button>
        <button type="button" onClick={() => input.current?.click()} disabled={!on}>
          Open JSON or CSV…
        </button>
        <input
          ref={input}
          type="file"
          accept=".json,.csv,application/json,text/csv"
          hidden
          aria-label="A file with an economy"
          onChange={(event) => {
            void read(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
            close();
          }}
        />
        <p role="status">{said.value}</p>
      </div>
    </details>
  );
}

function save(make: () => string, ending: "json" | "csv") {
  try {
    download(`economy.${ending}`, ending === "json" ? "application/json" : "text/csv", make());
  } catch (error) {
    problem.value = messageOf(error);
  }
}
