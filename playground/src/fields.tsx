// Numbers that are typed, and sliders.

import { useEffect, useId, useRef } from "preact/hooks";

interface NumberInputProps {
  id?: string;
  /** What is read aloud. */
  name: string;
  value: number;
  range: readonly [number, number];
  /** The place of the number in its table. */
  cell?: number;
  onValue: (value: number) => void;
}

/** A number that can be typed, and is taken once it is one in range. It shows all digits while it is typed. */
export function NumberInput({ id, name, value, range, cell, onValue }: NumberInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const element = input.current;
    if (!element) return;
    const here = document.activeElement === element;
    // While it is typed, "1." is not replaced by "1".
    if (!here) element.value = shortOf(value);
    else if (numberOf(element.value) !== value) element.value = `${value}`;
  }, [value]);
  return (
    <input
      ref={input}
      id={id}
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-label={name}
      data-cell={cell}
      onFocus={(event) => {
        if (event.currentTarget.value !== `${value}`) event.currentTarget.value = `${value}`;
      }}
      onInput={(event) => {
        const typed = numberOf(event.currentTarget.value);
        const right = typed >= range[0] && typed <= range[1];
        event.currentTarget.setAttribute("aria-invalid", `${!right}`);
        if (right) onValue(typed);
      }}
      onBlur={(event) => {
        event.currentTarget.value = shortOf(value);
        event.currentTarget.setAttribute("aria-invalid", "false");
      }}
    />
  );
}

/** How a slider's way is divided: so that a step is seen in three digits. */
const STEPS = 200;

interface FieldProps {
  /** What is read aloud. */
  name: string;
  /** What is seen before the field. */
  label: string;
  unit?: string;
  value: number;
  range: readonly [number, number];
  /** The slider's range, of numbers above 0 on a log scale. Without it there is none. */
  slider?: readonly [number, number];
  /** How the slider's numbers run: evenly, or by equal factors. */
  scale?: "even" | "log" | "negative-log";
  onValue: (value: number, gesture: string) => void;
}

/** A number that can be typed or slid. */
export function NumberField({ name, label, unit = "", value, range, slider, scale = "even", onValue }: FieldProps) {
  const id = useId();
  return (
    <div class={`field ${slider ? "" : "short"}`}>
      <label htmlFor={id}>
        <span class="field-name">{label}</span>
        <NumberInput {...{ id, name, value, range }} onValue={(typed) => onValue(typed, `type ${name}`)} />
        {unit && <span class="unit">{unit}</span>}
      </label>
      {slider && (
        <input
          type="range"
          min={0}
          max={STEPS}
          aria-label={`${name}, slider`}
          aria-valuetext={`${value}`}
          value={Math.round(placeOf(value, slider, scale) * STEPS)}
          onInput={(event) =>
            onValue(valueAt(event.currentTarget.valueAsNumber / STEPS, slider, scale), `slide ${name}`)
          }
        />
      )}
    </div>
  );
}

/** A number as a field shows it: it may have more digits than fit. */
export function shortOf(value: number): string {
  for (const digits of [7, 6, 5, 4]) {
    const text = `${Number(value.toPrecision(digits))}`;
    if (text.length <= 9) return text;
  }
  return value.toExponential(3).replace(/\.?0*e\+?/, "e");
}

/** A number as people write it: with a comma too, and a real minus. */
export function numberOf(text: string): number {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain === "" ? Number.NaN : Number(plain);
}

function placeOf(value: number, [low, high]: readonly [number, number], scale: FieldProps["scale"]): number {
  const size = scale === "negative-log" ? -value : value;
  const place =
    scale === "even" ? (size - low) / (high - low) : Math.log(Math.max(size, 1e-300) / low) / Math.log(high / low);
  return Math.max(0, Math.min(1, place));
}

function valueAt(place: number, [low, high]: readonly [number, number], scale: FieldProps["scale"]): number {
  const size = scale === "even" ? low + place * (high - low) : low * (high / low) ** place;
  return Number((scale === "negative-log" ? -size : size).toPrecision(3));
}
