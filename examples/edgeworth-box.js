// The page of edgeworth-box.html: draws the box that walras computes, anew whenever the endowment moves.

import { load } from "walras";

const SIZE = 400; // of the drawn box, in units of the SVG
const TOTALS = [10, 10];
const STEP = 0.1; // of a key

const walras = await load();
const at = (id) => document.getElementById(id);
const dot = at("endowment");
let endowment = [8, 2];

/** A point of the box, in Ada's amounts, on the drawing. */
const place = (x, y) => [(x / TOTALS[0]) * SIZE, (1 - y / TOTALS[1]) * SIZE];

/** The path of a curve: its points, and a new beginning where one of its pieces ends. */
function pathOf(points) {
  let path = "";
  for (let k = 0; k < points.length; k += 2) {
    const [x, y] = place(points[k], points[k + 1]);
    path += `${k === 0 ? "M" : "L"}${x.toFixed(2)} ${y.toFixed(2)}`;
  }
  return path;
}

function draw() {
  const [bread, wine] = endowment;
  const economy = walras.economy({
    goods: ["bread", "wine"],
    agents: ["Ada", "Ben"],
    alpha: [
      [2, 1],
      [1, 2],
    ],
    gamma: [1, 2].map((agent) => Array(2).fill(at(`gamma${agent}`).valueAsNumber)),
    endowments: [endowment, [TOTALS[0] - bread, TOTALS[1] - wine]],
  });
  const { equilibria } = walras.equilibria(economy);
  const box = walras.edgeworthBox(economy, { chordTolerance: 0.002, prices: equilibria.map(({ prices }) => prices) });

  at("contract").setAttribute("d", pathOf(box.contract.points));
  for (const [k, id] of ["ada", "ben"].entries()) at(id).setAttribute("d", pathOf(box.indifference[k].points));
  at("budget").setAttribute("d", box.budgets.map(({ line }) => pathOf(line)).join(""));
  const dots = equilibria.map(({ allocation }) => {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    const [cx, cy] = place(allocation[0], allocation[1]);
    for (const [name, value] of Object.entries({ class: "equilibrium", r: 6, cx, cy }))
      circle.setAttribute(name, value);
    return circle;
  });
  at("equilibria").replaceChildren(...dots);

  const [cx, cy] = place(bread, wine);
  dot.setAttribute("cx", cx);
  dot.setAttribute("cy", cy);
  dot.setAttribute("aria-valuenow", bread.toFixed(1));
  dot.setAttribute("aria-valuetext", `${bread.toFixed(1)} bread, ${wine.toFixed(1)} wine`);
  fillTable(equilibria);
  at("note").textContent = equilibria.length > 1 ? `${equilibria.length} prices clear the markets.` : "";
}

function fillTable(equilibria) {
  const rows = equilibria.flatMap(({ prices, allocation }) => [
    ["price in wine", prices[0] / prices[1], 1],
    ["Ada gets", allocation[0], allocation[1]],
    ["Ben gets", allocation[2], allocation[3]],
  ]);
  at("table").replaceChildren(
    ...rows.map(([name, ...amounts]) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.append(head);
      for (const amount of amounts) row.insertCell().textContent = amount.toFixed(4);
      return row;
    }),
  );
}

/** Moves the endowment, which stays inside the box: both agents own something. */
function move(x, y) {
  const inside = (amount, total) => Math.min(total - STEP, Math.max(STEP, amount));
  endowment = [inside(x, TOTALS[0]), inside(y, TOTALS[1])];
  draw();
}

dot.addEventListener("pointerdown", (event) => {
  dot.setPointerCapture(event.pointerId);
  event.preventDefault();
  dot.focus();
});
dot.addEventListener("pointermove", (event) => {
  if (!dot.hasPointerCapture(event.pointerId)) return;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(at("box").getScreenCTM().inverse());
  move((x / SIZE) * TOTALS[0], (1 - y / SIZE) * TOTALS[1]);
});
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
dot.addEventListener("keydown", (event) => {
  const direction = KEYS[event.key];
  if (!direction) return;
  event.preventDefault();
  move(endowment[0] + direction[0] * STEP, endowment[1] + direction[1] * STEP);
});
for (const slider of document.querySelectorAll("input")) slider.addEventListener("input", draw);
draw();
