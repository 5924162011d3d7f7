// Runs one program of the reader, and tells the page what it shows. The page ends the worker, and so any endless loop.
import { textOf } from "./textOf.js";

const tell = (kind, name, text) => postMessage({ kind, name, text });

globalThis.$show = (name, value) => {
  if (value !== undefined) tell("value", name, textOf(value));
};
for (const level of ["log", "info", "warn", "error", "table"]) {
  console[level] = (...values) => {
    tell("value", "", values.map((value) => (typeof value === "string" ? value : textOf(value))).join(" "));
  };
}
const fail = (error) => tell("error", "", error instanceof Error ? `${error.name}: ${error.message}` : textOf(error));
addEventListener("unhandledrejection", ({ reason }) => fail(reason));

addEventListener("message", async ({ data }) => {
  const address = URL.createObjectURL(new Blob([data], { type: "text/javascript" }));
  try {
    await import(/* @vite-ignore */ address);
    tell("end", "", "");
  } catch (error) {
    fail(error);
  } finally {
    URL.revokeObjectURL(address);
  }
});
