// The view of any number of agents and goods, up to thirty: a table of data, and what follows from it.

import { useMemo, useState } from "preact/hooks";
import { NumberInput } from "./fields.js";
import { format, formatResidual } from "./format.js";
import { Heat } from "./heat.js";
import { solution, tableRefusal, theorems, watchTable } from "./market.js";
import { Choice, PresetChoice } from "./parts.js";
import { TABLES } from "./presets.js";
import { MATRICES, type MatrixField, pasted, resized, withNumber, without } from "./sheets.js";
import { type Field, LONGEST_NAME, MOST, problemOfName, RANGES, type Shown, shownOf } from "./state.js";
import { change, parts, problem, state } from "./store.js";
import { Tasks } from "./tasks.js";

watchTable();

const FIELD_NAMES: Readonly<Record<MatrixField, string>> = {
  alpha: "α: how much an agent likes a good",
  omega: "ω: how fast its marginal utility falls",
  endowments: "What agents own, in units",
};

export default function TableView() {
  const table = parts.table.value;
  const [field, setField] = useState<MatrixField>("endowments");
  return (
    <div class="view">
      <h2 class="unseen">Any number of agents and goods</h2>
      <PresetChoice presets={TABLES} shown={table} onPreset={(name) => change({ table: shownOf(TABLES, name) })} />
      <div class="bar">
        <Choice
          label="Numbers in the table"
          value={field}
          options={MATRICES.map((name) => [name, FIELD_NAMES[name]])}
          onValue={(name) => setField(name as MatrixField)}
        />
        <div class="buttons">
          <Grow kind="agents" shown={table} />
          <Grow kind="goods" shown={table} />
        </div>
      </div>
      <SheetTable shown={table} field={field} />
      <p class="note">
        Cells of a spreadsheet can be pasted into the table, with or without names; it grows to {MOST} by {MOST}.
      </p>
      <Results shown={table} />
      <Tasks shown={table} />
    </div>
  );
}

function Grow({ kind, shown }: { kind: "agents" | "goods"; shown: Shown }) {
  const [n, m] = [shown.agents.length, shown.goods.length];
  const count = shown[kind].length;
  const one = kind === "agents" ? "agent" : "good";
  return (
    <>
      <button
        type="button"
        disabled={count >= MOST}
        onClick={() => change({ table: kind === "agents" ? resized(shown, n + 1, m) : resized(shown, n, m + 1) })}
      >
        Add {kind === "agents" ? "an agent" : "a good"}
      </button>
      <button
        type="button"
        disabled={count <= 1}
        onClick={() => change({ table: without(shown, kind, count - 1) })}
        aria-label={`Remove ${one}: the last one`}
      >
        Remove {one}
      </button>
    </>
  );
}

/** The table of numbers, into which cells can be pasted. */
function SheetTable({ shown, field }: { shown: Shown; field: MatrixField }) {
  const { agents, goods } = shown;
  const m = goods.length;
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-cell]")?.dataset["cell"];
    if (cell === undefined || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    // The cell is left, so that what was pasted into it is shown.
    (event.target as HTMLElement).blur();
    const at = Number(cell);
    try {
      change({ table: pasted(shown, field, Math.floor(at / m), at % m, text) });
    } catch (error) {
      problem.value = `What was pasted cannot be read: ${(error as Error).message}`;
    }
  };
  return (
    <section class="scroll sheet-scroll" tabIndex={0} aria-label="The economy" onPaste={paste}>
      <table class="sheet-table">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">agent</span>
            </th>
            {goods.map((good, j) => (
              <th scope="col" key={j}>
                <NameCell shown={shown} kind="goods" k={j} name={good} />
              </th>
            ))}
            <th scope="col">Pareto weight</th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent, i) => (
            <Row
              key={i}
              {...{ agent, i, field, shown }}
              numbers={shown[field].slice(i * m, (i + 1) * m)}
              weight={shown.weights[i]}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  agent: string;
  i: number;
  field: MatrixField;
  shown: Shown;
  numbers: readonly number[];
  weight: number;
}

/** A row is made anew only where its own numbers have changed: a keystroke changes one of thirty. */
function Row({ agent, i, field, shown, numbers, weight }: RowProps) {
  const m = numbers.length;
  const row = useMemo(
    () => (
      <tr>
        <th scope="row">
          <NameCell shown={shown} kind="agents" k={i} name={agent} />
        </th>
        {numbers.map((value, j) => (
          <td key={j}>
            <Cell field={field} at={i * m + j} value={value} name={`${agent}, ${shown.goods[j]}`} paste />
          </td>
        ))}
        <td>
          <Cell field="weights" at={i} value={weight} name={`Pareto weight of ${agent}`} />
        </td>
      </tr>
    ),
    [agent, i, field, numbers.join(), weight, shown.goods],
  );
  return row;
}

interface CellProps {
  field: Field;
  at: number;
  value: number;
  name: string;
  paste?: boolean;
}

const Cell = ({ field, at, value, name, paste = false }: CellProps) => (
  <NumberInput
    {...{ name, value, range: RANGES[field], cell: paste ? at : undefined }}
    onValue={(typed) => change({ table: withNumber(state.value.table, field, at, typed) }, `cell ${field} ${at}`)}
  />
);

function NameCell({ shown, kind, k, name }: { shown: Shown; kind: "agents" | "goods"; k: number; name: string }) {
  return (
    <input
      type="text"
      class="name"
      autoComplete="off"
      maxLength={LONGEST_NAME}
      aria-label={`Name of ${kind === "agents" ? "agent" : "good"} ${k + 1}`}
      value={name}
      onChange={(event) => {
        const names = shown[kind].map((old, at) => (at === k ? event.currentTarget.value.trim() : old));
        const wrong = problemOfName(names[k], names);
        if (wrong) {
          problem.value = `A name ${wrong}.`;
          event.currentTarget.value = name;
        } else change({ table: { ...state.value.table, [kind]: names } });
      }}
    />
  );
}

/** Market and planner side by side. */
function Results({ shown }: { shown: Shown }) {
  const solved = solution.value;
  if (tableRefusal.value) return <p class="problem">{tableRefusal.value}</p>;
  // An answer of another size belongs to a table that is no longer shown.
  const fits = solved?.shown.agents.length === shown.agents.length && solved.shown.goods.length === shown.goods.length;
  if (!solved || !fits) return <p class="note">Computing…</p>;
  const { market, marketProblem, plan, totals } = solved;
  const { agents, goods } = solved.shown;
  return (
    <>
      <div class="split even results">
        <section class="column" aria-labelledby="market-title">
          <h3 id="market-title">Market</h3>
          <p class="note">Agents sell what they own, and buy what they like best at prices that clear all markets.</p>
          {market ? (
            <>
              <p class="state" role="status">
                {market.message}{" "}
                {market.uniqueness === "proved" ? "No other prices clear these markets: that is proved." : ""}
              </p>
              <Line of="market" head="price" names={goods} values={market.prices} note="They add up to 1." />
              <Line
                of="market"
                head="income"
                names={agents}
                values={market.incomes}
                note="What an agent owns, at these prices."
              />
              <Line
                of="market"
                head="residual"
                names={Object.keys(market.residuals)}
                values={Object.values(market.residuals)}
                small
              />
              <Heat
                {...{ title: "What agents get", rows: agents, columns: goods, values: market.allocation }}
                kind="size"
                units={totals}
              />
              <Heat
                {...{ title: "Net trades", rows: agents, columns: goods, signs: ["sold", "bought"] }}
                {...{ values: market.netTrades, kind: "sign", units: totals }}
              />
            </>
          ) : (
            <p class="problem">There is no market for these numbers: {marketProblem}.</p>
          )}
        </section>
        <section class="column" aria-labelledby="planner-title">
          <h3 id="planner-title">Planner</h3>
          <p class="note">Goods are divided so that the sum of utilities, times their Pareto weights, is largest.</p>
          <p class="state">{plan.message}</p>
          <Line
            of="planner"
            head="shadow price"
            names={goods}
            values={plan.shadowPrices}
            note="Welfare per unit more of the good."
          />
          <Line of="planner" head="utility" names={agents} values={plan.utilities} />
          <Line
            of="planner"
            head="residual"
            names={Object.keys(plan.residuals)}
            values={Object.values(plan.residuals)}
            small
          />
          <Heat
            {...{ title: "What the planner gives", rows: agents, columns: goods, values: plan.allocation }}
            kind="size"
            units={totals}
          />
        </section>
      </div>
      <TheoremsBox />
    </>
  );
}

interface LineProps {
  /** Whose numbers they are. */
  of: string;
  head: string;
  names: readonly string[];
  values: ArrayLike<number>;
  note?: string;
  small?: boolean;
}

/** Names above numbers. */
function Line({ of, head, names, values, note, small = false }: LineProps) {
  return (
    <section class="scroll" tabIndex={0} aria-label={`${of}: ${head}`}>
      <table class="line">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">quantity</span>
            </th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name.replace(/[A-Z]/g, (letter) => (small ? ` ${letter.toLowerCase()}` : letter))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{head}</th>
            {names.map((name, k) => (
              <td key={name}>{small ? formatResidual(values[k]) : format(values[k])}</td>
            ))}
          </tr>
        </tbody>
      </table>
      {note && <small>{note}</small>}
    </section>
  );
}

/** Allocations that differ by less are the same in these numbers. */
const SAME = 1e-7;

/** Both welfare theorems, checked with these numbers. */
function TheoremsBox() {
  const checked = theorems.value;
  if (!checked || checked.solution !== solution.value) return null;
  const { first, second, transfers, solution: of } = checked;
  const verdict = (apart: number) => (apart <= SAME ? "holds" : "is not confirmed");
  return (
    <section class="theorems" aria-labelledby="theorems-title">
      <h3 id="theorems-title">The welfare theorems, in these numbers</h3>
      <p>
        <strong>First theorem {verdict(first)}:</strong> the planner, with the market’s own weights, chooses what the
        market chose. The two allocations differ by {formatResidual(first)} of what there is.
      </p>
      <p>
        <strong>Second theorem {verdict(second)}:</strong> if agents owned what the planner gives them, the market would
        leave it at that. The two allocations differ by {formatResidual(second)} of what there is.
      </p>
      <p>
        For the market to choose the plan, these incomes have to change hands, in units of welfare; below 0 an agent
        pays.
      </p>
      <Line of="planner" head="transfer" names={of.shown.agents} values={transfers} />
    </section>
  );
}
