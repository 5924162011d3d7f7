// WebAssembly against JavaScript in the visitor's own browser.

import { signal } from "@preact/signals";
import { messageOf } from "./engine.js";
import { Figure } from "./figure.js";
import { format } from "./format.js";
import { copied } from "./parts.js";
import { Plot } from "./plot.js";
import { browserName, type Measured, type RaceResult, race } from "./race.js";

const result = signal<RaceResult | null>(null);
const said = signal("");
const control = signal<AbortController | null>(null);

async function begin() {
  const own = new AbortController();
  control.value = own;
  result.value = null;
  try {
    await race(own.signal, (so, text) => {
      result.value = so;
      said.value = text;
    });
    said.value = "Done.";
  } catch (error) {
    said.value = own.signal.aborted ? "Stopped." : messageOf(error);
  } finally {
    control.value = null;
  }
}

async function copy() {
  const done = await copied(JSON.stringify(result.value, null, 2));
  said.value = done ? "Results copied as JSON." : "This browser does not let the page copy.";
}

export default function RaceView() {
  const so = result.value;
  return (
    <div class="view column">
      <h2>Race</h2>
      <p class="note">
        The same solver is compiled to WebAssembly and to JavaScript. Both run here, in {browserName()}, on one worker
        and on all cores. Cold is the first call after the start of the workers, warm the median of the following ones.
        Markets are solved for n agents and n goods. A single market is the work of one worker; the last race is of many
        small economies at once, which all cores share.
      </p>
      <div class="buttons">
        <button type="button" onClick={() => void begin()} disabled={control.value !== null}>
          Start the race
        </button>
        {control.value && (
          <button type="button" onClick={() => control.value?.abort()}>
            Stop
          </button>
        )}
        {so && so.rows.length > 0 && (
          <button type="button" onClick={() => void copy()}>
            Copy results as JSON
          </button>
        )}
        <p role="status">{said.value}</p>
      </div>
      {so && so.rows.length > 0 && <Results rows={so.rows} />}
    </div>
  );
}

function Results({ rows }: { rows: readonly Measured[] }) {
  const sizes = [...new Set(rows.map(({ task }) => task))];
  const find = (task: string, engine: string, workers: "one" | "all") =>
    rows.find((row) => row.task === task && row.engine === engine && row.on === workers);
  const logs = (engine: string) =>
    rows
      .filter((row) => row.engine === engine && row.on === "one" && row.size > 0)
      .flatMap(({ size, warm }) => [Math.log10(size), Math.log10(Math.max(warm, 0.01))]);
  const all = [...logs("wasm"), ...logs("js")].filter((_, k) => k % 2 === 1);
  return (
    <>
      <section class="scroll" tabIndex={0} aria-label="Results of the race">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={5}>
                on one worker, in milliseconds
              </th>
              <th scope="colgroup" colSpan={2}>
                on all cores, warm
              </th>
            </tr>
            <tr>
              <th scope="col">n × m</th>
              <th scope="col">WebAssembly, cold</th>
              <th scope="col">WebAssembly, warm</th>
              <th scope="col">JavaScript, cold</th>
              <th scope="col">JavaScript, warm</th>
              <th scope="col">ratio, warm</th>
              <th scope="col">WebAssembly</th>
              <th scope="col">JavaScript</th>
            </tr>
          </thead>
          <tbody>
            {sizes.map((task) => {
              const [wasm, js] = [find(task, "wasm", "one"), find(task, "js", "one")];
              const number = (value?: number) => (value === undefined ? "" : format(value, 3));
              return (
                <tr key={task}>
                  <th scope="row">{task}</th>
                  <td>{number(wasm?.cold)}</td>
                  <td>{number(wasm?.warm)}</td>
                  <td>{number(js?.cold)}</td>
                  <td>{number(js?.warm)}</td>
                  <td>{wasm && js ? `${format(js.warm / wasm.warm, 2)} ×` : ""}</td>
                  <td>{number(find(task, "wasm", "all")?.warm)}</td>
                  <td>{number(find(task, "js", "all")?.warm)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {all.length > 2 && (
        <Figure
          title="One equilibrium of n agents and n goods, warm, on one worker"
          file="race"
          numbers={{
            head: ["task", "engine", "milliseconds"],
            rows: () => rows.map(({ task, engine, warm }) => [task, engine, format(warm, 3)]),
          }}
        >
          <Plot
            label="Milliseconds over n, for both engines"
            x={[0.25, 2.05]}
            y={[Math.floor(Math.min(...all)), Math.ceil(Math.max(...all)) || 1]}
            xName="n (log scale)"
            yName="milliseconds"
            logX
            logY
            lines={[
              { points: logs("wasm"), kind: "agent-0" },
              { points: logs("js"), kind: "agent-1" },
            ]}
          />
          <p class="note">
            <span class="ink-0">WebAssembly</span>, <span class="ink-1">JavaScript</span>
          </p>
        </Figure>
      )}
    </>
  );
}
