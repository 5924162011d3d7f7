// Values as text for a reader: numbers with all digits, typed arrays as lists, the rest cut where it is long.

const MOST_ELEMENTS = 30;
const MOST_KEYS = 40;
const MOST_CHARACTERS = 4000;
const MOST_DEPTH = 4;
const WIDTH = 72;

export function textOf(value) {
  const text = inner(value, MOST_DEPTH, "");
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}

function inner(value, depth, indent) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "ƒ";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
  if (depth === 0) return isList ? "[…]" : "{…}";
  const deeper = `${indent}  `;
  const parts = isList ? elements(value, depth, deeper) : entries(value, depth, deeper);
  const [open, close] = isList ? "[]" : ["{ ", " }"];
  const short = `${open}${parts.join(", ")}${close}`;
  if (parts.length === 0) return isList ? "[]" : "{}";
  if (!short.includes("\n") && indent.length + short.length <= WIDTH) return short;
  // Lists of numbers fill their lines; all else has a line of its own.
  if (isList && parts.every((part) => part.length < 30)) return filled(parts, indent, open, close);
  return `${open.trim()}\n${parts.map((part) => `${deeper}${part}`).join(",\n")}\n${indent}${close.trim()}`;
}

function elements(list, depth, indent) {
  const shown = Array.from(list.slice(0, MOST_ELEMENTS), (element) => inner(element, depth - 1, indent));
  if (list.length > MOST_ELEMENTS) shown.push(`… ${list.length - MOST_ELEMENTS} more`);
  return shown;
}

function entries(object, depth, indent) {
  const keys = Object.keys(object);
  const shown = keys.slice(0, MOST_KEYS).map((key) => `${key}: ${inner(object[key], depth - 1, indent)}`);
  if (keys.length > MOST_KEYS) shown.push(`… ${keys.length - MOST_KEYS} more`);
  return shown;
}

function filled(parts, indent, open, close) {
  const lines = [`${indent}  `];
  for (const [k, part] of parts.entries()) {
    const text = k < parts.length - 1 ? `${part}, ` : part;
    if (lines.at(-1).length + text.trimEnd().length > WIDTH && lines.at(-1).trim() !== "") lines.push(`${indent}  `);
    lines[lines.length - 1] += text;
  }
  return `${open}\n${lines.map((line) => line.trimEnd()).join("\n")}\n${indent}${close}`;
}
