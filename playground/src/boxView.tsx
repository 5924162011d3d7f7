// The view of two agents and two goods: the box, what was found, excess demand, the map, and the data.

import { signal } from "@preact/signals";
import type { Equilibria } from "walras";
import { Box, totalsOf, wordOf } from "./box.js";
import { CountMap } from "./counts.js";
import { DemandPlot } from "./demand.js";
import { NumberField } from "./fields.js";
import { format } from "./format.js";
import { followAdam, followPrices, motion, motionProblem, stepBy, stopMotion } from "./motion.js";
import { PresetChoice } from "./parts.js";
import { BOXES } from "./presets.js";
import { solved } from "./solved.js";
import { type Field, LAYERS, type Layer, RANGES, type Shown, shownOf } from "./state.js";
import { change, state } from "./store.js";

export function BoxView() {
  const { box } = state.value;
  const [bread, wine] = box.goods;
  return (
    <div class="view">
      <h2 class="unseen">Two agents, two goods</h2>
      <PresetChoice
        presets={BOXES}
        shown={box}
        onPreset={(name) => change({ box: shownOf(BOXES, name), pick: -1, zoom: BOXES[name].zoom ?? 1 })}
      />
      <div class="split">
        <div class="wide">
          <Box />
          <Layers />
          <Motions />
        </div>
        <div class="narrow">
          <Found />
          <DemandPlot
            onPrice={(log) => {
              void followPrices(box, log, true);
            }}
          />
          <CountMap />
        </div>
      </div>
      <section class="data" aria-labelledby="data-title">
        <h3 id="data-title">The economy</h3>
        <p class="note">
          x units of a good give utility α x<sup>1+ω</sup>/(1+ω), or α ln x where ω is −1. The larger α, the more the
          good is liked; the lower ω, the harder {bread} is to replace by {wine}.
        </p>
        <div class="agents">
          {box.agents.map((agent, i) => (
            <Agent key={i} {...{ agent, i, box }} />
          ))}
        </div>
        <PlannersWeight />
      </section>
    </div>
  );
}

/** How many times the planner counts the first agent's utility for once the second's. */
export function PlannersWeight() {
  const { box } = state.value;
  return (
    <NumberField
      name="Pareto weight of the first agent over the second"
      label={`planner’s weight of ${box.agents[0]} over ${box.agents[1]}`}
      value={Number((box.weights[0] / box.weights[1]).toPrecision(6))}
      range={[1e-6, 1e6]}
      slider={[0.001, 1000]}
      scale="log"
      onValue={(weight, gesture) => change({ box: { ...box, weights: [weight, 1] } }, gesture)}
    />
  );
}

/** What an agent likes and owns. */
function Agent({ agent, i, box }: { agent: string; i: number; box: Shown }) {
  const set = (field: Field, cell: number) => (value: number, gesture: string) => {
    const numbers = box[field].map((old, c) => (c === cell ? value : old));
    // An agent that owns nothing has no market to go to.
    if (field === "endowments" && numbers[2 * i] + numbers[2 * i + 1] === 0) return;
    if (field === "endowments" && totalsOf({ ...box, endowments: numbers }).includes(0)) return;
    change({ box: { ...box, [field]: numbers } }, gesture);
  };
  const totals = totalsOf(box);
  return (
    <fieldset class={`agent agent-${i}`}>
      <legend>{agent}</legend>
      {box.goods.map((good, j) => {
        const cell = 2 * i + j;
        return (
          <div class="good" key={j}>
            <h4>{good}</h4>
            <NumberField
              name={`α: how much ${agent} likes ${good}`}
              label="α"
              value={box.alpha[cell]}
              range={[1e-9, RANGES.alpha[1]]}
              slider={[0.01, 1100]}
              scale="log"
              onValue={set("alpha", cell)}
            />
            <NumberField
              name={`ω of ${agent} for ${good}`}
              label="ω"
              value={box.omega[cell]}
              range={RANGES.omega}
              slider={[0.1, 10]}
              scale="negative-log"
              onValue={set("omega", cell)}
            />
            <NumberField
              name={`${agent} owns units of ${good}`}
              label="owns"
              unit="units"
              value={box.endowments[cell]}
              range={RANGES.endowments}
              slider={[0, Number((1.5 * totals[j]).toPrecision(1))]}
              onValue={set("endowments", cell)}
            />
          </div>
        );
      })}
    </fieldset>
  );
}

const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  indifference: "Indifference curves through the endowment",
  lens: "Lens: better for both",
  contract: "Contract curve",
  core: "Core",
  offers: "Offer curves",
  budgets: "Budget lines",
  at: "Indifference curves at equilibria",
  planner: "The planner’s allocation",
};

/** The legend, which is also the switches. */
export function Layers() {
  const { layers } = state.value;
  return (
    <fieldset class="layers">
      <legend class="unseen">What the box shows</legend>
      {LAYERS.map((layer) => (
        <label key={layer}>
          <input
            type="checkbox"
            checked={layers.includes(layer)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              change({ layers: LAYERS.filter((other) => (other === layer ? on : layers.includes(other))) });
            }}
          />
          <svg class="sample" width="26" height="14" aria-hidden="true">
            {SAMPLES[layer]}
          </svg>
          <span>{LAYER_NAMES[layer]}</span>
        </label>
      ))}
      <ul class="marks" aria-label="Marks">
        <li>
          <svg class="sample" width="26" height="20" aria-hidden="true">
            <circle class="ring" cx="13" cy="10" r="8" />
            <circle class="core-dot" cx="13" cy="10" r="3" />
          </svg>
          What they own
        </li>
        {MARKS.map(([kind, name]) => (
          <li key={kind}>
            <svg class="sample" width="26" height="20" aria-hidden="true">
              <circle class={`dot ${kind}`} cx="13" cy="10" r="6" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

const MARKS = [
  ["stable", "Stable equilibrium"],
  ["unstable", "Unstable equilibrium"],
] as const;

const twice = (kind: string) => (
  <>
    <path class={`curve ${kind} agent-0`} d="M1 4H25" />
    <path class={`curve ${kind} agent-1`} d="M1 10H25" />
  </>
);

const SAMPLES = {
  indifference: twice(""),
  lens: <rect class="lens" width="26" height="14" />,
  contract: <path class="curve contract" d="M1 7H25" />,
  core: <path class="curve core" d="M1 7H25" />,
  offers: twice("offer"),
  budgets: <path class="curve budget" d="M1 7H25" />,
  at: twice("thin"),
  planner: <rect class="planner" x="8.5" y="2.5" width="9" height="9" transform="rotate(45 13 7)" />,
} satisfies Record<Layer, preact.JSX.Element>;

/** How many equilibria there are, and whether these are all. */
export function summaryOf({ equilibria, complete, indexSum, unresolved }: Equilibria): string {
  const count = equilibria.length;
  const many = count === 1 ? "One equilibrium" : `${count} equilibria`;
  const all = complete
    ? count === 1
      ? "proved to be the only one"
      : "proved to be all"
    : "found; there may be others";
  const open = unresolved.length > 0 ? ` In ${unresolved.length} intervals the number cannot be told.` : "";
  return `${many}, ${all}. Indices add up to ${format(indexSum)}.${open}`;
}

/** All equilibria as a table whose rows can be picked. */
export function Found() {
  const known = solved.value;
  if (!known) return <p class="note">Computing…</p>;
  const { found, shown } = known;
  const { pick } = state.value;
  const [bread, wine] = shown.goods;
  return (
    <section class="found" aria-labelledby="found-title">
      <h3 id="found-title">Equilibria</h3>
      <p>{summaryOf(found)}</p>
      <section class="scroll" tabIndex={0} aria-label="Table of equilibria">
        <table class="equilibria">
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">equilibrium</span>
              </th>
              <th scope="col">
                price of {bread}
                <small>in {wine}</small>
              </th>
              {shown.agents.map((agent, i) => (
                <th scope="col" key={agent} class={`agent-${i}`}>
                  {agent} gets
                  <small>
                    {bread}, {wine}
                  </small>
                </th>
              ))}
              <th scope="col">index</th>
              <th scope="col">tâtonnement</th>
            </tr>
          </thead>
          <tbody>
            {found.equilibria.map(({ prices, allocation, index, stability }, k) => (
              <tr key={k} class={k === pick ? "picked" : ""}>
                <th scope="row">
                  <button
                    type="button"
                    class="number"
                    aria-pressed={k === pick}
                    aria-label={`Equilibrium ${k + 1}`}
                    onClick={() => change({ pick: k === pick ? -1 : k })}
                  >
                    {k + 1}
                  </button>
                </th>
                <td>{format(prices[0] / prices[1])}</td>
                {[0, 1].map((i) => (
                  <td key={i}>
                    {format(allocation[2 * i], 3)}, {format(allocation[2 * i + 1], 3)}
                  </td>
                ))}
                <td>{index === 0 ? "critical" : index > 0 ? "+1" : "−1"}</td>
                <td>{wordOf(stability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** The price that tâtonnement begins at, once the reader has chosen one. */
const startPrice = signal<number | null>(null);

/** A price some way from the first equilibrium, in round numbers. */
function usualStart(box: Shown): number {
  const totals = totalsOf(box);
  const middle = totals[1] / totals[0];
  const [first] = solved.value?.found.equilibria ?? [];
  const below = first && first.prices[0] / first.prices[1] > middle;
  return Number((middle * (below ? 1 / 7 : 7)).toPrecision(1));
}

/** Paths of prices and of plans. */
function Motions() {
  const now = motion.value;
  const { box } = state.value;
  const [bread, wine] = box.goods;
  const start = startPrice.value ?? usualStart(box);
  return (
    <section class="motions" aria-labelledby="motion-title">
      <h3 id="motion-title">In motion</h3>
      <p class="note">
        Prices follow excess demand (tâtonnement), from this price or from where you click in the plot of excess demand.
        Adam climbs to the planner’s allocation.
      </p>
      <NumberField
        name={`first price of ${bread}, in ${wine}`}
        label={`first price of ${bread}`}
        unit={`in ${wine}`}
        value={start}
        range={[1e-6, 1e6]}
        onValue={(price) => {
          startPrice.value = price;
        }}
      />
      <div class="buttons">
        <button type="button" onClick={() => void followPrices(box, Math.log(start), true)}>
          Play tâtonnement
        </button>
        <button
          type="button"
          onClick={() => {
            if (!state.value.layers.includes("planner")) change({ layers: [...state.value.layers, "planner"] });
            void followAdam(box, true);
          }}
        >
          Play Adam
        </button>
      </div>
      {now && (
        <div class="buttons">
          <button type="button" onClick={() => stepBy(-1)} disabled={now.at === 0}>
            Step back
          </button>
          <button type="button" onClick={() => stepBy(1)} disabled={now.at === now.frames.length - 1}>
            Step on
          </button>
          <button type="button" onClick={stopMotion}>
            Remove
          </button>
        </div>
      )}
      {now && (
        <p class="note" role={now.playing ? undefined : "status"}>
          {now.at} of {now.frames.length - 1}. {now.frames[now.at].text}
        </p>
      )}
      {motionProblem.value && <p class="problem">{motionProblem.value}</p>}
    </section>
  );
}
