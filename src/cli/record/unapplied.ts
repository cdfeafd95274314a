import { issueCollector } from "../../errors.js";
import type { ExportRoute } from "../../export/index.js";
import { contains, normalised, type RoutePath, readRoutePath } from "../../middleware/routes.js";
import type { Outcome, Recording } from "../../record/record.js";

/** The routes of a policy, which a walk leaves out: it enforces the policy of the site on every page. */
export interface Unapplied {
  /** Their paths: `"/embed"`, `"/api/*"`. */
  readonly routes: readonly string[];
  /** Pages of the walk that one of them matches: they would have another policy, which nothing has proven. */
  readonly pages: readonly string[];
  /** Documents in frames, popups and workers of these pages that one of them matches, for the same reason. */
  readonly inPages: readonly string[];
}

/** A recording with a policy that may have routes. */
export interface RoutedRecording extends Recording {
  /** Undefined for a policy without routes. */
  readonly unapplied?: Unapplied | undefined;
}

/**
 * Reads the paths of the routes that a walk leaves out.
 *
 * @throws {PolicyError} for each one that is not a path.
 */
export function readUnapplied(routes: readonly ExportRoute[]): readonly RoutePath[] {
  const { report, throwIfAny } = issueCollector();
  const paths = routes.flatMap(({ path }, index) => readRoutePath(path, report, index) ?? []);
  throwIfAny();
  return paths;
}

/** A recording that tells which of its pages and their frames a route matches; with such a document it has proven nothing. */
export function withUnapplied(recording: Recording, paths: readonly RoutePath[]): RoutedRecording {
  if (paths.length === 0) return recording;
  const urls = recording.walks.flatMap(({ pages }) => pages.map(({ url }) => url.split(" (", 1)[0] as string));
  const matched = (some: readonly string[]) =>
    [...new Set(some)].filter((url) => URL.canParse(url) && isMatched(new URL(url).pathname, paths));
  const pages = matched(urls);
  const inPages = matched(recording.walks.flatMap(({ documents }) => documents)).filter((url) => !pages.includes(url));
  const routes = [...new Set(paths.map(({ path, below }) => `${path}${below ? "*" : ""}`))];
  const isTried = pages.length + inPages.length === 0;
  const outcome = recording.outcome === "proven" && !isTried ? "not proven" : recording.outcome;
  return { ...recording, outcome, unapplied: { routes, pages, inPages } };
}

function isMatched(pathname: string, paths: readonly RoutePath[]): boolean {
  const path = normalised(pathname);
  return paths.some((one) => contains(one, { path, below: false }));
}

/** How a recording ended, as a sentence. */
const OUTCOMES: Readonly<Record<Outcome, string>> = {
  proven: "Proven: with this policy enforced, every page of the walk worked as before, and nothing was blocked.",
  "not proven": "Not proven: with this policy enforced, something differs.",
  "not enforceable": "Not enforceable yet: first settle what is to be confirmed and what is to be changed in the site.",
  "not tried": "Not proven: the policy was not tried. Run portcullis prove with it, or record without --no-prove.",
};

/** How a recording ended, and what its routes make of that. */
export function outcomeText({ outcome, proof, unapplied }: RoutedRecording): string {
  const partly = outcome === "proven" && proof?.masks.some(({ lines }) => lines > 0) ? ", as far as it was compared" : "";
  if (unapplied === undefined) return OUTCOMES[outcome].replace(" worked as before", ` worked as before${partly}`);
  const { routes, pages, inPages } = unapplied;
  const left = routes.length === 1 ? `route ${routes[0]} was` : `routes ${listText(routes)} were`;
  const matched = [
    ...(pages.length === 0 ? [] : [`these pages of the walk match one: ${listText(pages)}`]),
    ...(inPages.length === 0 ? [] : [`these frames, popups or workers in pages of the walk match one: ${listText(inPages)}`]),
  ];
  const where = matched.length === 0 ? "no page of the walk matches one, and no frame, popup or worker in one" : matched.join("; ");
  if (outcome === "proven") {
    return `Proven without routes: every page of the walk worked as before${partly}, and nothing was blocked. The ${left} not applied; ${where}.`;
  }
  if (outcome === "not proven" && proof?.isClean && matched.length > 0) {
    return `Not proven: the ${left} not applied, and ${where}. With the policy of the site in its place, nothing was blocked.`;
  }
  return `${OUTCOMES[outcome]} The ${left} not applied; ${where}.`;
}

const MOST_NAMED = 5;

function listText(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
