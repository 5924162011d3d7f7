// The view of two agents and two goods: the box, what was found, excess demand, the map, and the data.

import { computed, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
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
import { type Field, LAYERS, type Layer, RANGES, shownOf } from "./state.js";
import { change, names, parts, state } from "./store.js";

export function BoxView() {
  return (
    <div class="view">
      <h2 class="unseen">Two agents, two goods</h2>
      <Presets />
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
              void followPrices(state.value.box, log, true);
            }}
          />
          <CountMap />
        </div>
      </div>
      <Data />
    </div>
  );
}

const Presets = () => (
  <PresetChoice
    presets={BOXES}
    shown={parts.box.value}
    onPreset={(name) => change({ box: shownOf(BOXES, name), pick: -1, zoom: BOXES[name].zoom ?? 1 })}
  />
);

function Data() {
  const { agents, goods } = names.value;
  const [bread, wine] = goods;
  return (
    <section class="data" aria-labelledby="data-title">
      <h3 id="data-title">The economy</h3>
      <p class="note">
        x units of a good give utility α x<sup>1+ω</sup>/(1+ω), or α ln x where ω is −1. The larger α, the more the good
        is liked; the lower ω, the harder {bread} is to replace by {wine}.
      </p>
      <div class="agents">
        {agents.map((agent, i) => (
          <fieldset key={i} class={`agent agent-${i}`}>
            <legend>{agent}</legend>
            {goods.map((good, j) => (
              <Good key={j} {...{ agent, good, i, j }} />
            ))}
          </fieldset>
        ))}
      </div>
      <PlannersWeight />
    </section>
  );
}

const weight = computed(() => {
  const [first, second] = parts.box.value.weights;
  return Number((first / second).toPrecision(6));
});

/** How many times the planner counts the first agent's utility for once the second's. */
export function PlannersWeight() {
  const [first, second] = names.value.agents;
  return (
    <NumberField
      name="Pareto weight of the first agent over the second"
      label={`planner’s weight of ${first} over ${second}`}
      value={weight.value}
      range={[1e-6, 1e6]}
      slider={[0.001, 1000]}
      scale="log"
      onValue={(weight, gesture) => change({ box: { ...state.value.box, weights: [weight, 1] } }, gesture)}
    />
  );
}

/** Changes one number of the box, unless nobody would own a good, or an agent nothing. */
function set(field: Field, cell: number, value: number, gesture: string) {
  const { box } = state.value;
  const changed = { ...box, [field]: box[field].map((old, c) => (c === cell ? value : old)) };
  const [a, b, c, d] = changed.endowments;
  if ([a + b, c + d, a + c, b + d].includes(0)) return;
  change({ box: changed }, gesture);
}

interface GoodProps {
  agent: string;
  good: string;
  i: number;
  j: number;
}

/** How much an agent likes a good, and owns of it. In a drag only what it owns is made anew. */
function Good({ agent, good, i, j }: GoodProps) {
  const { alpha, omega, endowments } = parts.box.value;
  const cell = 2 * i + j;
  const most = Number((1.5 * (endowments[j] + endowments[2 + j])).toPrecision(1));
  const likes = useMemo(
    () => (
      <>
        <NumberField
          name={`α: how much ${agent} likes ${good}`}
          label="α"
          value={alpha[cell]}
          range={[1e-9, RANGES.alpha[1]]}
          slider={[0.01, 1100]}
          scale="log"
          onValue={(value, gesture) => set("alpha", cell, value, gesture)}
        />
        <NumberField
          name={`ω of ${agent} for ${good}`}
          label="ω"
          value={omega[cell]}
          range={RANGES.omega}
          slider={[0.1, 10]}
          scale="negative-log"
          onValue={(value, gesture) => set("omega", cell, value, gesture)}
        />
      </>
    ),
    [agent, good, cell, alpha[cell], omega[cell]],
  );
  return (
    <div class="good">
      <h4>{good}</h4>
      {likes}
      <NumberField
        name={`${agent} owns units of ${good}`}
        label="owns"
        unit="units"
        value={endowments[cell]}
        range={RANGES.endowments}
        slider={[0, most]}
        onValue={(value, gesture) => set("endowments", cell, value, gesture)}
      />
    </div>
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
  const layers = parts.layers.value;
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
        {MARKS.filter(([kind]) => kind !== "unknown" || undecided.value).map(([kind, name]) => (
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
  ["unknown", "Stability undecided"],
] as const;
/** Where all stabilities are known, as nearly everywhere, the legend says nothing of others. */
const undecided = computed(
  () => solved.value?.found.equilibria.some(({ stability }) => stability === "unknown") ?? false,
);

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
  const open =
    unresolved.length > 0
      ? ` In ${unresolved.length} ${unresolved.length === 1 ? "interval" : "intervals"} the number cannot be told.`
      : "";
  return `${many}, ${all}. Indices add up to ${format(indexSum)}.${open}`;
}

/** All equilibria as a table whose rows can be picked. */
export function Found() {
  const known = solved.value;
  if (!known) return <p class="note">Computing…</p>;
  const { found, shown } = known;
  const pick = parts.pick.value;
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
const usualStart = computed(() => {
  const totals = totalsOf(parts.box.value);
  const middle = totals[1] / totals[0];
  const [first] = solved.value?.found.equilibria ?? [];
  const below = first && first.prices[0] / first.prices[1] > middle;
  return Number((middle * (below ? 1 / 7 : 7)).toPrecision(1));
});

/** Paths of prices and of plans. */
function Motions() {
  const now = motion.value;
  const [bread, wine] = names.value.goods;
  const start = startPrice.value ?? usualStart.value;
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
        <button type="button" onClick={() => void followPrices(state.value.box, Math.log(start), true)}>
          Play tâtonnement
        </button>
        <button
          type="button"
          onClick={() => {
            if (!state.value.layers.includes("planner")) change({ layers: [...state.value.layers, "planner"] });
            void followAdam(state.value.box, true);
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
