// What runs in a thread of a sweep: an engine that makes parts, and writes them where there is a folder.

import { parentPort, workerData } from "node:worker_threads";
import { load } from "../load.js";
import { PartMaker } from "./make.js";
import { type Manifest, type PartNote, writePart } from "./manifest.js";

/** What a thread is started with. Without a folder it sends the bytes of parts back. */
export interface Given {
  readonly manifest: Manifest;
  readonly folder: string | undefined;
}

/** What a thread says. */
export type Said =
  | { readonly type: "step"; readonly economies: number }
  | { readonly type: "made"; readonly note: PartNote; readonly bytes: Uint8Array | undefined }
  | { readonly type: "failed"; readonly error: Error; readonly system: System };

/** What the operating system said, which an error loses on its way to another thread. */
type System = Pick<NodeJS.ErrnoException, "code" | "errno" | "syscall">;

const { manifest, folder } = workerData as Given;
const port = parentPort as NonNullable<typeof parentPort>;
const say = (said: Said) => port.postMessage(said);
const maker = load({ engine: manifest.engine }).then((walras) => new PartMaker(manifest, walras));

port.on("message", async (part: number) => {
  try {
    const { note, bytes } = await (await maker).make(part, (economies) => say({ type: "step", economies }));
    if (folder !== undefined) writePart(folder, manifest, note, bytes);
    say({ type: "made", note, bytes: folder === undefined ? bytes : undefined });
  } catch (error) {
    const { code, errno, syscall } = error as NodeJS.ErrnoException;
    say({ type: "failed", error: error as Error, system: syscall === undefined ? {} : { code, errno, syscall } });
  }
});
