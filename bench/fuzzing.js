// Generated and mutated input for fuzzing, kind by kind, and what every input must end in: a right
// kind of answer, or one of the package's own errors. bench/studies/fuzz.js runs it at length,
// test/api/fuzz.test.ts for a moment.
//
// A kind has an arbitrary of fast-check, and `run(input)`, which returns how the input ended. It
// throws where that is none of the allowed ends.

import fc from "fast-check";

const STATUSES = ["converged", "maxIterations", "stalled", "diverged", "infeasible", "cancelled"];
/** Cells up to which economies are read: none of the few that fuzzing makes costs more than that. */
const MAX_CELLS = 2 ** 14;
/** The error that hostile callbacks and getters throw. It is the caller's own, and is passed on. */
const OWN_ERROR = new Error("thrown by the caller");

const throwOwn = () => {
  throw OWN_ERROR;
};

/** A typed array that has lost its prototype. */
const bare = () => Object.setPrototypeOf(Float64Array.of(1, 2), null);

/** A list of the greatest length there is, with holes. */
const endless = () => {
  const list = [1];
  list.length = 2 ** 32 - 1;
  return list;
};

/** An object whose value under a key changes with every read. */
const changing = (values) => {
  let reads = 0;
  return Object.defineProperty([0, 1], "0", { enumerable: true, get: () => values[reads++ % values.length] });
};

/**
 * Values of which none is expected anywhere. Numbers from 1e4 to 1e9 are left out: as a number of
 * steps they are allowed, and take as long as they say.
 */
const HOSTILE = [
  ...[undefined, null, true, false, "", "1", "1e3", "NaN", "x".repeat(300), "__proto__", "constructor"],
  ...[Number.NaN, Infinity, -Infinity, -0, 0, 1, 2, -1, 0.5, 1e-320, 1e308, 2 ** 32, 2 ** 53, -(2 ** 53), 5e-324],
  ...[1n, 2n ** 70n, Symbol("hostile"), () => 1, throwOwn, new Date(0), /x/, new Map(), Object.create(null)],
  ...[[], {}, [[]], [null], [undefined], [[1], [1, 2]], [1, "1"], { length: 2 }, { 0: 1, 1: 2, length: 2 }],
  ...[new Float64Array(0), Float64Array.of(1, 2), Float32Array.of(1, 2), Uint8Array.of(1, 2), BigInt64Array.of(1n, 2n)],
  ...[new DataView(new ArrayBuffer(16)), new ArrayBuffer(16), bare(), endless(), Float64Array.of(Number.NaN, 1)],
  ...[changing([1, Number.NaN]), changing([[1, 1], 7]), Object.defineProperty({}, "prices", { get: throwOwn })],
  ...[{ aborted: true }, { aborted: "yes" }, { prices: [1, 1] }, AbortSignal.abort(), new Proxy([1, 2], {})],
];

const hostile = fc.integer({ min: 0, max: HOSTILE.length - 1 }).map((k) => HOSTILE[k]);

/** A number whose log is uniform between those of two others. */
const logUniform = (min, max) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true, noDefaultInfinity: true }).map(Math.exp);

/** Amounts: as a rule mild, sometimes anything that a double holds. */
const amount = fc.oneof(
  { weight: 12, arbitrary: logUniform(0.1, 10) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 1, arbitrary: logUniform(1e-12, 1e12) },
);
const anyAmount = fc.oneof(
  { weight: 9, arbitrary: amount },
  { weight: 1, arbitrary: fc.constantFrom(5e-324, 1e-300, 1e-160, 1e160, 1e300, 1.7976931348623157e308) },
);
const orNothing = (arbitrary, weight) => fc.oneof({ weight, arbitrary }, { weight: 1, arbitrary: fc.constant(0) });

const mildOmega = fc.oneof(
  { weight: 8, arbitrary: logUniform(0.15, 6).map((w) => -w) },
  { weight: 2, arbitrary: fc.constantFrom(-1, -0.5, -2) },
);
const anyOmega = fc.oneof(
  { weight: 8, arbitrary: mildOmega },
  { weight: 2, arbitrary: fc.constantFrom(0, 0.5, 1, 3, -1e-3, -30, -200) },
  { weight: 1, arbitrary: fc.constantFrom(-1e-20, -1e6, -1e300, 1e300, 1e-320, -5e-324, 40) },
);

const matrix = (cell, n, m) => fc.array(fc.array(cell, { minLength: m, maxLength: m }), { minLength: n, maxLength: n });
const list = (cell, n) => fc.array(cell, { minLength: n, maxLength: n });

const size = fc.integer({ min: 1, max: 4 });

/** The data of economies that are right as a rule: markets, or totals for plans. */
const dataOf = (omega, cell) =>
  fc.tuple(size, size).chain(([n, m]) => {
    const shared = (arbitrary) =>
      fc.oneof(
        { weight: 4, arbitrary: matrix(arbitrary, n, m) },
        { weight: 1, arbitrary },
        { weight: 1, arbitrary: list(arbitrary, m) },
        { weight: 1, arbitrary: list(arbitrary, n * m).map((flat) => Float64Array.from(flat)) },
      );
    const rest = {
      alpha: shared(orNothing(cell, 12)),
      omega: shared(omega),
    };
    const optional = {
      weights: list(cell, n),
      incomes: list(cell, n),
      agents: fc.constant(Array.from({ length: n }, (_, i) => `a${i}`)),
      goods: fc.constant(Array.from({ length: m }, (_, j) => `g${j}`)),
      size: fc.constant({ agents: n, goods: m }),
      name: fc.string({ maxLength: 5 }),
    };
    const some = fc.record(optional, { requiredKeys: [] });
    const market = fc.record({ ...rest, endowments: matrix(orNothing(cell, 5), n, m) });
    const totals = fc.record({ ...rest, totals: list(cell, m), size: optional.size });
    return fc
      .tuple(fc.oneof({ weight: 4, arbitrary: market }, { weight: 1, arbitrary: totals }), some)
      .map(([data, more]) => ({ ...more, ...data }));
  });

/** Where a value of an object or a list can be put: [holder, key], from the outside in. */
function placesIn(value, places = []) {
  if (places.length > 300 || typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return places;
  for (const key of Object.keys(value)) {
    places.push([value, key]);
    if (HOSTILE.includes(value[key])) continue;
    placesIn(value[key], places);
  }
  return places;
}

function copyOf(value) {
  if (HOSTILE.includes(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (ArrayBuffer.isView(value)) return value.slice();
  // The records of fast-check have no prototype.
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

/** The edits of a value: each puts a hostile value somewhere, leaves something out, or repeats it. */
const edits = (kinds, maxLength) =>
  fc.array(
    fc.record({
      at: fc.nat(),
      kind: fc.constantFrom(...kinds),
      value: hostile,
      key: fc.constantFrom("price", "prices", "alpha", "tolerence", "x".repeat(100), "toString"),
    }),
    { maxLength },
  );

/** Up to three edits; none every other time. */
const someEdits = (kinds) => fc.oneof(fc.constant([]), edits(kinds, 3));

function edited(data, changes) {
  const copy = copyOf(data);
  for (const { at, kind, value, key } of changes) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const [holder, place] = places[at % places.length];
    if (kind === "put") holder[place] = value;
    else if (kind === "leave out") delete holder[place];
    else if (kind === "repeat" && Array.isArray(holder)) holder.push(holder[place]);
    else if (kind === "add") holder[key] = value;
  }
  return copy;
}

const mutated = (arbitrary, kinds = ["put", "put", "put", "leave out", "repeat", "add"]) =>
  fc.tuple(arbitrary, someEdits(kinds)).map(([data, changes]) => edited(data, changes));

/** Pieces of text that are put into texts. */
const PIECES = [
  ...['"', "{", "}", "[", "]", ",", ":", "-", "e", ".", "0", "9", " ", "\n", "\r\n", "\t", "\0", "\ufeff", "\ud800"],
  ...["null", "true", "NaN", "Infinity", "1e999", "-1e999", "1e-999", "-0", "0x10", "１", '"__proto__":{},', "[[[[[["],
  ...[
    '"alpha":1,',
    '"size":{"agents":1048576,"goods":64},',
    "alpha:a",
    "omega:",
    ":",
    ",,",
    '""',
    "'",
    "=1+1",
    "\u202e",
  ],
];

const textEdits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom("put", "put", "cut", "end", "twice", "replace"),
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 3 })),
    length: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 4 },
);

function editedText(text, changes) {
  let now = text;
  for (const { at, kind, piece, length } of changes) {
    const k = Math.floor(at * now.length);
    const rest = now.slice(k);
    if (kind === "put") now = now.slice(0, k) + piece + rest;
    else if (kind === "replace") now = now.slice(0, k) + piece + rest.slice(length);
    else if (kind === "cut") now = now.slice(0, k) + rest.slice(length);
    else if (kind === "end") now = now.slice(0, k);
    else now = now.slice(0, k) + rest.slice(0, length) + rest;
  }
  return now;
}

const mutatedText = (arbitrary) =>
  fc
    .tuple(arbitrary, fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: textEdits }))
    .map(([text, changes]) => editedText(text, changes));

/** The text of an economy as CSV. */
const csvText = fc.tuple(size, size).chain(([n, m]) => {
  const goods = Array.from({ length: m }, (_, j) => ["bread", "wine", '"red, dry"', "d"][j]);
  const head = ["alpha", "omega", "endowment"].flatMap((kind) => goods.map((good) => `${kind}:${good}`));
  const cells = fc.tuple(
    list(list(orNothing(amount, 12), m), n),
    list(list(mildOmega, m), n),
    list(list(orNothing(amount, 5), m), n),
  );
  const plain = (name) => (name.startsWith('"') ? `"${name}` : name);
  return cells.map((kinds) =>
    [
      ["agent", ...head.map((name) => (name.includes('"') ? `"${name.replaceAll('"', "")}"` : plain(name)))].join(","),
      ...Array.from({ length: n }, (_, i) => [`a${i}`, ...kinds.flatMap((rows) => rows[i])].join(",")),
    ].join("\n"),
  );
});

function fail(message) {
  throw new Error(message);
}

const allFinite = (values) => values.every(Number.isFinite);

/** Checks that an economy that was accepted is one. */
function expectEconomy({ agents, goods, alpha, omega, endowments, totals, weights, incomes }) {
  const [n, m] = [agents.length, goods.length];
  if (!(n >= 1 && m >= 1 && n * m <= MAX_CELLS)) fail(`an economy of ${n} agents and ${m} goods was accepted`);
  for (const names of [agents, goods]) {
    if (!names.every((name) => typeof name === "string" && name !== "")) fail("a name is no text");
    if (new Set(names).size !== names.length) fail("a name stands twice");
  }
  const shapes = [
    ["alpha", alpha, n * m, (x) => x >= 0],
    ["omega", omega, n * m, () => true],
    ["totals", totals, m, (x) => x > 0],
    ["weights", weights, n, (x) => x > 0],
    ...(endowments ? [["endowments", endowments, n * m, (x) => x >= 0]] : []),
    ...(incomes ? [["incomes", incomes, n, (x) => x > 0]] : []),
  ];
  for (const [key, values, length, test] of shapes) {
    const right = values instanceof Float64Array && values.length === length && allFinite(values) && values.every(test);
    if (!right) fail(`${key} was accepted: ${String(values).slice(0, 100)}`);
  }
}

/** Checks what every solution promises. Returns its status. */
function expectSolution(solution, tolerance) {
  const { status, converged, message, iterations, evaluations, residuals } = solution;
  if (!STATUSES.includes(status)) fail(`the status is ${status}`);
  if (converged !== (status === "converged")) fail(`converged is ${converged} at the status ${status}`);
  if (typeof message !== "string" || message === "") fail("there is no message");
  for (const count of [iterations, evaluations])
    if (!(Number.isInteger(count) && count >= 0)) fail(`a count is ${count}`);
  for (const [key, residual] of Object.entries(residuals)) {
    if (converged && !(residual >= 0 && residual <= tolerance)) fail(`converged with ${key} ${residual}`);
  }
  if (!converged) return status;
  for (const [key, values] of Object.entries(solution)) {
    const numbers = typeof values === "number" ? [values] : values instanceof Float64Array ? values : [];
    if (numbers.some(Number.isNaN)) fail(`converged with NaN in ${key}`);
  }
  for (const key of ["prices", "allocation", "shadowPrices"]) {
    if (solution[key]?.some((x) => !(x >= 0 && x < Infinity))) fail(`converged with ${key} ${solution[key]}`);
  }
  return status;
}

const throwOnFailure = fc.boolean();
const tolerance = fc.constantFrom(1e-10, 1e-6, 0, 1);
const onStep = fc.constantFrom(
  () => {},
  () => {},
  throwOwn,
  undefined,
);
const signal = fc.constantFrom(new AbortController().signal, AbortSignal.abort(), { aborted: false }, undefined);
const numeraire = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("simplex", 0, "good 1") },
  { weight: 1, arbitrary: fc.constantFrom("none", 1, "g0", -1, 9) },
);
const record = (keys) => fc.record(keys, { requiredKeys: [] });
const goodOrNone = fc.constantFrom("none", "none", 0, 1, "good 2", "simplex");
const pair = list(amount, 2);
const nothing = fc.constant({});
const together = (...parts) => fc.tuple(...parts).map((options) => Object.assign({}, ...options));

/** Method by method: options to be mutated, and those that bound its time. */
const METHODS = {
  plan: [record({ weights: pair, throwOnFailure, tolerance })],
  planWithAdam: [
    record({
      ...{ throwOnFailure, tolerance, onStep, signal, start: matrix(amount, 2, 2), weights: pair },
      formulation: fc.constantFrom("shares", "penalty"),
      precision: fc.constantFrom("single", "double"),
      ...{ learningRate: anyAmount, beta1: fc.constantFrom(0, 0.9, 0.999), epsilon: anyAmount, penalty: anyAmount },
      ...{ seed: fc.nat(), trace: fc.integer({ min: 1, max: 9 }) },
    }),
    fc.record({ maxSteps: fc.integer({ min: 1, max: 60 }) }),
  ],
  equilibrium: [
    record({ ...{ throwOnFailure, tolerance, onStep, signal, numeraire, start: pair }, maxIterations: fc.nat(300) }),
  ],
  shares: [
    record({
      ...{ throwOnFailure, tolerance, start: pair, maxIterations: fc.nat(50) },
      numeraire: fc.oneof(numeraire, fc.record({ basket: pair, value: anyAmount })),
    }),
    fc.constant({ demand: "shares" }),
  ],
  equilibria: [
    record({ tolerance, onStep, signal, numeraire, seed: fc.integer() }),
    fc.record({ maxStarts: fc.integer({ min: 1, max: 40 }), maxIntervals: fc.integer({ min: 1, max: 200 }) }),
  ],
  frontier: [
    together(
      record({ throwOnFailure, tolerance, onStep, signal }),
      fc.oneof(nothing, fc.record({ from: pair, to: pair })),
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ points: fc.integer({ min: 2, max: 9 }) }) },
      { weight: 1, arbitrary: fc.record({ divisions: fc.integer({ min: 3, max: 5 }) }) },
    ),
  ],
  edgeworthBox: [
    record({
      prices: fc.oneof(pair, matrix(amount, 2, 2)),
      bend: fc.constantFrom(1e-3, 1),
      through: matrix(amount, 2, 2),
    }),
    fc.record({ points: fc.integer({ min: 2, max: 9 }) }),
  ],
  tatonnement: [
    together(
      record({ throwOnFailure, tolerance, onStep, signal, start: pair, speeds: pair, duration: anyAmount }),
      record({ numeraire: goodOrNone, form: fc.constantFrom("linear", "logarithmic") }),
      fc.oneof(nothing, fc.record({ step: anyAmount }), fc.record({ accuracy: fc.constantFrom(1e-6, 1e-13, 0.01) })),
    ),
    fc.record({ maxSteps: fc.integer({ min: 1, max: 40 }), points: fc.integer({ min: 3, max: 9 }) }),
  ],
};

/** Options with a bounded time, whose other keys are mutated. */
const optionsOf = (method) => {
  const [free, bounded = nothing] = METHODS[method];
  return fc
    .tuple(
      free,
      bounded,
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: edits(["put", "put", "add"], 2) }),
    )
    .map(([options, limits, changes]) => ({ ...edited(options, changes), ...limits }));
};

/** Economies that are right, as a rule of two agents and two goods. */
const rightData = (omega, cell) =>
  fc.oneof(
    { weight: 1, arbitrary: dataOf(omega, cell) },
    {
      weight: 4,
      arbitrary: fc
        .record({
          ...{ alpha: matrix(orNothing(cell, 30), 2, 2), omega: matrix(omega, 2, 2) },
          endowments: matrix(orNothing(cell, 20), 2, 2),
        })
        .map((data) => ({ ...data, incomes: Array(2).fill(0.5 * data.endowments.flat().reduce((a, b) => a + b)) })),
    },
  );

/** Data of bulk calls on up to three economies, with all keys of any of them. */
const bulkData = (omega, cell) =>
  fc
    .tuple(fc.constantFrom(1, 2, 2, 3), fc.constantFrom(1, 2, 2, 3), fc.integer({ min: 1, max: 3 }))
    .chain(([n, m, count]) => {
      const flat = (cell, length) =>
        fc.oneof(
          list(cell, length * count),
          list(cell, length),
          cell,
          list(cell, length).map((values) => Float64Array.from(values)),
          list(cell, length).map((values) => Float32Array.from(values)),
        );
      const sizes = { agents: fc.constant(n), goods: fc.constant(m), count: fc.constant(count) };
      const keys = { alpha: flat(cell, n * m), omega: flat(omega, n * m), endowments: flat(cell, n * m) };
      const totals = flat(cell, m);
      const more = record({
        tolerance,
        maxIntervals: fc.integer({ min: 1, max: 300 }),
        maxStarts: fc.integer({ min: 1, max: 50 }),
        weights: flat(cell, n),
      });
      return fc.tuple(fc.record({ ...sizes, ...keys, totals }), more).map(([right, rest]) => ({ ...right, ...rest }));
    });

const BULK_KEYS = {
  planMany: ["agents", "goods", "count", "alpha", "omega", "weights", "totals", "tolerance"],
  equilibriumMany: ["agents", "goods", "count", "alpha", "omega", "endowments", "tolerance"],
  equilibriaMany: ["agents", "goods", "count", "alpha", "omega", "endowments", "maxIntervals", "maxStarts"],
};

const METHODS_OF_SOLUTIONS = ["check", "transfers", "transferParadox", "statics", "compare", "fairness"];
const direction = record({ alpha: matrix(amount, 2, 2), omega: list(amount, 4) });
const cotangent = record({ allocation: list(amount, 4), logAllocation: matrix(amount, 2, 2), utilities: pair });

/** Runs `call`. Returns how it ended; throws what is none of the package's errors. */
function ended(library, call) {
  const { InputError, NotConvergedError, SingularError } = library;
  try {
    return call();
  } catch (error) {
    if (error === OWN_ERROR) return "the caller's own error";
    if (error instanceof InputError) return "refused";
    if (error instanceof NotConvergedError) return `not converged: ${error.solution.status}`;
    if (error instanceof SingularError) return "singular";
    throw error;
  }
}

/**
 * The kinds of input for a library's public names (those of dist/index.js or src/index.ts) and the
 * objects of its engines. Inputs go to the engines by turns.
 */
export function kindsOf(library, walrases) {
  const { parseEconomy, parseEconomyCsv, defineEconomy } = library;
  const limits = { maxCells: MAX_CELLS };
  let turn = 0;
  const next = () => walrases[turn++ % walrases.length];
  const read = (call) =>
    ended(library, () => {
      const economy = call();
      expectEconomy(economy);
      return `accepted; plan ${ended(library, () => expectSolution(next().plan(economy), 1e-10))}`;
    });
  const solved = (method, data, options) => {
    const economy = defineEconomy(data, limits);
    const walras = next();
    if (method === "shares") return expectSolution(walras.equilibrium(economy, options), toleranceOf(options, 1e-10));
    const answer = walras[method](economy, options);
    if (method === "edgeworthBox") {
      for (const curve of [answer.contract, answer.core]) if (curve.points.some(Number.isNaN)) fail("NaN on a curve");
      return "drawn";
    }
    if (method === "equilibria") {
      for (const each of answer.equilibria) expectSolution(each, toleranceOf(options, 1e-10));
      if (answer.complete && !answer.equilibria.every(({ converged }) => converged)) fail("complete, not converged");
      return answer.complete ? "complete" : "searched";
    }
    const defaults = { planWithAdam: options?.precision === "single" ? 1e-4 : 1e-6, tatonnement: 1e-8 };
    return expectSolution(answer, toleranceOf(options, defaults[method] ?? 1e-10));
  };
  return {
    "economies as objects": {
      arbitrary: mutated(fc.oneof(dataOf(anyOmega, anyAmount), dataOf(mildOmega, amount))),
      run: (data) => read(() => defineEconomy(data, limits)),
    },
    "economies that were sent as JSON": {
      arbitrary: mutated(
        fc
          .record({ alpha: matrix(amount, 2, 2), omega: matrix(mildOmega, 2, 2), endowments: matrix(amount, 2, 2) })
          .map((data) => JSON.parse(JSON.stringify(defineEconomy(data)))),
      ),
      run: (copy) => read(() => defineEconomy(copy, limits)),
    },
    "economies as JSON": {
      arbitrary: mutatedText(dataOf(anyOmega, anyAmount).map((data) => JSON.stringify(data, plainArrays))),
      run: (text) => read(() => parseEconomy(text, limits)),
    },
    "economies as CSV": {
      arbitrary: mutatedText(csvText),
      run: (text) => read(() => parseEconomyCsv(text, limits)),
    },
    "bulk calls": {
      arbitrary: fc.constantFrom(...Object.keys(BULK_KEYS)).chain((method) =>
        mutated(
          fc
            .oneof(bulkData(anyOmega, anyAmount), bulkData(mildOmega, amount))
            .map((data) => Object.fromEntries(BULK_KEYS[method].map((key) => [key, data[key]]))),
          ["put", "put", "add", "repeat"],
        ).map((options) => ({ method, options })),
      ),
      run: ({ method, options }) =>
        ended(library, () => {
          const answer = next()[method](options);
          const { allocation, residual, status, statuses, prices } = answer;
          if (method === "equilibriaMany") {
            if (prices.some((p) => !(p >= 0 && p <= 1))) fail("a price is outside the simplex");
            return "listed";
          }
          const [n, m] = [options.agents, options.goods];
          const accepted = toleranceOf(options, 1e-10);
          const ends = Array.from(status, (code) => statuses[code]);
          ends.forEach((end, e) => {
            if (end !== "converged") return;
            if (!(residual[e] <= accepted)) fail(`converged with a residual of ${residual[e]}`);
            if (!allFinite(allocation.subarray(e * n * m, (e + 1) * n * m))) fail("converged with NaN");
          });
          return ends.every((end) => end === "converged") ? "converged" : "some not converged";
        }),
    },
    "options of solvers": {
      arbitrary: fc.constantFrom(...Object.keys(METHODS)).chain((method) => {
        // A search may take long where curvatures are extreme.
        const search = method === "equilibria" || method === "edgeworthBox";
        const data = search
          ? rightData(mildOmega, amount)
          : fc.oneof(rightData(anyOmega, anyAmount), rightData(mildOmega, amount));
        const options = fc.oneof({ weight: 20, arbitrary: optionsOf(method) }, { weight: 1, arbitrary: hostile });
        return fc.record({ method: fc.constant(method), data, options });
      }),
      run: ({ method, data, options }) => ended(library, () => solved(method, data, options)),
    },
    solutions: {
      arbitrary: fc.record({
        method: fc.constantFrom(...METHODS_OF_SOLUTIONS),
        data: rightData(mildOmega, amount),
        plan: fc.boolean(),
        changes: fc.oneof(fc.constant([]), edits(["put", "put", "put", "leave out", "add"], 2)),
        options: fc.oneof(
          { weight: 9, arbitrary: mutated(record({ tolerance: fc.constantFrom(1e-6, 1e-3, 0, 1) })) },
          { weight: 1, arbitrary: hostile },
        ),
        direction: mutated(direction),
        cotangent: mutated(cotangent),
        matrices: mutated(
          record({ of: fc.subarray(["allocation", "utilities"]), by: fc.subarray(["alpha", "omega"]), onStep, signal }),
        ),
      }),
      run: ({ method, data, plan, changes, options, direction, cotangent, matrices }) =>
        ended(library, () => {
          const walras = next();
          const economy = defineEconomy(data, limits);
          const own = plan || method === "transfers" ? walras.plan(economy) : walras.equilibrium(economy);
          const solution = edited({ ...own }, changes);
          if (method === "check") {
            const { accepted, residuals } = walras.check(economy, solution, options);
            if (accepted && !Object.values(residuals).every((r) => r >= 0 && r <= toleranceOf(options, 1e-6))) {
              fail(`accepted with residuals ${JSON.stringify(residuals)}`);
            }
            return accepted ? "accepted" : "rejected";
          }
          if (method === "statics") {
            const statics = walras.statics(economy, solution, options);
            const ends = [
              () => statics.forward(direction) && "forward",
              () => statics.adjoint(cotangent) && "adjoint",
              () => statics.matrices(matrices) && "matrices",
            ];
            return ends.map((call) => ended(library, () => abortedOr(call))).join(", ");
          }
          if (method === "compare") walras.compare(economy, own, solution);
          else walras[method](economy, solution, method === "fairness" ? options : undefined);
          return "answered";
        }),
    },
  };
}

/** JSON has no typed arrays. */
function plainArrays(_, value) {
  return ArrayBuffer.isView(value) ? Array.from(value) : value;
}

function toleranceOf(options, otherwise) {
  return options?.tolerance ?? otherwise;
}

/** How a call ended, which a signal may have ended with its own reason. */
function abortedOr(call) {
  try {
    return call();
  } catch (error) {
    if (error?.name === "AbortError") return "aborted";
    throw error;
  }
}

/** Flags with their values, right and wrong ones. */
const FLAGS = [
  ...[["--json"], ["--csv"], ["--engine", "js"], ["--engine", "none"], ["--help"], ["--shares"], ["--adam"], ["--"]],
  ...[
    ["--points", "9"],
    ["--points", "1e9"],
    ["--divisions", "3"],
    ["--max-steps", "5"],
    ["--max-starts", "9"],
  ],
  ...[
    ["--tolerance", "1e-8"],
    ["--tolerance", "NaN"],
    ["--weights", "1,2"],
    ["--weights", "1,,2"],
    ["--step", "0.1"],
  ],
  ...[
    ["--numeraire", "good 1"],
    ["--numeraire", "0"],
    ["--start", "1,1"],
    ["--of", "prices"],
    ["--by", "alpha"],
  ],
  ...[
    ["--from", "1,2", "--to", "2,1"],
    ["--seed", "7"],
    ["--seed", "x"],
    ["--demand", "shares"],
    ["--max-cells", "100"],
  ],
  ...[["--quiet"], [""], ["\u0000"], ["--unknown"], ["{file}"], ["no such file"]],
];
const COMMANDS = [
  ...["plan", "equilibrium", "equilibria", "frontier", "box", "statics", "transfers", "transfer-paradox"],
  ...["tatonnement", "welfare", "check"],
];

/** Arguments of the command line, with {file} for a file that holds `text`. */
export const commandLines = fc.record({
  args: fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...COMMANDS).map((command) => [command, "{file}"]) },
        { weight: 1, arbitrary: fc.constantFrom([], ["help"], ["nothing"], ["--version"], ["plan", "/"]) },
      ),
      fc.array(fc.constantFrom(...FLAGS), { maxLength: 2 }),
    )
    .map(([command, flags]) => [...command, ...flags.flat()]),
  text: fc.oneof(
    { weight: 4, arbitrary: rightData(mildOmega, amount).map((data) => JSON.stringify(data, plainArrays)) },
    { weight: 2, arbitrary: csvText },
    { weight: 1, arbitrary: mutatedText(dataOf(anyOmega, anyAmount).map((data) => JSON.stringify(data, plainArrays))) },
    { weight: 1, arbitrary: mutatedText(csvText) },
  ),
});
