// What is computed of the table on demand: all equilibria, the frontier, comparative statics, and Adam.

import { useState } from "preact/hooks";
import type { AdamPlan, Equilibria, Frontier } from "walras";
import { wordOf } from "./box.js";
import { summaryOf } from "./boxView.js";
import { Figure } from "./figure.js";
import { format, formatResidual } from "./format.js";
import { Heat } from "./heat.js";
import { Choice } from "./parts.js";
import { Plot } from "./plot.js";
import { MATRICES, type MatrixField } from "./sheets.js";
import type { Shown } from "./state.js";
import { Task } from "./task.js";

export function Tasks({ shown }: { shown: Shown }) {
  const n = shown.agents.length;
  return (
    <div class="tasks">
      <Task
        title="All equilibria"
        note="A proof where there are up to three agents or goods, or gross substitutes; else a search, which can take long."
        label="Find all equilibria"
        shown={shown}
        run={(on, economy, signal) => on.equilibria(economy, { signal })}
      >
        {(found: Equilibria) => <AllEquilibria {...{ found, shown }} />}
      </Task>
      {(n === 2 || n === 3) && (
        <Task
          title="What is efficient"
          note="Every point is an efficient allocation. An agent at 0.4 is as well off as with 40 % of everything."
          label="Draw the frontier"
          shown={shown}
          run={(on, economy, signal) => on.frontier(economy, n === 2 ? { signal } : { signal, divisions: 24 })}
        >
          {(frontier: Frontier) => <FrontierPlot {...{ frontier, shown }} />}
        </Task>
      )}
      <Statics shown={shown} />
      <Task
        title="Gradient ascent against the exact plan"
        note="Adam climbs towards the planner’s optimum, which is known exactly."
        label="Run Adam"
        shown={shown}
        run={async (on, economy, signal) => {
          const [plan, adam] = await Promise.all([
            on.plan(economy),
            on.planWithAdam(economy, { signal, maxSteps: 2000, trace: 10, tolerance: 1e-9 }),
          ]);
          return { adam, welfare: plan.welfare };
        }}
      >
        {(run: { adam: AdamPlan; welfare: number }) => <Convergence {...run} />}
      </Task>
    </div>
  );
}

function AllEquilibria({ found, shown }: { found: Equilibria; shown: Shown }) {
  return (
    <>
      <p>
        <strong>{summaryOf(found)}</strong> {found.searched}
      </p>
      <section class="scroll" tabIndex={0} aria-label="All equilibria">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">equilibrium</span>
              </th>
              {shown.goods.map((good) => (
                <th scope="col" key={good}>
                  price of {good}
                </th>
              ))}
              <th scope="col">index</th>
              <th scope="col">tâtonnement</th>
            </tr>
          </thead>
          <tbody>
            {found.equilibria.map(({ prices, index, stability }, k) => (
              <tr key={k}>
                <th scope="row">{k + 1}</th>
                {shown.goods.map((good, j) => (
                  <td key={good}>{format(prices[j])}</td>
                ))}
                <td>{index === 0 ? "critical" : index > 0 ? "+1" : "−1"}</td>
                <td>{wordOf(stability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function FrontierPlot({ frontier, shown }: { frontier: Frontier; shown: Shown }) {
  const { agents } = shown;
  const n = agents.length;
  const { equivalents, count } = frontier;
  const at = (k: number) => equivalents.subarray(k * n, (k + 1) * n);
  const points = Array.from({ length: count }, (_, k) => at(k));
  const third = n === 3 ? `; the stronger the colour, the better off is ${agents[2]}` : "";
  return (
    <Figure
      title="Pareto frontier"
      file="frontier"
      numbers={{ head: agents, rows: () => points.map((point) => [...point].map((value) => format(value))) }}
    >
      <Plot
        label={`Pareto frontier of ${agents.join(", ")}`}
        x={[0, 1]}
        y={[0, 1]}
        xName={`${agents[0]}: part of everything that is as good`}
        yName={`${agents[1]}${n === 3 ? "" : ": part of everything"}`}
        lines={n === 2 ? [{ points: equivalents, kind: "core" }] : []}
        dots={n === 3 ? points.map(([x, y, z]) => ({ x, y, kind: "frontier-dot", shade: 0.08 + 0.92 * z })) : []}
      />
      {third && <p class="note">One dot for each allocation{third}.</p>}
    </Figure>
  );
}

const BY: Readonly<Record<MatrixField, string>> = {
  alpha: "a larger α, in proportion",
  omega: "a larger ω",
  endowments: "one unit more",
};

/** Derivatives of log prices by all data. */
function Statics({ shown }: { shown: Shown }) {
  const [good, setGood] = useState(0);
  const [by, setBy] = useState<MatrixField>("endowments");
  const { agents, goods } = shown;
  const of = Math.min(good, goods.length - 1);
  const cells = agents.length * goods.length;
  return (
    <Task
      title="What moves a price"
      note="Derivatives of the log of a price by every number of the table, at the equilibrium above. Prices add up to 1."
      label="Compute derivatives"
      shown={shown}
      run={async (on, economy, signal) => {
        const market = await on.equilibrium(economy, { signal });
        const statics = await on.statics(economy, market, { signal });
        try {
          return (await statics.matrices({ of: ["prices"], by: MATRICES, signal })).prices;
        } finally {
          statics.dispose();
        }
      }}
    >
      {(rows: Record<MatrixField, Float64Array>) => (
        <>
          <div class="bar">
            <Choice
              label="Price of"
              value={of}
              options={goods.map((name, j) => [j, name])}
              onValue={(j) => setGood(Number(j))}
            />
            <Choice
              label="by"
              value={by}
              options={MATRICES.map((name) => [name, BY[name]])}
              onValue={(name) => setBy(name as MatrixField)}
            />
          </div>
          <Heat
            title={`d ln price of ${goods[of]}, by ${BY[by]}`}
            rows={agents}
            columns={goods}
            values={rows[by].subarray(of * cells, (of + 1) * cells)}
            kind="sign"
            signs={["falls", "rises"]}
          />
        </>
      )}
    </Task>
  );
}

function Convergence({ adam, welfare }: { adam: AdamPlan; welfare: number }) {
  // Below rounding there is nothing to see.
  const gaps = adam.trace.map(({ step, welfare: reached }) => [
    step + 1,
    Math.max(Math.abs(welfare - reached) / Math.max(1, Math.abs(welfare)), 1e-16),
  ]);
  const logs = gaps.map(([step, gap]) => [step, Math.log10(gap)]);
  const lowest = Math.floor(Math.min(...logs.map(([, log]) => log)));
  return (
    <Figure
      title="Welfare that Adam has not yet reached"
      file="adam"
      numbers={{ head: ["step", "gap"], rows: () => gaps.map(([step, gap]) => [`${step}`, formatResidual(gap)]) }}
    >
      <p>
        {adam.message} After {adam.iterations} steps welfare is {format(adam.welfare, 8)}; the exact optimum is{" "}
        {format(welfare, 8)}.
      </p>
      <Plot
        label="The gap to the exact optimum over Adam’s steps"
        x={[0, Math.max(10, logs.at(-1)?.[0] ?? 10)]}
        y={[lowest, Math.max(lowest + 1, Math.ceil(Math.max(...logs.map(([, log]) => log))))]}
        xName="steps"
        yName="gap, part of the optimum"
        logY
        lines={[{ points: logs.flat(), kind: "" }]}
      />
    </Figure>
  );
}
