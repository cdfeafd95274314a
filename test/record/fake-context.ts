import { EventEmitter } from "node:events";
import type { Browser, BrowserContext } from "playwright-core";
import { type FakeProtocol, fakeProtocol, type PausedEvent } from "./fake-protocol.js";

/** A context of Chromium without a Chromium, and what it was called with. */
export interface FakeContext extends FakeProtocol {
  readonly context: BrowserContext;
  /** The events of the context, which tests send. */
  readonly events: EventEmitter;
  /** Loads a document; returns its headers, and where it reports to. */
  load(url: string, more?: Partial<PausedEvent>): Promise<{ readonly headers: readonly string[]; readonly reportUri: string }>;
  /** Reports an image that a policy blocks. */
  report(reportUri: string, document: string, image: string): Promise<void>;
  /** Pages that the code under test has opened and not closed. */
  openPages(): number;
}

/** What a test changes of the context. */
export interface FakeContextOptions {
  readonly cookies?: readonly string[];
  /** Whether a function cannot be exposed to its pages. */
  readonly refusesBindings?: boolean;
  /** A context of the same browser. */
  readonly beside?: FakeProtocol;
}

const TARGETS = new WeakMap<Browser, BrowserContext[]>();

/** The contexts of a browser: the protocol knows each by its number, and names it for its frame. */
function contextsOf({ browser }: FakeProtocol): BrowserContext[] {
  const all = TARGETS.get(browser) ?? [];
  TARGETS.set(browser, all);
  Object.assign(browser, { browserType: () => ({ name: () => "chromium" }), contexts: () => all });
  return all;
}

/** The protocol of a browser in which contexts have frames. */
function protocolOfContexts(): FakeProtocol {
  const protocol: FakeProtocol = fakeProtocol({
    "Target.getTargets": () => ({
      targetInfos: contextsOf(protocol).map((_, index) => ({ targetId: `frame ${index}`, browserContextId: `context ${index}` })),
    }),
  });
  return protocol;
}

export function fakeContext({ cookies = [], refusesBindings = false, beside }: FakeContextOptions = {}): FakeContext {
  const protocol = beside ?? protocolOfContexts();
  const contexts = contextsOf(protocol);
  const number = contexts.length;
  const events = new EventEmitter();
  let open = 0;
  const newPage = async () => {
    open += 1;
    return {
      async close() {
        open -= 1;
      },
    };
  };
  const context = Object.assign(events, {
    browser: () => protocol.browser,
    pages: () => [],
    newPage,
    newCDPSession: () => protocol.newSession({ "Target.getTargetInfo": () => ({ targetInfo: { browserContextId: `context ${number}` } }) }),
    async exposeBinding() {
      if (refusesBindings) throw new Error("the function is registered already");
    },
    addInitScript: async () => undefined,
    cookies: async () => cookies.map((value) => ({ value })),
  }) as unknown as BrowserContext;
  contexts.push(context);
  return {
    ...protocol,
    context,
    events,
    openPages: () => open,
    async load(url, more) {
      protocol.bodies.push("<p>hello</p>");
      const [, params] = await protocol.pause({
        ...{ frameId: `frame ${number}`, request: { url, headers: {} }, resourceType: "Document", responseStatusCode: 200 },
        responseHeaders: [{ name: "Content-Type", value: "text/html" }],
        ...more,
      });
      const { responseHeaders = [] } = params as { responseHeaders?: readonly { name: string; value: string }[] };
      const headers = responseHeaders.map(({ name, value }) => `${name}: ${value}`);
      const [, reportUri = ""] = /report-uri (\S+)/.exec(headers.join("\n")) ?? [];
      return { headers, reportUri };
    },
    async report(reportUri, document, image) {
      const body = { "document-uri": document, "effective-directive": "img-src", "blocked-uri": image, disposition: "report" };
      const request = { url: reportUri, headers: {}, postData: JSON.stringify({ "csp-report": body }) };
      await protocol.pause({ frameId: "", request, resourceType: "CSPViolationReport" });
    },
  };
}
