// Rows as bytes of a file: Parquet, CSV and lines of JSON.

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
  if (format === "csv") chunks.push(`${blocks[0].map(({ name }) => csvCell(name)).join()}\n`);
  for (const columns of blocks) chunks.push(format === "csv" ? csvLines(columns) : jsonLines(columns));
  return Buffer.from(chunks.join(""));
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
