// Reads the examples of JSDoc comments: those of exported functions, classes and interfaces, and of their members.

import { readFileSync } from "node:fs";
import { type Class, type Function as FunctionNode, parseSync, type TSInterfaceDeclaration } from "oxc-parser";
import type { Snippet } from "./snippets.js";

/** Something that a user can call, and the examples in its comment. */
export interface Documented {
  /** Like `Walras.plan`, or the name of a function. */
  name: string;
  examples: Snippet[];
  /** The examples of the class or interface: those of its members go on from them. */
  before: Snippet[];
}

interface Node {
  type: string;
  start: number;
  key?: { type: string; name?: string; object?: { name: string }; property?: { name: string } };
  kind?: string;
  computed?: boolean;
  accessibility?: string | null;
}

/** All exported functions and methods of a file, each once, in the order of the file. */
export function documentedIn(file: string): Documented[] {
  const text = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, text);
  const commentAt = (start: number) =>
    comments.find(
      ({ type, value, end }) =>
        type === "Block" && value.startsWith("*") && end <= start && text.slice(end, start).trim() === "",
    );
  const examplesAt = (start: number): Snippet[] => {
    const comment = commentAt(start);
    if (!comment) return [];
    const first = text.slice(0, comment.start).split("\n").length;
    return examplesOf(comment.value, first);
  };
  const found = new Map<string, Documented>();
  const add = (name: string, start: number, before: Snippet[]) => {
    // Only the first of the overloads needs one, and internal names need none.
    if (/@internal/.test(commentAt(start)?.value ?? "")) return;
    const { examples } = found.get(name) ?? { examples: [] };
    found.set(name, { name, examples: [...examples, ...examplesAt(start)], before });
  };
  for (const statement of program.body) {
    if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) continue;
    const { declaration } = statement;
    if (/^(TSDeclareFunction|FunctionDeclaration)$/.test(declaration.type)) {
      add((declaration as FunctionNode).id?.name ?? "", statement.start, []);
    } else if (/^(ClassDeclaration|TSInterfaceDeclaration)$/.test(declaration.type)) {
      const { id, body } = declaration as Class | TSInterfaceDeclaration;
      const before = examplesAt(statement.start);
      found.set(id?.name ?? "", { name: id?.name ?? "", examples: before, before: [] });
      for (const member of body.body as unknown as Node[]) {
        if (isPublic(member)) add(`${id?.name}.${nameOf(member)}`, member.start, before);
      }
    }
  }
  return [...found.values()];
}

/** Whether a member is a method or an accessor for everybody. */
function isPublic({ type, key, kind, accessibility }: Node): boolean {
  if (!/^(MethodDefinition|TSMethodSignature|TSAbstractMethodDefinition)$/.test(type)) return false;
  return kind !== "constructor" && key?.type !== "PrivateIdentifier" && !/private|protected/.test(accessibility ?? "");
}

function nameOf({ key, computed }: Node): string {
  return computed ? `[${key?.object?.name}.${key?.property?.name}]` : (key?.name ?? "");
}

/** The examples in the text of a comment that begins on this line. */
function examplesOf(comment: string, first: number): Snippet[] {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  const examples: Snippet[] = [];
  let open: Snippet | undefined;
  lines.forEach((line, k) => {
    if (/^@\w/.test(line)) {
      open = line.startsWith("@example") ? { language: "ts", text: "", line: first + k + 1 } : undefined;
      if (open) examples.push(open);
    } else if (open) open.text += `${line}\n`;
  });
  return examples.map((example) => ({ ...example, text: example.text.trimEnd() }));
}
