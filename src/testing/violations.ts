import { policyError } from "../errors.js";
import { awaited, shown } from "../values/options.js";
import { show } from "../values/text.js";
import { describeViolation } from "./advice.js";
import { type ConsoleMessageLike, isSame, type Logged, readMessage } from "./console.js";
import { type Violation, violationOf } from "./violation.js";

/** The part of Playwright's page that is used. */
export interface PageLike {
  url(): string;
  frames(): readonly { evaluate(expression: string): Promise<unknown> }[];
  exposeBinding(name: string, callback: (source: unknown, reported: unknown) => void): Promise<unknown>;
  addInitScript(script: { readonly content: string }): Promise<unknown>;
  on(event: "console", listener: (message: ConsoleMessageLike) => void): unknown;
}

/** The violations of a page so far. */
export interface Violations {
  /** Each once, however often it happened; a new list each time. */
  readonly violations: readonly Violation[];
  /** Waits for pending reports, and rejects with an Error that lists each violation and what to add to the policy, if there are any. */
  expectNone(): Promise<void>;
}

const collected = new WeakMap<PageLike, Promise<Violations>>();

/**
 * Collects what the policies of a page and its frames block, over all navigations: `const seen = await collectViolations(page)`,
 * and at the end of the test `await seen.expectNone()`. Listens to CSP violations and to reports of Permissions-Policy and COEP; what
 * browsers report only in the console, such as a refused frame, is read from Chromium's console. Violations inside workers are not seen.
 *
 * @param page a page of Playwright, before its first navigation.
 * @returns the same for the same page.
 * @throws {PolicyError} (the promise rejects) if the argument is not a page, or if the page has navigated already.
 */
export function collectViolations(page: PageLike): Promise<Violations> {
  if (!isPage(page)) {
    const hint = awaited(page, "Write collectViolations(page), with a page of Playwright.");
    return Promise.reject(policyError("wrong-type", ["collectViolations"], `${shown(page)} is not a page`, hint));
  }
  const before = collected.get(page);
  if (before !== undefined) return before;
  const fresh = startCollecting(page);
  collected.set(page, fresh);
  return fresh;
}

const METHODS = ["url", "frames", "exposeBinding", "addInitScript", "on"] as const satisfies readonly (keyof PageLike)[];

/** Whether a value has the methods of a page; never throws. */
function isPage(value: unknown): value is PageLike {
  try {
    return typeof value === "object" && METHODS.every((name) => typeof (value as Partial<PageLike> | null)?.[name] === "function");
  } catch {
    return false;
  }
}

/**
 * @param others what is known of the page besides its events and its console.
 * @param shownAs a violation as messages show it.
 */
export async function startCollecting(
  page: PageLike,
  others: () => readonly Violation[] = () => [],
  shownAs: (one: Violation) => Violation = (one) => one,
): Promise<Violations> {
  if (page.url() !== "about:blank") {
    throw policyError("conflict", ["collectViolations"], `the page shows ${show(page.url())} already`, "Call it before page.goto().");
  }
  const reported = new Map<string, Violation>();
  const logged = new Map<string, Logged>();
  page.on("console", (message) => {
    const entry = readMessage(message, page.url());
    if (entry !== undefined) logged.set(JSON.stringify(entry), entry);
  });
  await page.exposeBinding(BINDING, (_, event) => {
    const { type, url, body } = event as Reported;
    // The page's own scripts can call this too.
    if (!Object.hasOwn(READERS, type)) return;
    const violation = READERS[type](body, url);
    reported.set(JSON.stringify(violation), violation);
  });
  await page.addInitScript({ content: LISTEN });

  const all = () => {
    const events = [...reported.values()];
    const lines = [...logged.values()].map(({ violation }) => violation);
    const seen = [...events, ...lines.filter((one) => !events.some((event) => isSame(event, one)))];
    return [...seen, ...others().filter((one) => !seen.some((event) => isSame(one, event)))];
  };
  // Only console messages of Chromium contain hashes, and they arrive separately from events.
  const isHashMissing = () => {
    const known = [...logged.values()].filter(({ hash }) => hash !== undefined);
    return [...reported.values()].some(
      (event) => event.blockedURL === "inline" && !known.some(({ violation }) => isSame(event, violation)),
    );
  };
  return {
    get violations() {
      return all();
    },
    async expectNone() {
      await Promise.all(page.frames().map(settle));
      for (let round = 0; round < 25 && isHashMissing(); round++) await new Promise((resolve) => setTimeout(resolve, 20));
      const violations = all();
      if (violations.length === 0) return;
      const count = violations.length === 1 ? "1 violation" : `${violations.length} violations`;
      const lines = [...logged.values()].map((one) => ({ ...one, violation: shownAs(one.violation) }));
      throw new Error([`${count}:`, ...violations.map((one) => describeViolation(shownAs(one), lines, page.url()))].join("\n"));
    },
  };
}

const BINDING = "__portcullisViolation";

/** As text, because a bundler or a coverage tool may have changed a function. */
const LISTEN = `{
  const send = globalThis.${BINDING};
  addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, violatedDirective, blockedURI, documentURI, sourceFile, lineNumber, columnNumber } = event;
    const { disposition, sample, originalPolicy } = event;
    const directive = effectiveDirective || violatedDirective.split(" ")[0];
    const body = { directive, blockedURL: blockedURI, sourceFile, lineNumber, columnNumber, disposition, sample, originalPolicy };
    send({ type: "csp", url: documentURI, body });
  }, true);
  if (typeof ReportingObserver === "function") {
    const types = ["permissions-policy-violation", "coep"];
    new ReportingObserver((reports) => reports.forEach(({ type, url, body }) => send({ type, url, body: body.toJSON() })), { types }).observe();
  }
}`;

/** Resolves after the events that were queued before it. */
const ROUND_TRIP = `new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve();
  port2.postMessage(0);
})`;

/** A frame that is sandboxed without scripts never answers, and a detached one rejects. */
export async function settle(frame: { evaluate(expression: string): Promise<unknown> }): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1000);
  });
  await Promise.race([frame.evaluate(ROUND_TRIP).catch(() => undefined), enough]);
  clearTimeout(timer);
}

/** What the script in the page reports. */
interface Reported {
  readonly type: "csp" | "permissions-policy-violation" | "coep";
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const READERS: Readonly<Record<Reported["type"], (body: Reported["body"], url: string) => Violation>> = {
  csp: (body, url) => violationOf({ ...body, header: "Content-Security-Policy", documentURL: url }),
  "permissions-policy-violation": (body, url) =>
    violationOf({
      ...located(body),
      header: "Permissions-Policy",
      directive: String(body["featureId"] ?? body["policyId"]),
      documentURL: url,
      disposition: body["disposition"] === "enforce" ? "enforce" : "report",
    }),
  coep: (body, url) =>
    violationOf({
      header: "Cross-Origin-Embedder-Policy",
      directive: String(body["type"]),
      blockedURL: String(body["blockedURL"]),
      documentURL: url,
      disposition: body["disposition"] === "enforce" ? "enforce" : "report",
    }),
};

function located({ sourceFile, lineNumber, columnNumber }: Reported["body"]): Partial<Violation> {
  return { sourceFile: String(sourceFile ?? ""), lineNumber: Number(lineNumber ?? 0), columnNumber: Number(columnNumber ?? 0) };
}
