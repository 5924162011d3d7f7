// Rows as bytes of a file: Parquet, CSV and lines of JSON.

import { parquetMetadata } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { csvCell } from "../economy/csvCell.js";
import type { ColumnType } from "../sweep/fields.js";
import type { SweepColumn } from "../sweep/index.js";

/** The formats of part files, which are also the extensions of their names. */
export const FORMATS = ["parquet", "csv", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

/** Who wrote a Parquet file, as its metadata has it. */
export const CREATOR = "walras";

/** Returns the bytes of a file with these rows, given in blocks with the same columns. */
export function encode(format: Format, blocks: readonly (readonly SweepColumn[])[]): Uint8Array {
  if (format === "parquet") return parquet(joined(blocks));
  const chunks: string[] = [];
  if (format === "csv") chunks.push(csvHead(blocks[0]));
  for (const columns of blocks) chunks.push(format === "csv" ? csvLines(columns) : jsonLines(columns));
  return Buffer.from(chunks.join(""));
}

/**
 * What makes bytes from elsewhere no file with these columns and so many rows; undefined if they are
 * one. Numbers are not looked at.
 */
export function formatFault(
  format: Format,
  bytes: Uint8Array,
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
  rows: number,
): string | undefined {
  if (format === "parquet") {
    try {
      const { buffer, byteOffset, byteLength } = bytes;
      const { schema, num_rows } = parquetMetadata(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
      const found = schema.slice(1).map(({ name, type }) => `${name} ${type}`);
      const wanted = columns.map(({ name, type }) => `${name} ${STORED[type]}`);
      if (found.join("\n") !== wanted.join("\n")) return "the file has other columns";
      return num_rows === BigInt(rows) ? undefined : "the file has another number of rows";
    } catch {
      return "the file is no Parquet";
    }
  }
  const head = format === "csv" ? Buffer.from(csvHead(columns)) : Buffer.alloc(0);
  if (head.compare(bytes.subarray(0, head.length)) !== 0) return "the file has other columns";
  let lines = 0;
  for (let at = bytes.indexOf(10, head.length); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  const ends = bytes.length === head.length || bytes.at(-1) === 10;
  return ends && lines === rows ? undefined : "the file has another number of rows";
}

function csvHead(columns: readonly { readonly name: string }[]): string {
  return `${columns.map(({ name }) => csvCell(name)).join()}\n`;
}

/** Numbers that are no numbers become empty cells. */
function csvLines(columns: readonly SweepColumn[]): string {
  const rows = columns[0].values.length;
  const lines = Array<string>(rows);
  for (let r = 0; r < rows; r++) {
    let line = "";
    for (let c = 0; c < columns.length; c++) {
      const value = columns[c].values[r];
      line += `${c === 0 ? "" : ","}${Number.isNaN(value) ? "" : value}`;
    }
    lines[r] = `${line}\n`;
  }
  return lines.join("");
}

/** Numbers that JSON does not have become null. */
function jsonLines(columns: readonly SweepColumn[]): string {
  const rows = columns[0].values.length;
  const lines = Array<string>(rows);
  const keys = columns.map(({ name }, c) => `${c === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  for (let r = 0; r < rows; r++) {
    let line = "";
    for (let c = 0; c < columns.length; c++) {
      const { type, values } = columns[c];
      line += keys[c] + (type === "flag" ? values[r] === 1 : JSON.stringify(values[r]));
    }
    lines[r] = `${line}}\n`;
  }
  return lines.join("");
}

const TYPES: Record<ColumnType, ColumnSource["type"]> = {
  ...{ number: "DOUBLE", integer: "INT32", row: "INT64", flag: "BOOLEAN", text: "STRING" },
};
/** How Parquet stores them. */
const STORED: Record<ColumnType, string> = {
  ...{ number: "DOUBLE", integer: "INT32", row: "INT64", flag: "BOOLEAN", text: "BYTE_ARRAY" },
};

/**
 * One row group, as plain numbers: doubles of random economies do not compress. Without indexes, so
 * that row groups of parts can be copied one behind the other (merge.ts).
 */
function parquet(columns: readonly SweepColumn[]): Uint8Array {
  const columnData = columns.map(({ name, type, values }): ColumnSource => {
    const data = type === "row" ? BigInt64Array.from(values as Float64Array, BigInt) : type === "flag" ? Array.from(values, Boolean) : values; // biome-ignore format: one choice
    const encoding = type === "number" || type === "row" ? "PLAIN" : undefined;
    return {
      name,
      data: data as ColumnSource["data"],
      type: TYPES[type],
      nullable: false,
      encoding,
      offsetIndex: false,
    };
  });
  const writer = new ByteWriter();
  const schema = schemaFromColumnData({ columnData });
  const file = new ParquetWriter({ writer, schema, codec: "UNCOMPRESSED", statistics: false, createdBy: CREATOR });
  const rows = columns[0].values.length;
  if (rows > 0) file.write({ columnData, rowGroupSize: rows });
  file.finish();
  return new Uint8Array(writer.getBuffer());
}

/** The columns of blocks one behind the other. */
export function joined(blocks: readonly (readonly SweepColumn[])[]): SweepColumn[] {
  if (blocks.length === 1) return [...blocks[0]];
  return blocks[0].map(({ name, type, values: first }, c) => {
    const parts = blocks.map((columns) => columns[c].values);
    if (Array.isArray(first)) return { name, type, values: (parts as string[][]).flat() };
    const Type = first.constructor as new (length: number) => Float64Array;
    const all = new Type(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part as Float64Array, at);
      at += part.length;
    }
    return { name, type, values: all };
  });
}
