import { type Audit, audit } from "../../audit/index.js";
import { readPage } from "../../audit/page.js";
import { firstPolicies } from "../../headers/content-security-policy/wire.js";
import { parseHeaders } from "../../policy/parse.js";
import { isPolicy } from "../../policy/policy.js";
import { usage } from "../arguments.js";
import { readInput } from "../input/index.js";
import type { FetchOptions } from "../input/site.js";
import { readText } from "../input/text.js";
import { LONGEST_PAGE } from "../limits.js";
import { type Markup, readMarkup } from "../markup.js";
import { type Proof, proofOf, UNWATCHED } from "../proof.js";
import type { Secrets } from "../secrets.js";
import { readSubject, routeSubjects, type Subject } from "../subject.js";

/** What was read, and what was found; without the secrets of the command line. */
export interface Judged extends Omit<Subject, "routes"> {
  readonly audited: Audit;
  /** Whether it can be enforced; undefined where there is no Content-Security-Policy. */
  readonly proof: Proof | undefined;
  /** What the HTML shows; undefined without --html. */
  readonly markup: Markup | undefined;
}

/** One site, file or policy. */
export interface Checked extends Judged {
  /** What a policy file sends on the paths of its routes, the broadest first. */
  readonly routes: readonly JudgedRoute[];
}

/** What a policy sends on the path of a route. */
export interface JudgedRoute extends Judged {
  /** As it is written: `"/embed"`, `"/api/*"`. */
  readonly path: string;
}

/** One argument of `check` that could not be read. */
export interface Unread {
  readonly name: string;
  /** Why, in lines. */
  readonly errors: readonly string[];
}

export type Result = Checked | Unread;

/** What to look at besides the headers. */
export interface Look {
  /** A store of reports. */
  readonly reports?: string | undefined;
  readonly html?: boolean | undefined;
  /** A file with the HTML. */
  readonly page?: string | undefined;
}

/**
 * Reads and audits one argument of `check`.
 *
 * @throws {Failure} if it cannot be read.
 */
export async function lookAt(word: string, { reports, html, page }: Look, options: FetchOptions, secrets: Secrets): Promise<Checked> {
  const subject = await readSubject(word, options);
  const routes = routeSubjects(subject).map((route) => ({ ...route, audited: audit(route.input), proof: undefined, markup: undefined }));
  const audited = audit(subject.input, subject.context);
  const proof = await proofFor(subject, reports);
  const markup = html || page !== undefined ? await markupOf(subject, page) : undefined;
  const left = [page !== undefined && "--page", reports !== undefined && "--reports"].filter((flag) => flag !== false);
  const isLeft = routes.length > 0 && left.length > 0;
  const note = `${left.join(" and ")} ${left.length > 1 ? "are" : "is"} compared with ${subject.name} without its routes.`;
  const notes = [...subject.notes, ...(isLeft ? [note] : [])];
  return { ...subject, ...secrets.without({ ...shownOf(subject), notes, audited, proof, markup }), routes: secrets.without(routes) };
}

/** What is printed of a subject: never its page, which may be a megabyte. */
const shownOf = ({ name, headers, context: { html: _page, ...context }, hops, notes }: Subject) => ({
  name,
  headers,
  context,
  hops,
  notes,
});

/** Undefined where there is no Content-Security-Policy to prove. */
async function proofFor({ input, headers }: Subject, word: string | undefined): Promise<Proof | undefined> {
  const hasCsp = headers.some(([name]) => /^content-security-policy(?:-report-only)?$/i.test(name));
  if (word === undefined) return hasCsp ? UNWATCHED : undefined;
  const [{ learn }, { groups }] = await Promise.all([import("../../reports/index.js"), readInput(word, ["reports"])]);
  return proofOf(learn(isPolicy(input) ? input : parseHeaders(input), groups), groups);
}

/** Reads the page that was fetched, or the file of --page. */
async function markupOf({ headers, context }: Subject, file: string | undefined): Promise<Markup> {
  const html = file === undefined ? context.html : await readText(file, file, { bytes: LONGEST_PAGE });
  if (html === undefined) throw usage(["--html needs a page: write the address of a site, or --page <file>."], "check");
  const values = (name: string) => headers.flatMap(([one, value]) => (one.toLowerCase() === name ? [value] : []));
  const policies = [...firstPolicies(values("content-security-policy")), ...readPage(html, context.url).policies];
  return readMarkup(html, policies, values("cross-origin-opener-policy")[0], context.url);
}
