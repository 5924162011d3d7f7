// What all figures have in common: a title, the picture, its numbers as a table, and the picture as a file.

import type { ComponentChildren } from "preact";
import { useCallback, useRef, useState } from "preact/hooks";
import { download } from "./files.js";

/** The numbers of a figure, for those who cannot see it and for those who want to copy them. */
export interface Numbers {
  readonly head: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

interface FigureProps {
  title: string;
  /** The name of the file that the picture is saved as. */
  file: string;
  /** The picture of a figure that is not, or not all of it, the SVG in it. */
  picture?: () => SVGSVGElement | null;
  numbers: Numbers;
  children: ComponentChildren;
}

/** A figure with its title, its numbers, and a button that saves it. */
export function Figure({ title, file, picture, numbers, children }: FigureProps) {
  const root = useRef<HTMLElement>(null);
  return (
    <figure ref={root}>
      <figcaption>
        <span>{title}</span>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            const svg = picture ? picture() : drawn(root.current?.querySelector("svg"));
            if (svg) saveSvg(svg, file);
          }}
          aria-label={`Save “${title}” as SVG`}
        >
          SVG
        </button>
      </figcaption>
      {children}
      <NumbersTable {...numbers} title={title} />
    </figure>
  );
}

/** The numbers of a figure as a table that opens on demand, and costs nothing while it is closed. */
function NumbersTable({ head, rows, title }: Numbers & { title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Numbers<span class="unseen"> of the figure “{title}”</span>
      </summary>
      {open && (
        <section class="scroll" tabIndex={0} aria-label={`Numbers of “${title}”`}>
          <table>
            <thead>
              <tr>
                {head.map((text) => (
                  <th scope="col" key={text}>
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map((row, k) => (
                <tr key={k}>
                  {row.map((text, c) => (c === 0 ? <th scope="row">{text}</th> : <td key={c}>{text}</td>))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

/** What a picture looks like without the page's style sheet. */
const STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linejoin"],
  ...["opacity", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline", "paint-order"],
];

const SVG = "http://www.w3.org/2000/svg";

/** An empty picture, and a function that adds elements to it. Texts stay texts, whatever they hold. */
export function svgOf({ width, height }: { width: number; height: number }) {
  const svg = document.createElementNS(SVG, "svg");
  const put = (element: Element, attributes: Readonly<Record<string, string | number>>) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  };
  put(svg, { width, height });
  const add = (name: string, attributes: Readonly<Record<string, string | number>>, text = "") => {
    const element = document.createElementNS(SVG, name);
    put(element, attributes);
    element.textContent = text;
    svg.append(element);
  };
  return { svg, add };
}

/** A copy of a picture with its styles, so that it looks the same elsewhere. */
export function drawn(svg: SVGSVGElement | null | undefined): SVGSVGElement | null {
  if (!svg) return null;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) to[k].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role"]) to[k].removeAttribute(name);
  });
  for (const element of copy.querySelectorAll("[data-screen]")) element.remove();
  return copy;
}

function saveSvg(svg: SVGSVGElement, file: string) {
  // The policy of the page forbids a style of its own.
  const ground = document.createElementNS(SVG, "rect");
  const fill = getComputedStyle(document.documentElement).backgroundColor;
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill })) ground.setAttribute(name, value);
  svg.prepend(ground);
  download(`${file}.svg`, "image/svg+xml", new XMLSerializer().serializeToString(svg));
}

/** The width of an element in pixels, whenever it changes, and the element's ref. */
export function useWidth<E extends HTMLElement>(first: number) {
  const [width, setWidth] = useState(first);
  const observer = useRef<ResizeObserver>(undefined);
  // A function, because the element may be another one after the first answer has come.
  const ref = useCallback((element: E | null) => {
    observer.current?.disconnect();
    if (!element) return;
    observer.current = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    observer.current.observe(element);
  }, []);
  return [ref, width] as const;
}

/** A path through points on the screen, given as x0, y0, x1, y1, … in other units. */
export function pathOf(points: ArrayLike<number>, x: (value: number) => number, y: (value: number) => number): string {
  let path = "";
  for (let k = 0; k < points.length; k += 2) {
    path += `${k === 0 ? "M" : "L"}${tenth(x(points[k]))} ${tenth(y(points[k + 1]))}`;
  }
  return path;
}

/** To a tenth of a pixel. */
export const tenth = (value: number) => Math.round(value * 10) / 10;
