// Numbers as people read them.

/** A number with a few significant digits, and a minus sign that is one. */
export function format(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value.toExponential(Math.max(0, digits - 2)).replace(/^(-?[\d.]+)e\+?(-?\d+)$/, scientific)
      : trimmed(size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits));
  return text.replaceAll("-", "−");
}

/** A power of ten, as axes have it. */
export const powerOfTen = (power: number) =>
  power >= -3 && power <= 4 ? format(10 ** power) : `10${raised(`${power}`)}`;

const raised = (power: string) => [...power].map((sign) => RAISED[sign]).join("");

const trimmed = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

const RAISED: Readonly<Record<string, string>> = { "-": "⁻" };
"⁰¹²³⁴⁵⁶⁷⁸⁹".split("").forEach((digit, k) => {
  (RAISED as Record<string, string>)[`${k}`] = digit;
});

const scientific = (_: string, part: string, power: string) => `${trimmed(part)} · 10${raised(power)}`;

/** A residual: how small it is matters, and not its digits. */
export const formatResidual = (value: number) => (value === 0 ? "0" : format(value, 3));

/** A number with its sign. */
export const signed = (value: number, digits = 3) => (value > 0 ? `+${format(value, digits)}` : format(value, digits));

/** Round numbers that cover a range: about `count` of them. */
export function ticksOf(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step);
}
