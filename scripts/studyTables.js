// The tables of docs/study.md, made of docs/images/study/numbers.json.

const LEAD = { alpha: "α", omega: "ω", lambda: "λ", endowments: "endowments", all: "all four" };
const steps = (count) => count ?? "–";
const small = (value) => (value < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(1))));
const time = (value) => (value === null ? "–" : String(Number(value.toPrecision(2))));

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The tables by name. */
export function tablesOf({ rates, sizes, spreads, counts }) {
  const rateOf = (learningRate, formulation, precision) =>
    rates.find((r) => r.learningRate === learningRate && r.formulation === formulation && r.precision === precision);
  const learningRates = [...new Set(rates.map((r) => r.learningRate))].filter((_, k) => k % 2 === 0);
  const rows = learningRates.map((learningRate) => {
    const [shares, penalty] = ["shares", "penalty"].map((form) => rateOf(learningRate, form, "double"));
    const single = rateOf(learningRate, "shares", "single");
    const found = [...shares.steps, single.steps[1], single.steps[2], penalty.steps[0]].map(steps);
    return [String(Number(learningRate.toPrecision(2))), ...found, small(penalty.least), small(penalty.last)];
  });
  const shown = [0, 0.4, 1, 2];
  const middle = (value) => (Math.abs(value) < 5e-4 ? "0" : value >= 10 ? String(Math.round(value)) : value.toFixed(2));
  const of = (what, spread) => spreads.find((row) => row.what === what && row.spread === spread);
  const measures = [
    ["planInequality", "plan, inequality"],
    ["planUtilities", "plan, Gini"],
    ["marketInequality", "market, inequality"],
    ["marketUtilities", "market, Gini"],
    ["prices", "prices, dispersion"],
    ["marketEvaluations", "market, evaluations"],
    ["adamSteps", "Adam, steps to 1e-6"],
  ];
  const spreadRows = Object.entries(LEAD).flatMap(([what, name]) =>
    shown
      .filter((spread) => spread > 0 || what === "alpha")
      .map((spread) => [
        spread === 0 ? "nothing" : name,
        spread,
        ...measures.map(([key]) => middle(of(what, spread)[key].median)),
      ]),
  );
  const spreadsCounted = [0.1, 0.2, 0.4, 0.7, 1, 1.5, 2];
  const kindOf = (row) => (Object.keys(row.spreads).length > 1 ? "all" : Object.keys(row.spreads)[0]);
  const groups = [...new Set(counts.map((row) => `${row.size} ${row.gamma} ${kindOf(row)}`))];
  const countRows = groups.flatMap((group) => {
    const some = counts.filter((row) => `${row.size} ${row.gamma} ${kindOf(row)}` === group);
    const parts = spreadsCounted.map((spread) => some.find((row) => Object.values(row.spreads)[0] === spread)?.several);
    const [size, gamma, kind] = group.split(" ");
    const name = [`${size}×${size}`, gamma, LEAD[kind]];
    return parts.some((part) => part > 0) ? [[...name, ...parts.map((part) => (100 * part).toFixed(1))]] : [];
  });
  return {
    rates: table(
      ["rate", "to 1e-3", "to 1e-6", "to 1e-9", "single, 1e-6", "single, 1e-9", "penalty, 1e-3", "least", "last"],
      rows,
    ),
    sizes: table(
      ["size", "to 1e-3", "to 1e-6", "to 1e-9", "ms to 1e-3", "ms to 1e-6", "ms to 1e-9", "plan, ms", "market, ms"],
      sizes.map(({ size, plan, equilibrium, adam }) => {
        const shares = adam.find((one) => one.formulation === "shares" && one.precision === "double");
        const times = [...shares.times, plan.median, equilibrium.median].map(time);
        return [`${size}×${size}`, ...shares.steps.map(steps), ...times];
      }),
    ),
    spreads: table(["what differs", "spread", ...measures.map(([, name]) => name)], spreadRows),
    several: table(["size", "γ", "what differs", ...spreadsCounted.map(String)], countRows),
  };
}

/** A page's text with its tables, each below a comment with its name, made anew. */
export function withTables(text, tables) {
  return text.replace(/(<!-- numbers: (\w+) -->\n)(?:\|.*\n)*/g, (_, comment, name) => `${comment}${tables[name]}\n`);
}
