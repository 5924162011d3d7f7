// The six experiments of the notebook that this project began as: what it printed, what is true, and the same run
// with other settings.

import reproduced from "walras:notebook";
import { useState } from "preact/hooks";
import { EXPERIMENTS, type MarketExperiment, type PlannerExperiment } from "../../src/notebook/experiments.js";
import { messageOf, pool } from "./engine.js";
import { NumberField } from "./fields.js";
import { Figure } from "./figure.js";
import { format, formatResidual } from "./format.js";
import { Heat } from "./heat.js";
import { Steps } from "./parts.js";
import { Plot } from "./plot.js";
import { change, parts } from "./store.js";

export default function NotebookView() {
  const experiment = parts.experiment.value;
  const { title, findings } = reproduced.experiments[experiment];
  return (
    <div class="view">
      <h2>The notebook</h2>
      <p class="note">
        This project began as a graduate homework, done in a notebook: planners’ problems by gradient ascent with a
        penalty, and prices by solving equations. Here is what it printed, and what is true.
      </p>
      <Steps
        label="Experiments"
        names={EXPERIMENTS.map(({ title }, k) => `Experiment ${k + 1}: ${title}`)}
        at={experiment}
        onStep={(k) => change({ experiment: k })}
      />
      <h3>
        {experiment + 1}. {title}
      </h3>
      <div class="split even">
        <section class="column" aria-labelledby="printed-title">
          <h4 id="printed-title">Printed, computed, and true</h4>
          <Figures k={experiment} />
          <ul class="findings">
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        </section>
        <section class="column" aria-labelledby="play-title" key={experiment}>
          <h4 id="play-title">Play it</h4>
          <Play setup={EXPERIMENTS[experiment]} />
        </section>
      </div>
    </div>
  );
}

/** The figures side by side. */
function Figures({ k }: { k: number }) {
  const { printed, computed, optimum, proper } = reproduced.experiments[k];
  const list = (values: readonly number[]) => values.map((value) => format(value, 6)).join(", ");
  const rows: [string, string][] =
    printed.objective !== undefined
      ? [
          ["The notebook printed, as its objective", format(printed.objective, 7)],
          ["The same run here", format(computed.objective ?? Number.NaN, 7)],
          ["Left to run until it rests", format(computed.atRest?.objective ?? Number.NaN, 7)],
          ["The true maximum of welfare", format(optimum.welfare, 7)],
        ]
      : [
          ["The notebook printed, as prices", list(printed.prices ?? [])],
          ["The same equations here", list(computed.prices ?? [])],
        ];
  rows.push(
    ["With ω below 0, as the model asks: welfare", format(proper.plan.welfare, 7)],
    ["and prices, in units of the first good", list(proper.equilibrium.prices)],
    ["Are these prices the only ones?", proper.equilibrium.unique ? "yes, that is proved" : "not proved"],
  );
  return (
    <section class="scroll" tabIndex={0} aria-label="Figures">
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const Play = ({ setup }: { setup: PlannerExperiment | MarketExperiment }) =>
  setup.kind === "planner" ? <PlayPlanner setup={setup} /> : <PlayMarket setup={setup} />;

interface Run {
  readonly objective: number;
  readonly overuse: number;
  readonly stationarity: number;
  readonly trace: readonly { step: number; objective: number }[];
  readonly allocation: Float64Array;
}

const names = (count: number, kind: string) => Array.from({ length: count }, (_, k) => `${kind} ${k + 1}`);

function PlayPlanner({ setup }: { setup: PlannerExperiment }) {
  const [rate, setRate] = useState(setup.learningRate);
  const [steps, setSteps] = useState(setup.steps);
  const [seed, setSeed] = useState(0);
  const { value: run, said, busy, begin } = useRun<Run>();
  const { printed } = setup;
  const play = () =>
    begin(async (on) => {
      const economy = on.economy(setup.economy);
      const weights = economy.weights.map((weight) => weight * setup.utilityCount);
      const adam = await on.planWithAdam(economy, {
        ...{ formulation: "penalty", weights, learningRate: rate, seed, maxSteps: steps },
        trace: Math.max(1, Math.round(steps / 100)),
      });
      const m = economy.goods.length;
      const used = Array.from(economy.totals, (total, j) => {
        let sum = 0;
        for (let c = j; c < adam.allocation.length; c += m) sum += adam.allocation[c];
        return sum / total - 1;
      });
      const { objective, residuals, trace, allocation } = adam;
      return { objective, overuse: Math.max(...used), stationarity: residuals.stationarity, trace, allocation };
    });
  const own = printed.objectives.map((objective, at) => ({
    x: (at + 1) * setup.printEvery,
    y: objective,
    kind: "printed-dot",
  }));
  const top = 1.05 * Math.max(...(run?.trace.map(({ objective }) => objective) ?? []), printed.objective);
  return (
    <>
      <NumberField
        {...{ name: "learning rate", label: "learning rate", value: rate, range: [1e-6, 10], onValue: setRate }}
      />
      <NumberField
        {...{ name: "steps", label: "steps", value: steps, range: [10, 200_000] }}
        onValue={(value) => setSteps(Math.round(value))}
      />
      <NumberField
        {...{ name: "seed of the random start", label: "seed of the random start", value: seed, range: [0, 1e6] }}
        onValue={(value) => setSeed(Math.round(value))}
      />
      <Go {...{ busy, said, play }} />
      {run && (
        <>
          <p>
            The objective ends at <strong>{format(run.objective, 7)}</strong>. The plan uses{" "}
            {formatResidual(100 * Math.abs(run.overuse))} % {run.overuse > 0 ? "more" : "less"} of a good than there is,
            and marginal utilities differ by up to {formatResidual(100 * run.stationarity)} %.
          </p>
          <Figure
            title="The objective, step by step"
            file="notebook"
            numbers={{
              head: ["step", "objective"],
              rows: () => run.trace.map(({ step, objective }) => [`${step + 1}`, format(objective, 7)]),
            }}
          >
            <Plot
              label="The objective over steps, with what the notebook printed"
              x={[0, Math.max(steps, setup.steps)]}
              y={[0, top]}
              xName="steps; circles: what the notebook printed"
              yName="objective"
              lines={[{ points: run.trace.flatMap(({ step, objective }) => [step + 1, objective]), kind: "" }]}
              dots={own}
            />
          </Figure>
          <Allocation allocation={run.allocation} />
        </>
      )}
    </>
  );
}

/** The notebook has as many agents as goods. */
const Allocation = ({ allocation }: { allocation: Float64Array }) => (
  <Heat
    title="The allocation"
    rows={names(Math.sqrt(allocation.length), "agent")}
    columns={names(Math.sqrt(allocation.length), "good")}
    values={allocation}
    kind="size"
  />
);

function PlayMarket({ setup }: { setup: MarketExperiment }) {
  const [sum, setSum] = useState(2);
  const { value, said, busy, begin } = useRun<{ prices: Float64Array; residual: number; allocation: Float64Array }>();
  const play = () =>
    begin(async (on) => {
      const economy = on.economy(setup.economy);
      const numeraire = { basket: [1, 1, 0], value: sum };
      const { prices, residuals, allocation } = await on.equilibrium(economy, { demand: "shares", numeraire });
      return { prices, residual: residuals.marketClearing, allocation };
    });
  return (
    <>
      <p class="note">
        The notebook’s demand has a whole curve of prices that clear the markets. Choose a point of it.
      </p>
      <NumberField
        {...{ name: "sum of the first two prices", label: "p₁ + p₂", value: sum, range: [0.5, 4] }}
        slider={[0.5, 4]}
        onValue={setSum}
      />
      <Go {...{ busy, said, play }} />
      {value && (
        <>
          <p>
            Prices <strong>{[...value.prices].map((price) => format(price, 7)).join(", ")}</strong> clear the markets of
            this demand; the residual is {formatResidual(value.residual)}.
          </p>
          <Allocation allocation={value.allocation} />
        </>
      )}
    </>
  );
}

function Go({ busy, said, play }: { busy: boolean; said: string; play: () => void }) {
  return (
    <div class="buttons">
      <button type="button" onClick={play} disabled={busy || !pool.value}>
        Run
      </button>
      <p role="status">{said}</p>
    </div>
  );
}

/** A run that the reader starts. */
function useRun<T>() {
  const [value, setValue] = useState<T | null>(null);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const begin = (work: (on: NonNullable<typeof pool.value>) => Promise<T>) => {
    const on = pool.value;
    if (!on || busy) return;
    setBusy(true);
    setSaid("Computing…");
    work(on)
      .then((found) => {
        setValue(found);
        setSaid("");
      })
      .catch((error) => setSaid(messageOf(error)))
      .finally(() => setBusy(false));
  };
  return { value, said, busy, begin };
}
