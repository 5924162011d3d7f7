// The page: its head with the views, undo, theme and links, and the view that is shown.

import { effect, signal } from "@preact/signals";
import { type ComponentType, render } from "preact";
import { useEffect } from "preact/hooks";
import { BoxView, summaryOf } from "./boxView.js";
import { watchCounts } from "./counts.js";
import { engineProblem, pool, start } from "./engine.js";
import { format } from "./format.js";
import { openLesson } from "./lessons.js";
import { stopMotion } from "./motion.js";
import { ShareBar } from "./share.js";
import { refusal, solved, watchBox } from "./solved.js";
import { encode, VIEWS, type View } from "./state.js";
import { canRedo, canUndo, change, parts, problem, readAddress, redo, setTheme, state, theme, undo } from "./store.js";

const embedded = document.documentElement.hasAttribute("data-embed");

const NAMES: Readonly<Record<View, string>> = {
  box: "Box",
  table: "n × m",
  notebook: "Notebook",
  learn: "Learn",
  race: "Race",
};

/** Views that most visitors do not see at first are loaded when they are asked for. */
const LATER: Readonly<Record<Exclude<View, "box">, () => Promise<{ default: ComponentType }>>> = {
  table: () => import("./tableView.js"),
  notebook: () => import("./notebookView.js"),
  learn: () => import("./learnView.js"),
  race: () => import("./raceView.js"),
};
const loaded = signal<Partial<Record<View, ComponentType>>>({ box: BoxView });

effect(() => {
  const view = parts.view.value;
  if (view === "box" || loaded.value[view]) return;
  LATER[view]().then(
    ({ default: component }) => {
      loaded.value = { ...loaded.value, [view]: component };
    },
    () => {
      problem.value = `The view “${NAMES[view]}” could not be loaded. Reload the page to try again.`;
    },
  );
});

function Page() {
  const view = parts.view.value;
  const Shown = loaded.value[view];
  useEffect(() => {
    document.title = `${NAMES[view]} · walras`;
  }, [view]);
  return (
    <>
      {!embedded && <Head view={view} />}
      <main id="main">
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        {engineProblem.value && (
          <p class="problem" role="alert">
            {engineProblem.value}
          </p>
        )}
        {Shown ? <Shown /> : <p class="note">Loading…</p>}
      </main>
      <Foot />
      <Spoken />
    </>
  );
}

function Head({ view }: { view: View }) {
  return (
    <header>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <h1>walras</h1>
      <nav aria-label="Views">
        {VIEWS.map((name) => (
          <button
            type="button"
            key={name}
            aria-current={name === view ? "page" : undefined}
            onClick={() => (name === "learn" ? openLesson(parts.lesson.value) : change({ view: name }))}
          >
            {NAMES[name]}
          </button>
        ))}
      </nav>
      <div class="tools">
        <button
          type="button"
          class="quiet"
          onClick={undo}
          disabled={!canUndo.value}
          aria-label="Undo"
          title="Undo (Ctrl+Z)"
        >
          <Icon path="M9 14L4 9l5-5M4 9h9a6 6 0 0 1 0 12h-3" />
        </button>
        <button
          type="button"
          class="quiet"
          onClick={redo}
          disabled={!canRedo.value}
          aria-label="Redo"
          title="Redo (Ctrl+Shift+Z)"
        >
          <Icon path="M15 14l5-5-5-5M20 9h-9a6 6 0 0 0 0 12h3" />
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => setTheme(theme.value === "dark" ? "light" : "dark")}
          aria-label={theme.value === "dark" ? "Light colours" : "Dark colours"}
        >
          <Icon path="M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18" />
        </button>
        <ShareBar />
      </div>
    </header>
  );
}

/** A link would change the hash of the address, which is the state. */
function skip() {
  const main = document.getElementById("main");
  main?.setAttribute("tabindex", "-1");
  main?.focus();
}

const Icon = ({ path }: { path: string }) => (
  <svg width="20" height="20" viewBox="0 0 24 24" class="icon" aria-hidden="true">
    <path d={path} />
  </svg>
);

function Foot() {
  const on = pool.value;
  const how = !on
    ? "Starting the solver…"
    : on.engine === "wasm"
      ? `Computed in this browser, in WebAssembly, on ${on.workers} ${on.workers === 1 ? "worker" : "workers"}.`
      : `Computed in this browser by the JavaScript engine, because WebAssembly is not to be had: ${on.engineReason ?? "it was not asked for"}.`;
  return (
    <footer>
      <p class="engine">
        {how} Nothing is sent anywhere. {embedded && <OwnPage />}
      </p>
    </footer>
  );
}

const OwnPage = () => (
  <a href={`index.html${encode(state.value)}`} target="_blank" rel="noopener">
    Open this in a page of its own
  </a>
);

const spoken = signal("");

/** Says what changed, once it has come to rest. */
function Spoken() {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {spoken.value}
    </p>
  );
}

/** The rest after which results are read aloud, in milliseconds. */
const REST = 700;

function speak() {
  let timer = 0;
  effect(() => {
    const known = solved.value;
    const refused = refusal.value;
    const view = parts.view.value;
    window.clearTimeout(timer);
    if (view !== "box" && view !== "learn") return;
    timer = window.setTimeout(() => {
      if (refused) spoken.value = refused;
      else if (known) {
        const prices = known.found.equilibria.map(({ prices }) => format(prices[0] / prices[1]));
        spoken.value = `${summaryOf(known.found)} Price of ${known.shown.goods[0]}: ${prices.join(", ")}.`;
      }
    }, REST);
  });
}

/** An embedded page tells the page around it how tall it is. */
function tellHeight() {
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    parent.postMessage({ type: "walras:height", height }, "*");
  }).observe(document.body);
}

addEventListener("hashchange", () => readAddress(false));
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  // In a field these keys undo what is typed.
  if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) redo();
  else undo();
});

setTheme(theme.value);
readAddress(true);
if (embedded) tellHeight();
let followed = parts.box.value;
effect(() => {
  // A path belongs to the economy that it was computed for.
  const box = parts.box.value;
  if (box !== followed) stopMotion();
  followed = box;
});
watchBox();
watchCounts();
speak();

const root = document.getElementById("app");
if (root) {
  // The text that was there before scripts ran; the lessons are for their view.
  document.getElementById("lessons")?.setAttribute("hidden", "");
  root.replaceChildren();
  render(<Page />, root);
}
void start();
