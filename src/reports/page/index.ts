import type { Patch } from "../../headers/patch.js";
import { nonceOf } from "../../middleware/in-force.js";
import { refuseRequest } from "../../middleware/pass.js";
import { securityHeaders } from "../../middleware/security-headers.js";
import type { Middleware, RequestLike, ResponseLike } from "../../middleware/types.js";
import { own } from "../../values/own.js";
import { nonce } from "../../values/slots.js";
import { type BodyStream, discard } from "../body.js";
import type { Group } from "../group.js";
import type { Learned } from "../learn/learned.js";
import { LIMITS } from "../limits.js";
import type { ReportStore } from "../stores/store.js";
import { subjectOf } from "../subject.js";
import { groupPage, sourcePage } from "./detail.js";
import { EXPORTS, type Exported, type ExportedFile } from "./export.js";
import { type Content, html, htmlText, type Markup } from "./html.js";
import { type ReportsPageOptions, readPageOptions } from "./options.js";
import { overviewPage } from "./overview.js";
import { type Learner, learnerOf, type Proposal } from "./proposal.js";
import { type IsNew, rowsIn } from "./rows.js";
import { addressOfSource } from "./source-table.js";
import { STYLE } from "./style.js";
import { type Clock, clockIn } from "./time.js";
import { addressOfView, readView } from "./view.js";
import { isOfOwnOrigin, readWrite } from "./write.js";

export type { ReportsPageOptions } from "./options.js";

/** The page loads nothing. Its style has a nonce, and its forms go to the page itself; with `no-referrer` these would have no origin. */
const HEADERS: Patch = {
  contentSecurityPolicy: { defaultSrc: ["none"], styleSrc: [nonce], formAction: ["self"], baseUri: ["none"], frameAncestors: ["none"] },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "same-origin",
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  cacheControl: "no-store",
};

type PageRequest = RequestLike & BodyStream & { readonly method?: string; readonly url?: string };
type PageResponse = ResponseLike & { statusCode: number; end(text?: string): unknown };

/** What is sent, and its status. */
interface Answer {
  readonly status: 200 | 303 | 400 | 403 | 404 | 405 | 500;
  readonly headers?: Readonly<Record<string, string>>;
  /** The page, or the text of a file. */
  readonly body: Markup | string;
}

/** What the page knows besides the request. */
interface Site {
  readonly store: ReportStore;
  readonly clock: Clock;
  /** The share of the responses that ask for reports, of the policy; undefined where all do, and without a policy. */
  readonly sample: number | undefined;
  /** Undefined without a recording. */
  readonly isNew: IsNew;
  /** The proposal for these groups, which the store had at this revision; undefined without a policy. */
  readonly proposalOf: (revision: string | undefined, groups: readonly Group[]) => Proposal | undefined;
}

/**
 * A page on what browsers reported: what `learn` would add to the policy, what to do about each source, when and where it happened. It
 * works without JavaScript, loads nothing, and has its own strict policy. Mount it behind a middleware that decides who may see it:
 * `app.use("/reports", requireAdmin, reportsPage({ store, behindAuth: true }))`.
 *
 * Sources can be ignored, and exported as CSV and JSON. What is ignored is kept in the store, for all processes; `store.groups()` marks its
 * groups as `ignored`, and `learn` does not use them. A POST that ignores must come from the page's own origin.
 *
 * With `recorded`, what browsers report and the recordings do not have is marked as new, and can be shown alone.
 *
 * Where the policy has a `reporting.sample`, the page says so and scales the numbers of reports, but not clients and days. Exports have
 * them as counted, with the sample beside them.
 *
 * @param options the store, and the policy to learn for.
 * @returns a middleware that answers GET, HEAD and POST; errors of the store go to `next`.
 * @throws {PolicyError} at boot, with all mistakes in the options, and where `NODE_ENV` is production without `behindAuth: true`.
 */
export function reportsPage(options: ReportsPageOptions, ...none: readonly []): Middleware {
  refuseRequest("reportsPage", [options, ...none]);
  const { store, policy, learn = {}, isNew, timeZone = "UTC" } = readPageOptions(options);
  // At boot: a policy without a CSP is a mistake of its author.
  const learner = policy && learnerOf(policy, learn);
  learner?.learn([]);
  const site: Site = { store, clock: clockIn(timeZone), sample: learner?.sample, proposalOf: perRevision(learner), isNew };
  const putHeaders = securityHeaders("none", HEADERS);

  function send(req: PageRequest, res: PageResponse, { status, headers = {}, body }: Answer): void {
    if (res.headersSent) return;
    putHeaders(req, res);
    const text = typeof body === "string" ? body : documentOf(body, nonceOf(res));
    res.statusCode = status;
    for (const [name, value] of Object.entries({ "Content-Type": "text/html; charset=utf-8", ...headers })) res.setHeader(name, value);
    res.end(req.method === "HEAD" ? undefined : text);
  }

  return function reportsPage(request, response, next) {
    const [req, res] = [request as PageRequest, response as PageResponse];
    answerTo(req, site)
      .then((answer) => send(req, res, answer))
      .catch((error: unknown) => {
        if (next === undefined) send(req, res, { status: 500, body: html`<h1>The reports cannot be read</h1>` });
        else next(error);
      });
  };
}

async function answerTo(req: PageRequest, site: Site): Promise<Answer> {
  const { method = "GET", url = "" } = req;
  const query = new URLSearchParams(url.split("?", 2)[1] ?? "");
  if (method === "GET" || method === "HEAD") return shown(query, site);
  if (method === "POST" && site.store.setIgnored !== undefined) return written(req, query, site);
  discard(req, LIMITS);
  const allowed = site.store.setIgnored === undefined ? "GET, HEAD" : "GET, HEAD, POST";
  return { status: 405, headers: { Allow: allowed }, body: html`<h1>Method not allowed</h1>` };
}

/** The page of one group, of one source, or of all; or a file. */
async function shown(query: URLSearchParams, { store, clock, sample, isNew, proposalOf }: Site): Promise<Answer> {
  const id = query.get("group");
  if (id !== null) {
    const group = (await store.groups()).find((one) => one.id === id);
    return { status: group === undefined ? 404 : 200, body: groupPage(group, clock, sample) };
  }
  // Read before the groups: a proposal may be newer than its revision, but never older.
  const revision = await store.revision?.();
  const [groups, stats, timeline, ignored] = await Promise.all([store.groups(), store.stats(), store.timeline(), store.ignored?.()]);
  const proposal = proposalOf(revision, groups);
  const view = readView(query, groups);
  const subject = query.get("source");
  if (subject !== null) {
    const body = sourcePage({ subject, groups, proposal, clock, canIgnore: ignored !== undefined, page: view.page, isNew });
    return body === undefined ? { status: 404, body: groupPage(undefined, clock, sample) } : { status: 200, body };
  }
  const now = Date.now();
  const exportAs = own(EXPORTS, query.get("export") ?? "") as ((exported: Exported) => ExportedFile) | undefined;
  if (exportAs !== undefined) {
    const { headers, text } = exportAs({ rows: rowsIn(view, groups, isNew), stats, proposal, now });
    return { status: 200, headers, body: text };
  }
  return { status: 200, body: overviewPage({ groups, stats, timeline, now, view, proposal, clock, ignored, isNew }) };
}

/** Ignores a source, or stops ignoring it, and leads back to where the form was. */
async function written(req: PageRequest, query: URLSearchParams, { store }: Site): Promise<Answer> {
  if (!isOfOwnOrigin(req)) {
    discard(req, LIMITS);
    return { status: 403, body: html`<h1>Refused</h1><p>The form was not sent by this page. Behind a proxy, forward the Host.</p>` };
  }
  const write = await readWrite(req);
  if (write === undefined) return { status: 400, body: html`<h1>This is not the page's form</h1>` };
  const groups = await store.groups();
  // Only what is on the page: else a store could be filled with names.
  if (write.isIgnored && !groups.some((group) => subjectOf(group) === write.subject)) {
    return { status: 404, body: html`<h1>No such source</h1><p><a href="?">All sources</a></p>` };
  }
  await store.setIgnored?.(write.subject, write.isIgnored);
  const source = query.get("source");
  const back = source === null ? addressOfView(readView(query, groups)) : addressOfSource(source);
  return { status: 303, headers: { Location: back }, body: html`<p><a href="${back}">Back</a></p>` };
}

/** Learning is slow, so it runs once for each revision of the store. */
function perRevision(learner: Learner | undefined): Site["proposalOf"] {
  if (learner === undefined) return () => undefined;
  let last: { readonly revision: string; readonly learned: Learned } | undefined;
  return (revision, groups) => {
    if (revision === undefined) return { ...learner, learned: learner.learn(groups) };
    if (last?.revision !== revision) last = { revision, learned: learner.learn(groups) };
    return { ...learner, learned: last.learned };
  };
}

function documentOf(body: Content, styleNonce: string): string {
  return htmlText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Violation reports</title>
<style nonce="${styleNonce}">${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`);
}
