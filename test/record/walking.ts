import type http from "node:http";
import { onTestFinished } from "vitest";
import { definePolicy, type Policy } from "../../src/index.js";
import type { Evidence } from "../../src/record/evidence.js";
import type { Mode } from "../../src/record/headers.js";
import { newRecorder, type RecorderOptions } from "../../src/record/run.js";
import { VIEWPORTS, type Walked } from "../../src/record/walk.js";
import { CHROMIUM, launchChromium, recordersBrowser } from "../browser/support.js";
import { listen, serve } from "../http/support.js";

export { CHROMIUM };

export const newBrowser = launchChromium;

export { recordersBrowser as sharedBrowser };

/** What answers a path: HTML, or a function. Everything else is 404. */
export type Pages = Readonly<Record<string, string | http.RequestListener>>;

export interface Server {
  readonly port: number;
  /** Requests but for icons: method, host without its port, path, and `Authorization` where it came. */
  readonly asked: string[];
}

/** Serves pages until the test is over. */
export async function servePages(pages: Pages): Promise<Server> {
  const asked: string[] = [];
  const port = await serve((req, res) => answer(pages, asked, req, res));
  return { port, asked };
}

function answer(pages: Pages, asked: string[], req: http.IncomingMessage, res: http.ServerResponse): void {
  const url = req.url ?? "/";
  if (url === "/favicon.ico") return void res.writeHead(204).end();
  const { host = "", authorization } = req.headers;
  asked.push([req.method, host.replace(/:\d+$/, "") + url, ...(authorization === undefined ? [] : [authorization])].join(" "));
  const page = pages[url] ?? pages[url.split("?")[0] ?? ""];
  if (typeof page === "function") return page(req, res);
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  if (page === undefined) return void res.writeHead(404).end("<title>404</title>nothing here");
  res.end(page.replaceAll("PORT", host.split(":")[1] ?? ""));
}

export { listen };

/** A walk's settings that a test changes. */
export type Walking = Partial<RecorderOptions> & { readonly mode?: Mode; readonly policy?: Policy; readonly again?: readonly string[] };

/** A policy that blocks styles and nothing else; images would include the icon of each site. */
export const NO_STYLES = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["*", "unsafe-inline"], styleSrc: ["none"] } });

/** One walk over a site, with limits for tests. */
export async function walkOver(
  start: string,
  { mode = "observe", policy = NO_STYLES, again, ...changes }: Walking = {},
): Promise<{
  readonly walked: Walked;
  readonly evidence: Evidence;
}> {
  const recorder = await newRecorder({
    starts: [new URL(start)],
    pages: 10,
    depth: 3,
    include: [],
    exclude: [],
    viewports: [VIEWPORTS.desktop],
    flow: undefined,
    seconds: 6,
    pictures: false,
    browser: changes.browser ?? (await recordersBrowser()),
    context: {},
    headers: {},
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...changes,
  });
  onTestFinished(() => recorder.close());
  const collector = recorder.newEvidence();
  const walked = await recorder.walk(policy, mode, collector, again);
  return { walked, evidence: collector.evidence() };
}

/** Paths of the pages that were seen, with the status of each. */
export const pathsOf = ({ pages }: Walked): readonly string[] => pages.map(({ url, status }) => `${status} ${pathOf(url)}`);

const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, "");

/** Notes without the port of the server. */
export const notesOf = ({ notes }: Walked): readonly string[] => notes.map((note) => note.replace(/:\d{4,5}\b/g, ""));

/** What a policy has blocked, as `"style-src-elem self on /route"`. */
export const blockedOf = ({ groups }: Evidence): readonly string[] =>
  groups.map(({ directive, blocked, route }) => `${directive} ${blocked} on ${route}`).sort();
