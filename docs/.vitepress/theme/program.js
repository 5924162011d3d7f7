// Turns the snippets of a page into one program that shows the values of the last one.
import { Parser } from "acorn";

/** A mistake of syntax in a snippet. */
export class SnippetError extends Error {}

/**
 * A module that runs all snippets in their order. Of the last one, every statement that is a value, and every
 * definition with a comment behind it, calls $show(text, value).
 * @param {string[]} snippets
 * @param {Record<string, string>} modules - the address of each module that snippets may import, by its name
 */
export function programOf(snippets, modules) {
  return snippets
    .map((text, k) => {
      const last = k === snippets.length - 1;
      const edits = editsOf(text, modules, last, last ? "" : ` (in the example ${snippets.length - 1 - k} above)`);
      // From the end, so that places before stay right.
      let code = text;
      for (const { start, end, by } of edits.reverse()) code = code.slice(0, start) + by + code.slice(end);
      return code;
    })
    .join("\n");
}

function editsOf(text, modules, shows, place) {
  const comments = [];
  const { body } = parse(text, comments, place);
  const edits = [];
  for (const node of body) {
    if (node.source) edits.push(importOf(node.source, modules));
    if (!shows) continue;
    if (node.type === "ExpressionStatement") {
      const { start, end } = node.expression;
      const source = text.slice(start, end);
      edits.push({ start: node.start, end: node.end, by: `$show(${JSON.stringify(source)}, (${source}));` });
    } else if (node.type === "VariableDeclaration" && comments.some((comment) => isBehind(text, node, comment))) {
      const names = node.declarations.map(({ id }) => id).filter(({ type }) => type === "Identifier");
      for (const { name } of names) edits.push({ start: node.end, end: node.end, by: ` $show("${name}", ${name});` });
    }
  }
  return edits;
}

function parse(text, onComment, place) {
  try {
    return Parser.parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true, onComment });
  } catch (error) {
    throw new SnippetError(`${error.message}${place}`);
  }
}

function importOf({ start, end, value }, modules) {
  if (!Object.hasOwn(modules, value)) {
    throw new SnippetError(`"${value}" cannot be imported here, only ${Object.keys(modules).join(", ")}`);
  }
  return { start, end, by: JSON.stringify(modules[value]) };
}

/** Whether a comment is on the line on which the node ends, behind it. */
function isBehind(text, node, comment) {
  return comment.start >= node.end && !text.slice(node.end, comment.start).includes("\n");
}
