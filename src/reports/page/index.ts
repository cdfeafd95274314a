import type { Patch } from "../../headers/patch.js";
import { nonceOf } from "../../middleware/in-force.js";
import { refuseRequest } from "../../middleware/pass.js";
import { securityHeaders } from "../../middleware/security-headers.js";
import type { Middleware, RequestLike, ResponseLike } from "../../middleware/types.js";
import { nonce } from "../../values/slots.js";
import type { Group } from "../group.js";
import type { Learned } from "../learn/learned.js";
import { learn } from "../learn.js";
import { isGroup } from "../read-groups.js";
import type { ReportStore } from "../stores/store.js";
import { detailPage } from "./detail.js";
import { readFilter } from "./filter.js";
import { type Content, html, htmlText, type Markup } from "./html.js";
import { type ReportsPageOptions, readPageOptions } from "./options.js";
import { overviewPage } from "./overview.js";
import { STYLE } from "./style.js";

export type { ReportsPageOptions } from "./options.js";

/** The page loads nothing. Its style has a nonce, and its form goes to the page itself. */
const HEADERS: Patch = {
  contentSecurityPolicy: { defaultSrc: ["none"], styleSrc: [nonce], formAction: ["self"], baseUri: ["none"], frameAncestors: ["none"] },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "no-referrer",
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  cacheControl: "no-store",
};

type PageRequest = RequestLike & { readonly method?: string; readonly url?: string };
type PageResponse = ResponseLike & { statusCode: number; end(text?: string): unknown };

/** What is shown, and its status. */
interface Answer {
  readonly status: 200 | 404 | 405 | 500;
  readonly body: Markup;
}

/**
 * A page on what browsers reported: when, what and where, and what `learn` would add to the policy. It works without JavaScript, loads
 * nothing, and has its own strict policy. Mount it behind a middleware that decides who may see it:
 * `app.use("/reports", requireAdmin, reportsPage({ store, behindAuth: true }))`.
 *
 * @param options the store, and the policy to learn for.
 * @returns a middleware that answers GET and HEAD; errors of the store go to `next`.
 * @throws {PolicyError} at boot, with all mistakes in the options, and where `NODE_ENV` is production without `behindAuth: true`.
 */
export function reportsPage(options: ReportsPageOptions, ...none: readonly []): Middleware {
  refuseRequest("reportsPage", [options, ...none]);
  const { store, policy, learn: learnOptions } = readPageOptions(options);
  // At boot: a policy without a CSP is a mistake of its author.
  if (policy !== undefined) learn(policy, [], learnOptions);
  const proposalOf = policy && perRevision((groups) => learn(policy, groups.filter(isGroup), learnOptions));
  const putHeaders = securityHeaders("none", HEADERS);

  function send(req: PageRequest, res: PageResponse, { status, body }: Answer): void {
    if (res.headersSent) return;
    putHeaders(req, res);
    const text = documentOf(body, nonceOf(res));
    res.statusCode = status;
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(req.method === "HEAD" ? undefined : text);
  }

  return function reportsPage(request, response, next) {
    const [req, res] = [request as PageRequest, response as PageResponse];
    const { method = "GET" } = req;
    if (method !== "GET" && method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD");
      return send(req, res, { status: 405, body: html`<h1>Method not allowed</h1>` });
    }
    answerTo(new URLSearchParams((req.url ?? "").split("?", 2)[1] ?? ""), store, proposalOf)
      .then((answer) => send(req, res, answer))
      .catch((error: unknown) => {
        if (next === undefined) send(req, res, { status: 500, body: html`<h1>The reports cannot be read</h1>` });
        else next(error);
      });
  };
}

type ProposalOf = (revision: string | undefined, groups: readonly Group[]) => Learned;

/** The page of one group, or of all. */
async function answerTo(query: URLSearchParams, store: ReportStore, proposalOf: ProposalOf | undefined): Promise<Answer> {
  const id = query.get("group");
  if (id !== null) {
    const group = (await store.groups()).find((one) => one.id === id);
    return { status: group === undefined ? 404 : 200, body: detailPage(group) };
  }
  // Read before the groups: a proposal may be newer than its revision, but never older.
  const revision = proposalOf && (await store.revision?.());
  const [groups, stats, timeline] = await Promise.all([store.groups(), store.stats(), store.timeline()]);
  const learned = proposalOf?.(revision, groups);
  const body = overviewPage({ groups, stats, timeline, now: Date.now(), filter: readFilter(query, groups), learned });
  return { status: 200, body };
}

/** Learning is slow, so it runs once for each revision of the store. */
function perRevision(make: (groups: readonly Group[]) => Learned): ProposalOf {
  let last: { readonly revision: string; readonly learned: Learned } | undefined;
  return (revision, groups) => {
    if (revision === undefined) return make(groups);
    if (last?.revision !== revision) last = { revision, learned: make(groups) };
    return last.learned;
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
${body}
</body>
</html>
`);
}
