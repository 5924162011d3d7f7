// Merges the parts of a sweep into one file, which is the same however often the sweep was
// interrupted, and wherever its parts were made.

import { createHash, type Hash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FileMetaData, parquetMetadata, type RowGroup } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import { CREATOR } from "./formats.js";
import { FolderError, type Manifest, type PartNote, rowsFile } from "./manifest.js";

/** Bytes that are copied at a time. */
const CHUNK = 2 ** 22;
/** The bytes "PAR1" at both ends of a Parquet file. */
const MAGIC = 4;

/**
 * Writes the rows of all parts, in their order, to one file: all or nothing.
 * @throws FolderError for a part that is not what its note says
 */
export function mergeParts(folder: string, manifest: Manifest, notes: readonly PartNote[], file: string): void {
  const temporary = join(dirname(file), `.walras-${randomUUID()}.tmp`);
  const out = openSync(temporary, "wx");
  try {
    const write = (bytes: Uint8Array) => {
      for (let done = 0; done < bytes.length; ) done += writeSync(out, bytes, done);
    };
    const parts = [...notes].sort((a, b) => a.part - b.part);
    if (manifest.format === "parquet") mergeParquet(folder, manifest, parts, write);
    else mergeText(folder, manifest, parts, write);
    fsyncSync(out);
    closeSync(out);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

type Write = (bytes: Uint8Array) => void;

/** One text behind the other, with the head of the first. */
function mergeText(folder: string, manifest: Manifest, notes: readonly PartNote[], write: Write): void {
  for (const [k, note] of notes.entries()) {
    let skipsHead = manifest.format === "csv" && k > 0;
    readPart(folder, manifest, note, (bytes) => {
      if (!skipsHead) write(bytes);
      else {
        const end = bytes.indexOf(10);
        skipsHead = end < 0;
        if (end >= 0) write(bytes.subarray(end + 1));
      }
    });
  }
}

/** Row groups one behind the other, as they are; only their places change. */
function mergeParquet(folder: string, manifest: Manifest, notes: readonly PartNote[], write: Write): void {
  const groups: RowGroup[] = [];
  let schema: FileMetaData["schema"] = [];
  let offset = MAGIC;
  write(Buffer.from("PAR1"));
  for (const note of notes) {
    const chunks: Uint8Array[] = [];
    readPart(folder, manifest, note, (bytes) => void chunks.push(Uint8Array.from(bytes)));
    const bytes = Buffer.concat(chunks);
    const { buffer, byteOffset, byteLength } = bytes;
    const metadata = parquetMetadata(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    const end = byteLength - metadata.metadata_length - 2 * MAGIC;
    schema = metadata.schema;
    for (const group of metadata.row_groups) groups.push(moved(group, BigInt(offset - MAGIC)));
    write(bytes.subarray(MAGIC, end));
    offset += end - MAGIC;
  }
  const writer = new ByteWriter();
  const rows = groups.reduce((sum, { num_rows }) => sum + num_rows, 0n);
  writeMetadata(writer, {
    version: 2,
    created_by: CREATOR,
    schema,
    num_rows: rows,
    row_groups: groups,
  } as FileMetaData);
  write(new Uint8Array(writer.getBuffer()));
  write(Buffer.from("PAR1"));
}

function moved(group: RowGroup, by: bigint): RowGroup {
  const columns = group.columns.map((column) => {
    const about = column.meta_data as NonNullable<typeof column.meta_data>;
    const { dictionary_page_offset: dictionary } = about;
    return {
      ...column,
      file_offset: column.file_offset === 0n ? 0n : column.file_offset + by,
      meta_data: {
        ...about,
        data_page_offset: about.data_page_offset + by,
        ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
      },
    };
  });
  return { ...group, columns };
}

/** Reads the file of a part in pieces, and requires it to be what its note says. */
function readPart(folder: string, manifest: Manifest, note: PartNote, use: (bytes: Buffer) => void): void {
  const path = rowsFile(folder, manifest, note.part);
  const file = openSync(path, "r");
  const hash: Hash = createHash("sha256");
  const buffer = Buffer.alloc(CHUNK);
  try {
    for (;;) {
      const length = readSync(file, buffer, 0, CHUNK, null);
      if (length === 0) break;
      const bytes = buffer.subarray(0, length);
      hash.update(bytes);
      use(bytes);
    }
  } finally {
    closeSync(file);
  }
  if (hash.digest("hex") !== note.sha256) {
    throw new FolderError(`part ${note.part} is damaged: delete ${path} and run the sweep again`);
  }
}
