import { type Audit, audit, type Explained, explain } from "../../../../src/audit/index.js";
import {
  type ComparedPlace,
  comparePlaces,
  isAsSite,
  placesOf,
  placesOfOne,
  type RouteComparison,
  type RoutedComparison,
  type RoutedSide,
} from "../../../../src/cli/compare-routes.js";
import { Failure } from "../../../../src/cli/failure.js";
import { type HeaderRow, headerRows } from "../../../../src/cli/header-rows.js";
import { isPolicy } from "../../../../src/policy/policy.js";
import { MOST_HEADERS, MOST_JUDGED_ROUTES } from "../limits.js";
import { type Answer, answer, tooLong } from "./answer.js";
import { checkSize, type Pasted, readPasted } from "./pasted.js";
import { linesOf } from "./policy.js";

/** What the library says of headers. */
export interface Checked extends Pick<Pasted, "kind" | "headers" | "status" | "notes">, Pick<Audit, "findings" | "score" | "services"> {
  /** Each header with its rating, as `portcullis check` lists them. */
  readonly rows: readonly HeaderRow[];
  readonly explained: readonly Explained[];
  /** Of a policy file: what is found on the path of each route. */
  readonly routes: readonly (Pick<Audit, "findings" | "score"> & { readonly path: string })[];
}

/** Audits and explains a pasted text. */
export function check(text: string): Answer<Checked> {
  return (
    tooLong(text, MOST_HEADERS) ??
    answer(() => {
      const pasted = readSide(text);
      const { kind, input, headers, status, context, notes } = pasted;
      const { findings, score, services } = audit(input, context);
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
        routes: placesIn(pasted, NOTHING).map(({ path, before }) => ({ path, ...audit(before) })),
      };
    })
  );
}

/** In place of a second text. */
const NOTHING = { input: [], routes: [] };

const ALONE = "Only a Content-Security-Policy: every other header counts as absent.";

/** The comparison of two pasted texts, and what of them was left out. */
export interface Compared extends RoutedComparison {
  readonly routes: readonly (RouteComparison & {
    /** Whether the same differs there as on the rest of the site. */
    readonly isAsSite: boolean;
  })[];
  readonly notes: readonly string[];
}

/** Compares two pasted texts; of mistakes, the path begins with `before` or `after`. */
export function compareTexts(before: string, after: string): Answer<Compared> {
  const read = (text: string, side: string): Answer<Pasted> => {
    const found = tooLong(text, MOST_HEADERS) ?? answer(() => readSide(text));
    if (found.ok) return found;
    return { ok: false, mistakes: found.mistakes.map((one) => ({ ...one, path: one.path === "" ? side : `${side}: ${one.path}` })) };
  };
  const [was, is] = [read(before, "before"), read(after, "after")];
  if (!was.ok || !is.ok) return { ok: false, mistakes: [was, is].flatMap((side) => (side.ok ? [] : side.mistakes)) };
  const notesOf = ({ kind, notes }: Pasted, side: string) =>
    [...notes, ...(kind === "csp" ? [ALONE] : [])].map((note) => `${side}: ${note}`);
  const notes = was.value.kind === "csp" && is.value.kind === "csp" ? [] : [...notesOf(was.value, "Before"), ...notesOf(is.value, "After")];
  return answer(() => {
    const sides = [was.value, is.value] as const;
    const { verdict, headers, routes } = comparePlaces(...sides, placesIn(...sides));
    const shown = routes.map((route) => ({ ...route, isAsSite: isAsSite(route.headers, headers) }));
    return { verdict, headers, routes: shown, notes: [...notes, ...responseNotes(...sides)] };
  });
}

/** A pasted text whose routes are valid, and not too many. */
function readSide(text: string): Pasted {
  const pasted = readPasted(text);
  const count = pasted.routes.length;
  if (count > MOST_JUDGED_ROUTES)
    throw new Failure([`The policy has ${count} routes, and at most ${MOST_JUDGED_ROUTES} are read here.`], 1, MORE);
  placesOfOne(pasted);
  return pasted;
}

const MORE = "The command line reads more.";

/** The paths of all routes, where what is sent there is not too long. */
function placesIn(before: RoutedSide, after: RoutedSide): readonly ComparedPlace[] {
  const places = placesOf(before, after);
  for (const side of ["before", "after"] as const) {
    checkSize(places.flatMap(({ [side]: sent }) => (isPolicy(sent) ? linesOf(sent) : [])));
  }
  return places;
}

/** Of headers, which have no routes, beside a policy that has. */
function responseNotes(before: Pasted, after: Pasted): readonly string[] {
  if (before.routes.length + after.routes.length === 0) return [];
  const sides = [["Before", before] as const, ["After", after] as const].filter(([, { kind }]) => kind !== "policy");
  return sides.map(([side]) => `${side}: one response, which is compared with every route.`);
}
