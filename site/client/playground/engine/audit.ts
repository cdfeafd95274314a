import { type Audit, audit, type Comparison, compare, type Explained, explain } from "../../../../src/audit/index.js";
import { type HeaderRow, headerRows } from "../../../../src/cli/header-rows.js";
import { MOST_HEADERS } from "../limits.js";
import { type Answer, answer, tooLong } from "./answer.js";
import { type Pasted, readPasted } from "./pasted.js";

/** What the library says of headers. */
export interface Checked extends Pick<Pasted, "kind" | "headers" | "status" | "notes">, Pick<Audit, "findings" | "score" | "services"> {
  /** Each header with its rating, as `portcullis check` lists them. */
  readonly rows: readonly HeaderRow[];
  readonly explained: readonly Explained[];
}

/** Audits and explains a pasted text. */
export function check(text: string): Answer<Checked> {
  return (
    tooLong(text, MOST_HEADERS) ??
    answer(() => {
      const { kind, input, headers, status, notes } = readPasted(text);
      const { findings, score, services } = audit(input, status === undefined ? {} : { status });
      return {
        kind,
        headers,
        status,
        notes: kind === "csp" ? [ALONE] : notes,
        findings,
        score,
        services,
        rows: headerRows(headers, findings),
        explained: explain(input),
      };
    })
  );
}

const ALONE = "Only a Content-Security-Policy: every other header counts as absent.";

/** The comparison of two pasted texts, and what of them was left out. */
export interface Compared extends Comparison {
  readonly notes: readonly string[];
}

/** Compares two pasted texts; of mistakes, the path begins with `before` or `after`. */
export function compareTexts(before: string, after: string): Answer<Compared> {
  const read = (text: string, side: string): Answer<Pasted> => {
    const found = tooLong(text, MOST_HEADERS) ?? answer(() => readPasted(text));
    if (found.ok) return found;
    return { ok: false, mistakes: found.mistakes.map((one) => ({ ...one, path: one.path === "" ? side : `${side}: ${one.path}` })) };
  };
  const [was, is] = [read(before, "before"), read(after, "after")];
  if (!was.ok || !is.ok) return { ok: false, mistakes: [was, is].flatMap((side) => (side.ok ? [] : side.mistakes)) };
  const notesOf = ({ kind, notes }: Pasted, side: string) =>
    [...notes, ...(kind === "csp" ? [ALONE] : [])].map((note) => `${side}: ${note}`);
  const notes = was.value.kind === "csp" && is.value.kind === "csp" ? [] : [...notesOf(was.value, "Before"), ...notesOf(is.value, "After")];
  return answer(() => ({ ...compare(was.value.input, is.value.input), notes }));
}
