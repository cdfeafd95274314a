import { bare, record } from "../../values/own.js";

/** A table, and each of its rows, without prototypes: only what is written in it is found at run time. */
export function bareRows<Row extends object>(table: Readonly<Record<string, Row>>): Readonly<Record<string, Row | undefined>> {
  return record(Object.entries(table).map(([key, row]) => [key, bare(row)] as const));
}
