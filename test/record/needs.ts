import { expect, it } from "vitest";
import { definePolicy, type Policy, renderHeaders, securityHeaders } from "../../src/index.js";
import type { Consent } from "../../src/record/proposal.js";
import { type Outcome, type Recording, record } from "../../src/record/record.js";
import { VIEWPORTS } from "../../src/record/walk.js";
import { recordersBrowser, type Served, serveSite } from "../browser/support.js";

/** What a recording of a site proposes, without the port of its server. */
export interface Proposed {
  readonly outcome: Outcome;
  /** The directives of the CSP, and the other headers, that differ from those of the observed policy; their values in the proposal. */
  readonly changes: Readonly<Record<string, string>>;
  readonly pending: readonly string[];
  readonly needed: readonly string[];
}

/** How a site is recorded. */
export interface Site {
  readonly pages: Readonly<Record<string, Served>>;
  /** Default: `strict`. */
  readonly policy?: Policy;
  readonly accepted?: readonly Consent[];
  /** The paths that are visited. Default: `/`. */
  readonly visits?: readonly string[];
}

/** Serves pages over https as `site.test`, as every other host of `*.test` too, and records them. */
export async function recordSite({ pages, policy = definePolicy("strict"), accepted = [], visits = ["/"] }: Site): Promise<{
  readonly recording: Recording;
  readonly proposed: Proposed;
  /** What a policy, by default the proposed one, blocks of two scripts that somebody put into the first page. */
  readonly blocks: (policy?: Policy) => Promise<readonly string[]>;
}> {
  const served: Record<string, Served> = { ...pages };
  const { port } = await serveSite(served, { secure: true });
  const recording = await record(policy, {
    browser: await recordersBrowser(),
    starts: visits.map((path) => new URL(path, `https://site.test:${port}`)),
    pages: 10,
    depth: 0,
    include: [],
    exclude: [],
    viewports: [VIEWPORTS.desktop],
    flow: undefined,
    seconds: 15,
    pictures: false,
    context: { ignoreHTTPSErrors: true },
    headers: {},
    signal: new AbortController().signal,
    onProgress: () => undefined,
    accepted: new Set(accepted),
    prove: true,
    // The pages of the table load at once.
    quiet: 150,
  });
  const blocks = async (enforced = recording.proposal.policy) => {
    const body = `${String(pages[visits[0] as string]?.body)}${INJECTED}`;
    served["/injected"] = { body, policy: securityHeaders(enforced) };
    served["/foreign.js"] = { type: "text/javascript", body: "globalThis.injected = 'file'" };
    return blockedOn(`https://site.test:${port}/injected`);
  };
  return { recording, proposed: proposedBy(policy, recording, port), blocks };
}

/** What an attacker has put into a page. */
const INJECTED = "<script>globalThis.injected = 'inline'</script><script src=https://foreign.test:PORT/foreign.js></script>";

/** What of the injected scripts is blocked, and what has run. */
async function blockedOn(address: string): Promise<readonly string[]> {
  const context = await (await recordersBrowser()).newContext({ ignoreHTTPSErrors: true });
  try {
    await context.addInitScript({
      content: `globalThis.blocked = [];
        addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => blocked.push([effectiveDirective, blockedURI, sample]), true)`,
    });
    const page = await context.newPage();
    await page.goto(address);
    const [injected, all] = (await page.evaluate("[globalThis.injected ?? '', blocked]")) as [string, readonly (readonly string[])[]];
    const foreign = all.some(([directive, url]) => directive === "script-src-elem" && url?.endsWith("/foreign.js"));
    const inline = all.filter(([directive, url]) => directive === "script-src-elem" && url === "inline").length > 0;
    return [...(inline ? ["inline"] : []), ...(foreign ? ["foreign"] : []), ...(injected === "" ? [] : [`ran: ${injected}`])];
  } finally {
    await context.close();
  }
}

function proposedBy(policy: Policy, { outcome, proposal }: Recording, port: number): Proposed {
  const plain = (text: string) => text.replaceAll(`:${port}`, "");
  const [before, after] = [directivesOf(policy), directivesOf(proposal.policy)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return {
    outcome,
    changes: Object.fromEntries(
      [...names].filter((name) => before[name] !== after[name]).map((name) => [name, plain(after[name] ?? "absent")]),
    ),
    pending: proposal.pending.map(({ consent, message, code }) => plain(`${consent}: ${code === undefined ? message : code.text}`)),
    needed: proposal.needed.map(({ message }) => plain(message)),
  };
}

/** The headers of a policy, with each directive of the CSP and each feature of the Permissions-Policy by its own name. */
function directivesOf(policy: Policy): Readonly<Record<string, string>> {
  const {
    "Content-Security-Policy": csp = "",
    "Permissions-Policy": features = "",
    ...others
  } = renderHeaders(policy, { nonce: "bm9uY2U=" });
  const split = (text: string, by: string, between: string) =>
    text.split(by).map((one) => {
      const [name = "", ...rest] = one.split(between);
      return [name, rest.join(between)] as const;
    });
  return { ...others, ...Object.fromEntries([...split(csp, "; ", " "), ...split(features, ", ", "=")]) };
}

/** A page that needs one thing, and what is proposed for it. */
export interface Need extends Omit<Site, "pages"> {
  readonly it: string;
  /** Into the body of `/`, after a paragraph with the id x. */
  readonly html: string;
  /** More of the site. */
  readonly files?: Readonly<Record<string, Served>>;
  /** Of the response of `/`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly changes?: Readonly<Record<string, string>>;
  readonly pending?: readonly string[];
  readonly needed?: readonly string[];
}

/** A script file, and other files by their type. */
export const js = (body: string): Served => ({ type: "text/javascript", body });
export const css = (body: string): Served => ({ type: "text/css", body });

/** A page with the paragraph x, which scripts write into: what they wrote is part of the proof. */
export const page = (html: string, headers: Readonly<Record<string, string>> = {}): Served => ({
  headers,
  body: `<!doctype html><title>page</title><body><p id=x>text</p>${html}`,
});

/** Each page takes three walks in a browser: without this, every third page is walked. `npm run test:record` walks all. */
const ALL = process.env["RECORD"] === "all";

/** For each page one test: what is proposed, and that the policy is proven; where it is, that it blocks injected scripts. */
export function itProposes(needs: readonly Need[]): void {
  for (const [index, need] of needs.entries()) {
    it.skipIf(!ALL && index % 3 !== 0)(need.it, { timeout: 120_000 }, () => expectProposal(need));
  }
}

async function expectProposal({ html, files = {}, headers, changes = {}, pending = [], needed = [], ...site }: Need): Promise<void> {
  const { proposed, blocks } = await recordSite({ ...site, pages: { "/": page(html, headers), ...files } });
  const outcome = pending.length + needed.length > 0 ? "not enforceable" : "proven";
  expect(proposed).toEqual({ outcome, changes, pending, needed });
  if (outcome === "proven") expect(await blocks()).toEqual(["inline", "foreign"]);
}
