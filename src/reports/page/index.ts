import { policyError } from "../../errors.js";
import type { Patch } from "../../headers/patch.js";
import { nonceOf } from "../../middleware/in-force.js";
import { refuseRequest } from "../../middleware/pass.js";
import { securityHeaders } from "../../middleware/security-headers.js";
import type { Middleware, RequestLike, ResponseLike } from "../../middleware/types.js";
import { isPolicy, type Policy } from "../../policy/policy.js";
import { type Option, readOptions, SWITCH } from "../../values/legacy-options.js";
import { nonce } from "../../values/slots.js";
import type { Group } from "../group.js";
import { type Learned, type LearnOptions, learn } from "../learn.js";
import type { ReportStore } from "../stores/store.js";
import { detailPage } from "./detail.js";
import { readFilter } from "./filter.js";
import { type Content, html, textOf } from "./html.js";
import { overviewPage } from "./overview.js";
import { STYLE } from "./style.js";

/** What {@link reportsPage} takes. */
export interface ReportsPageOptions {
  /** The one that `collectReports` writes to. */
  readonly store: ReportStore;
  /** The policy that is observed: then the page also shows what `learn` proposes for it. */
  readonly policy?: Policy | undefined;
  /** For `learn`. */
  readonly learn?: LearnOptions | undefined;
  /** Says that a middleware before this one lets in only who may see it. In production the page does not start without. */
  readonly behindAuth?: boolean | undefined;
}

const OPTIONS: Readonly<Record<keyof ReportsPageOptions, Option>> = {
  store: { fits: (value) => typeof value === "object" && value !== null && "groups" in value, hint: "Write the store of collectReports." },
  policy: { fits: isPolicy, hint: "Write definePolicy(…)." },
  learn: { fits: (value) => typeof value === "object" && value !== null, hint: "Write { minClients: 3 }." },
  behindAuth: SWITCH,
};

/** Nothing but what is in the page; its style by nonce, its form to itself. */
const OWN: Patch = {
  contentSecurityPolicy: { defaultSrc: ["none"], styleSrc: [nonce], formAction: ["self"], baseUri: ["none"], frameAncestors: ["none"] },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "no-referrer",
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
  cacheControl: "no-store",
};

type Asked = RequestLike & { readonly method?: string; readonly url?: string };
type Answering = ResponseLike & { statusCode: number; end(text?: string): unknown };

/**
 * A page about what browsers reported: when, what and where, and what `learn` would add to the policy. Works without JavaScript, loads
 * nothing, and has a strict policy of its own. Mount it behind whatever says who may see it:
 * `app.use("/reports", requireAdmin, reportsPage({ store, behindAuth: true }))`.
 *
 * @param options the store, and what to learn for.
 * @returns a middleware that answers GET and HEAD; what goes wrong in the store goes to `next`.
 * @throws {PolicyError} at once, where an option is wrong, or where `NODE_ENV` is production and nothing says that the page is protected.
 */
export function reportsPage(options: ReportsPageOptions, ...none: readonly []): Middleware {
  refuseRequest("reportsPage", [options, ...none]);
  const { store = noStore(), policy, learn: learning, behindAuth } = readOptions<ReportsPageOptions>("reportsPage", options, OPTIONS);
  if (behindAuth !== true && isProduction()) {
    const hint = "Mount it behind a middleware that asks who it is, and write behindAuth: true.";
    throw policyError("invalid-value", ["reportsPage"], "anybody could read the reports: this is production", hint);
  }
  // At boot: a policy that nothing can be learned for is a mistake of whoever wrote it.
  if (policy !== undefined) learn(policy, [], learning);
  const put = securityHeaders("none", OWN);
  const proposal = policy && perRevision((groups) => learn(policy, groups, learning));

  async function answer(req: Asked, res: Answering): Promise<void> {
    const query = new URLSearchParams((req.url ?? "").split("?", 2)[1] ?? "");
    const now = Date.now();
    const id = query.get("group");
    // Before the groups: so a proposal may be newer than it is called, and never older.
    const revision = id === null && policy !== undefined ? await store.revision?.() : undefined;
    const [groups, stats, timeline] = await Promise.all([store.groups(), store.stats(), store.timeline()]);
    const found = id === null ? undefined : groups.find((group) => group.id === id);
    const body =
      id === null
        ? overviewPage({
            groups,
            stats,
            timeline,
            now,
            filter: readFilter(query, groups),
            learned: proposal?.(revision, groups),
          })
        : detailPage(found);
    send(req, res, id !== null && found === undefined ? 404 : 200, body);
  }

  function send(req: Asked, res: Answering, status: number, body: Content): void {
    if (res.headersSent) return;
    put(req, res);
    const text = document(body, nonceOf(res));
    res.statusCode = status;
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(req.method === "HEAD" ? undefined : text);
  }

  return function reportsPage(req, res, next) {
    const { method = "GET" } = req as Asked;
    if (method !== "GET" && method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD");
      return send(req as Asked, res as Answering, 405, html`<h1>Only to be read</h1>`);
    }
    answer(req as Asked, res as Answering).catch((error: unknown) => {
      if (next === undefined) send(req as Asked, res as Answering, 500, html`<h1>The reports cannot be read</h1>`);
      else next(error);
    });
  };
}

/** Learning takes long: for one version of the store it is done once. */
function perRevision(make: (groups: readonly Group[]) => Learned): (revision: string | undefined, groups: readonly Group[]) => Learned {
  let last: { readonly revision: string; readonly learned: Learned } | undefined;
  return (revision, groups) => {
    if (revision === undefined) return make(groups);
    if (last?.revision !== revision) last = { revision, learned: make(groups) };
    return last.learned;
  };
}

function document(body: Content, styleNonce: string): string {
  return textOf(html`<!doctype html>
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

function noStore(): never {
  throw policyError("wrong-type", ["reportsPage", "store"], "no store came", "Write reportsPage({ store }), with that of collectReports.");
}

/** Elsewhere than in Node there is no such variable, and no such page either. */
function isProduction(): boolean {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
  return process?.env?.["NODE_ENV"] === "production";
}
