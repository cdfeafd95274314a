import { policyError } from "../errors.js";
import { nonceAdvice } from "../headers/content-security-policy/nonce-advice.js";
import { headerNamed } from "../headers/index.js";
import { TRANSPORTS, type Transport } from "../policy/compile.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, type RenderOptions, renderHeaders } from "../policy/render.js";
import type { Preset, PresetName } from "../presets/index.js";
import { type Option, readOptions } from "../values/legacy-options.js";
import { show } from "../values/text.js";

declare global {
  // Jest's own place for matchers, which Vitest reads too.
  namespace jest {
    interface Matchers<R, T> {
      /** Whether a response has the headers of a policy, and none besides; see `toBeSecured` of portcullis/testing. */
      toBeSecured(this: Matchers<R, T>, policy: SecuredPolicy, options?: SecuredOptions): R;
    }
  }
}

// That of Jest's `expect` where it is imported, from "@jest/globals" or "expect"; without the package there is nothing to add to.
// biome-ignore lint/suspicious/noTsIgnore: an error is expected here, and none where the package is installed.
/** @ts-ignore */
declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** Whether a response has the headers of a policy, and none besides; see `toBeSecured` of portcullis/testing. */
    toBeSecured(this: Matchers<R, T>, policy: SecuredPolicy, options?: SecuredOptions): R;
  }
}

/** What a response is held against. */
export type SecuredPolicy = Policy | Preset | PresetName;

/** The same as for `renderHeaders`, but that nothing has to be known of the nonce. */
export interface SecuredOptions extends RenderOptions {
  /** The only nonce that is right. Without it any is, the same wherever the policy has it. */
  readonly nonce?: string | undefined;
  /**
   * Without it, all that https gets, `upgrade-insecure-requests` left out or not: a test that asks this very machine over http
   * gets none. Give `"plain"` where the request said `X-Forwarded-Proto: http`, and the framework trusts the proxy.
   */
  readonly transport?: Transport | undefined;
}

/** Looks at a response of supertest, fetch, Playwright or `inject`, or at headers alone; throws an Error that tells what differs. */
export type SecuredCheck = (response: object) => void;

/**
 * A check that a response has the headers of a policy, and no other security headers: `request(app).get("/").expect(secured("strict"))`.
 *
 * In a CSP neither the order of directives nor that of sources counts. Cache-Control counts only where the policy speaks of it.
 *
 * @param policy as it is in force on this route: made by `definePolicy`, `policyOf(res)`, or a preset.
 * @param options what `perRequest` slots gave, how the request came, and the nonce if it is known.
 * @throws {PolicyError} at once, where the policy or an option is wrong, or a `perRequest` slot has no value.
 */
export function secured(policy: SecuredPolicy, options: SecuredOptions = {}): SecuredCheck {
  const difference = differenceFrom("secured", policy, options);
  return (response) => {
    const text = difference(response);
    if (text !== undefined) throw new Error(text);
  };
}

/**
 * The same as a matcher of Vitest and Jest: `expect.extend({ toBeSecured })`, then `expect(response).toBeSecured("strict")`.
 *
 * @param received as for what `secured` returns.
 * @throws {PolicyError} as `secured` does.
 */
export function toBeSecured(received: unknown, policy: SecuredPolicy, options: SecuredOptions = {}) {
  const text = differenceFrom("toBeSecured", policy, options)(received);
  return { pass: text === undefined, message: () => text ?? "The response has all headers of the policy, and none besides." };
}

// Stands for a nonce that the response does not have.
const UNKNOWN_NONCE = "portcullis-testing-unknown";
const NONCE_SOURCE = /'nonce-([A-Za-z0-9+/_-]+={0,2})'/;

const OPTIONS: Readonly<Record<keyof SecuredOptions, Option>> = {
  nonce: { fits: (value) => typeof value === "string", hint: "Give base64, without 'nonce-." },
  slots: { fits: (value) => value instanceof Map, hint: "Write new Map([[slot, value]])." },
  transport: { fits: (value) => TRANSPORTS.includes(value as Transport), hint: 'Write "secure", "plain" or "loopback".' },
};

/** A header or a directive in which a response differs; what is not there is undefined. */
interface Difference {
  readonly name: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
}

type Received = ReadonlyMap<string, string>;

function differenceFrom(name: string, given: SecuredPolicy, options: SecuredOptions): (received: unknown) => string | undefined {
  // A layer that is none would stand for `recommended`.
  if (!given) throw policyError("wrong-type", [name], `${show(given)} is not a policy`, `Write ${name}("strict"), or a policy.`);
  const policy = makePolicy([given]);
  const { transport, ...known } = readOptions<SecuredOptions>(name, options, OPTIONS);
  renderHeaders(policy, { nonce: UNKNOWN_NONCE, ...known });

  return (received) => {
    const headers = headersOf(name, received);
    const against = (one: Transport) => differences(policy, headers, one, known);
    const [first, second] = transport === undefined ? [against("secure"), against("loopback")] : [against(transport)];
    const least = second !== undefined && second.length < first.length ? second : first;
    if (least.length === 0) return undefined;
    return describe(least, headers, transport === undefined && against("plain").length === 0);
  };
}

function headersOf(name: string, received: unknown): Received {
  if (typeof received !== "object" || received === null) {
    throw policyError("wrong-type", [name], `${show(received)} is no response`, "Give a response, or its headers.");
  }
  const { headers } = received as { headers?: unknown };
  const given =
    typeof headers === "function" ? headers.call(received) : typeof headers === "object" && headers !== null ? headers : received;
  const lines = new Map<string, string>();
  for (const [key, value] of Symbol.iterator in given ? given : Object.entries(given)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    const before = lines.get(key.toLowerCase());
    lines.set(key.toLowerCase(), before === undefined ? text : `${before}, ${text}`);
  }
  return lines;
}

function differences(policy: Policy, headers: Received, transport: Transport, known: RenderOptions): Difference[] {
  const sent = [...headers].find(([name, value]) => name.startsWith("content-security-policy") && NONCE_SOURCE.test(value))?.[1];
  const nonce = NONCE_SOURCE.exec(sent ?? "")?.[1] ?? UNKNOWN_NONCE;
  const expected = new Map(Object.entries(renderHeaders(policy, { nonce, ...known, transport })));
  const names = new Set([...expected.keys()].map((name) => name.toLowerCase()));
  const { removed } = compiledOf(policy);
  const goneAs = (name: string) => removed[transport].find((one) => one.toLowerCase() === name);
  // Whoever serves files sends a Cache-Control.
  const ownAs = (name: string) => goneAs(name) ?? (name === "cache-control" ? undefined : headerNamed(name)?.name);
  return [
    ...[...expected].flatMap(([name, value]) => compare(name, value, headers.get(name.toLowerCase()))),
    ...[...headers].flatMap(([key, got]) => {
      const name = names.has(key) ? undefined : ownAs(key);
      return name === undefined ? [] : [{ name, expected: undefined, got }];
    }),
  ];
}

function compare(name: string, expected: string, got: string | undefined): Difference[] {
  if (got === expected) return [];
  const whole = { name, expected, got };
  if (!name.startsWith("Content-Security-Policy") || got === undefined || got.includes(",")) return [whole];
  const [mine, theirs] = [directivesOf(expected), directivesOf(got)];
  return [...new Set([...mine.keys(), ...theirs.keys()])]
    .map((key) => ({ name: `${name}, ${key}`, expected: mine.get(key), got: theirs.get(key) }))
    .filter((one) => sorted(one.expected) !== sorted(one.got));
}

/** The directives of a policy; of several of one name the first counts. CSP3 §2.2.1. */
function directivesOf(text: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const part of text.split(";")) {
    const [name = "", ...sources] = part.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key !== "" && !directives.has(key)) directives.set(key, sources.join(" "));
  }
  return directives;
}

function sorted(sources: string | undefined): string | undefined {
  return sources?.split(" ").sort().join(" ");
}

function describe(differences: readonly Difference[], headers: Received, isPlain: boolean): string {
  const csp = headers.get("content-security-policy");
  const hints: readonly (readonly [boolean, string])[] = [
    [
      csp === "default-src 'none'" && differences.some(({ name }) => name.startsWith("Content-Security-Policy,")),
      "Express's own error and redirect pages send this CSP: mount sealHeaders(), or answer in a handler of your own.",
    ],
    [csp?.includes(",") === true, "Two policies stand in this CSP: something else sends one too."],
    [isPlain, 'This is what plain http gets. If it came that way, give { transport: "plain" }.'],
  ];
  const lines = differences.map(({ name, expected, got }) => `  ${name}\n    expected  ${spell(expected)}\n    got       ${spell(got)}`);
  const said = hints.flatMap(([holds, hint]) => (holds ? [hint] : []));
  return [`${differences.length} ${differences.length === 1 ? "difference" : "differences"} from the policy:`, ...lines, ...said].join(
    "\n",
  );
}

function spell(value: string | undefined): string {
  if (value === undefined) return "(nothing)";
  return value === "" ? "(no value)" : value.replaceAll(UNKNOWN_NONCE, "…");
}

/** A page of Playwright, as far as it is used. */
export interface PageLike {
  url(): string;
  frames(): readonly { evaluate(expression: string): Promise<unknown> }[];
  exposeBinding(name: string, callback: (source: unknown, told: unknown) => void): Promise<unknown>;
  addInitScript(script: { readonly content: string }): Promise<unknown>;
  on(event: "console", listener: (message: ConsoleMessageLike) => void): unknown;
}

export interface ConsoleMessageLike {
  text(): string;
  location(): { readonly url: string; readonly lineNumber: number };
}

/** What a browser blocked or, in report-only, would have blocked; in the terms of the Reporting API. */
export interface Violation {
  readonly header: "Content-Security-Policy" | "Permissions-Policy" | "Cross-Origin-Embedder-Policy" | "X-Frame-Options";
  /** The effective directive; of a Permissions-Policy the feature, of COEP the kind of load, of X-Frame-Options its value. */
  readonly directive: string;
  /** An address, `inline`, `eval`, or a scheme; empty for a feature. */
  readonly blockedURL: string;
  /** The page or frame; empty where the browser does not tell. */
  readonly documentURL: string;
  readonly sourceFile: string;
  /** Counted from one; 0 where the browser does not tell. */
  readonly lineNumber: number;
  /** Counted from one; 0 where the browser does not tell. */
  readonly columnNumber: number;
  readonly disposition: "enforce" | "report";
  /** The first characters of what is inline, with `'report-sample'`; the name of a Trusted Types policy. */
  readonly sample: string;
  readonly originalPolicy: string;
}

/** The violations of a page so far. */
export interface Violations {
  /** Each once, however often it happened; a new list each time. */
  readonly violations: readonly Violation[];
  /** Waits for what has happened to be told, and rejects with an Error that lists each violation and what to add to the policy. */
  expectNone(): Promise<void>;
}

const collected = new WeakMap<PageLike, Promise<Violations>>();

/**
 * Collects what the policies of a page and its frames block, over all navigations: `const seen = await collectViolations(page)`,
 * and at the end of the test `await seen.expectNone()`. Listens to CSP violations and to reports of Permissions-Policy and COEP; what is
 * told in no other way, such as who may frame a page, is read from Chromium's console. What happens inside workers is not seen.
 *
 * @param page a page of Playwright that shows nothing yet.
 * @returns the same for the same page.
 * @throws {Error} where the page has gone somewhere already, since what happened there is lost.
 */
export function collectViolations(page: PageLike): Promise<Violations> {
  const before = collected.get(page);
  if (before !== undefined) return before;
  const fresh = startCollecting(page);
  collected.set(page, fresh);
  return fresh;
}

async function startCollecting(page: PageLike): Promise<Violations> {
  if (page.url() !== "about:blank") {
    throw new Error(`collectViolations: the page shows ${show(page.url())} already. Call it before page.goto().`);
  }
  const told = new Map<string, Violation>();
  const logged = new Map<string, Logged>();
  page.on("console", (message) => {
    const entry = readMessage(message, page.url());
    if (entry !== undefined) logged.set(JSON.stringify(entry), entry);
  });
  await page.exposeBinding(BINDING, (_, event) => {
    const { type, url, body } = event as Told;
    // The page's own scripts can call this too.
    if (!Object.hasOwn(READERS, type)) return;
    const violation = READERS[type](body, url);
    told.set(JSON.stringify(violation), violation);
  });
  await page.addInitScript({ content: LISTEN });

  const all = () => {
    const events = [...told.values()];
    const others = [...logged.values()].map(({ violation }) => violation);
    return [...events, ...others.filter((one) => !events.some((event) => isSame(event, one)))];
  };
  // The console, which alone tells hashes, comes its own way, and in other browsers than Chromium it has none.
  const isHashMissing = () => {
    const known = [...logged.values()].filter(({ hash }) => hash !== undefined);
    return [...told.values()].some((event) => event.blockedURL === "inline" && !known.some(({ violation }) => isSame(event, violation)));
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
      throw new Error([`${count}:`, ...violations.map((one) => report(one, [...logged.values()], page.url()))].join("\n"));
    },
  };
}

const BINDING = "__portcullisViolation";

/** As text, because a function would reach the page with whatever a bundler or a coverage tool has made of it. */
const LISTEN = `{
  const tell = globalThis.${BINDING};
  addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, violatedDirective, blockedURI, documentURI, sourceFile, lineNumber, columnNumber } = event;
    const { disposition, sample, originalPolicy } = event;
    const directive = effectiveDirective || violatedDirective.split(" ")[0];
    const body = { directive, blockedURL: blockedURI, sourceFile, lineNumber, columnNumber, disposition, sample, originalPolicy };
    tell({ type: "csp", url: documentURI, body });
  }, true);
  if (typeof ReportingObserver === "function") {
    const types = ["permissions-policy-violation", "coep"];
    new ReportingObserver((reports) => reports.forEach(({ type, url, body }) => tell({ type, url, body: body.toJSON() })), { types }).observe();
  }
}`;

/** Events that were on their way before it are told before it comes back. */
const ROUND_TRIP = `new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve();
  port2.postMessage(0);
})`;

/** A frame that is sandboxed without scripts never answers, and one that has gone rejects. */
async function settle(frame: { evaluate(expression: string): Promise<unknown> }): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1000);
  });
  await Promise.race([frame.evaluate(ROUND_TRIP).catch(() => undefined), enough]);
  clearTimeout(timer);
}

/** What the script in the page tells. */
interface Told {
  readonly type: "csp" | "permissions-policy-violation" | "coep";
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const READERS: Readonly<Record<Told["type"], (body: Told["body"], url: string) => Violation>> = {
  csp: (body, url) => violation({ ...body, header: "Content-Security-Policy", documentURL: url }),
  "permissions-policy-violation": (body, url) =>
    violation({
      ...located(body),
      header: "Permissions-Policy",
      directive: String(body["featureId"] ?? body["policyId"]),
      documentURL: url,
      disposition: body["disposition"] === "enforce" ? "enforce" : "report",
    }),
  coep: (body, url) =>
    violation({
      header: "Cross-Origin-Embedder-Policy",
      directive: String(body["type"]),
      blockedURL: String(body["blockedURL"]),
      documentURL: url,
      disposition: body["disposition"] === "enforce" ? "enforce" : "report",
    }),
};

function located({ sourceFile, lineNumber, columnNumber }: Told["body"]): Partial<Violation> {
  return { sourceFile: String(sourceFile ?? ""), lineNumber: Number(lineNumber ?? 0), columnNumber: Number(columnNumber ?? 0) };
}

function violation(known: Partial<Violation> & Pick<Violation, "header">): Violation {
  return {
    directive: "",
    blockedURL: "",
    documentURL: "",
    sourceFile: "",
    lineNumber: 0,
    columnNumber: 0,
    disposition: "enforce",
    sample: "",
    originalPolicy: "",
    ...known,
  };
}

/** A line of the console that tells of a violation, and the hash that it offers. */
interface Logged {
  readonly violation: Violation;
  readonly hash: string | undefined;
}

const CSP_MESSAGE =
  /violates the following (report-only )?Content Security Policy directive(?:[: ]*|(?:(?!violates)[^"])*: )["']([a-z-]+)/i;
const FRAME_OPTIONS_MESSAGE = /^Refused to display '([^']*)' in a frame because it set 'X-Frame-Options' to '([^']*)'/i;

/** As Chromium words it. */
function readMessage(message: ConsoleMessageLike, page: string): Logged | undefined {
  const text = message.text();
  const { url, lineNumber } = message.location();
  const csp = CSP_MESSAGE.exec(text);
  if (csp !== null) {
    const [, reportOnly, directive = ""] = csp;
    const isInline = text.includes("enable inline execution");
    const isEval = text.includes("'unsafe-eval'");
    const blocked = isInline ? "inline" : isEval ? "eval" : /'([^']*)'/.exec(text)?.[1];
    const read = violation({
      header: "Content-Security-Policy",
      directive: isEval ? "script-src" : (/'([a-z-]+)' was not explicitly set/.exec(text)?.[1] ?? directive),
      blockedURL: blocked ?? "",
      documentURL: url || page,
      sourceFile: url,
      lineNumber: url === "" ? 0 : lineNumber + 1,
      disposition: reportOnly !== undefined || text.includes("policy is report-only") ? "report" : "enforce",
    });
    return { violation: read, hash: /'sha256-[A-Za-z0-9+/]+={0,2}'/.exec(text)?.[0] };
  }
  const [, framed, value = ""] = FRAME_OPTIONS_MESSAGE.exec(text) ?? [];
  if (framed !== undefined) {
    const read = violation({ header: "X-Frame-Options", directive: value.toUpperCase(), blockedURL: framed, documentURL: page });
    return { violation: read, hash: undefined };
  }
  if (!text.endsWith("ByCoep")) return undefined;
  const read = violation({ header: "Cross-Origin-Embedder-Policy", directive: "corp", blockedURL: url, documentURL: page });
  return { violation: read, hash: undefined };
}

/** Whether an event tells of what stands in the console, which says script-src for script-src-elem. */
function isSame(event: Violation, logged: Violation): boolean {
  if (event.header !== logged.header || event.disposition !== logged.disposition) return false;
  if (baseOf(event.directive) !== baseOf(logged.directive)) return false;
  const { blockedURL } = event;
  return !URL.canParse(logged.blockedURL) || logged.blockedURL.startsWith(`${blockedURL}:`) || addressOf(event) === addressOf(logged);
}

function addressOf({ blockedURL }: Violation): string | undefined {
  return URL.canParse(blockedURL) ? new URL(blockedURL).href.split("#")[0] : blockedURL;
}

function baseOf(directive: string): string {
  return directive.replace(/-(?:elem|attr)$/, "");
}

function report(violation: Violation, logged: readonly Logged[], page: string): string {
  const { directive, blockedURL, documentURL, sourceFile, lineNumber, columnNumber, disposition, sample } = violation;
  const did = disposition === "report" ? "would block" : "blocked";
  const where = sourceFile === "" ? documentURL : [sourceFile, lineNumber, columnNumber].filter((part) => part !== 0).join(":");
  const framed = documentURL === "" || documentURL === page || documentURL === sourceFile ? [] : [`    in  ${documentURL}`];
  return [
    `  ${violation.header}: ${directive} ${[did, blockedURL, sample && `(${show(sample)})`].filter(Boolean).join(" ")}`,
    `    at  ${where || page}`,
    ...framed,
    `    ${adviceFor(violation, logged, page)}`,
  ].join("\n");
}

/** What an advice may need to know besides the violation. */
interface Context {
  readonly page: string;
  /** The one hash that Chromium names for what stands at the same place. */
  readonly hash: string | undefined;
}

type Advise = (violation: Violation, context: Context) => string;

function adviceFor(violation: Violation, logged: readonly Logged[], page: string): string {
  const list = dynamicList(violation);
  if (list !== undefined) {
    const hasNonce = list.some((source) => /^'nonce-/i.test(source));
    return nonceAdvice(violation.blockedURL, hasNonce ? undefined : inCsp(violation, keyOf(violation), "append(nonce)"));
  }
  const { sourceFile, lineNumber, directive } = violation;
  const there = logged.filter(({ violation: one }) => one.sourceFile === sourceFile && one.lineNumber === lineNumber);
  const hashes = new Set(there.flatMap(({ violation: one, hash }) => (baseOf(one.directive) === baseOf(directive) ? [hash] : [])));
  const [hash] = hashes.size === 1 ? hashes : [];
  const [, , advise] = ADVICE.find(([what, blocked]) => what.test(subjectOf(violation)) && blocked.test(violation.blockedURL)) as AdviceRow;
  return advise(violation, { page, hash });
}

/** Of a script that stands in the HTML the list that blocked it, where `'strict-dynamic'` makes hosts in it inert. CSP3 §8.2. */
function dynamicList({ directive, blockedURL, originalPolicy }: Violation): readonly string[] | undefined {
  if (!/^script-src(?:-elem)?$/.test(directive) || !/^https?:/.test(blockedURL)) return undefined;
  const lists = directivesOf(originalPolicy);
  const list = (lists.get("script-src-elem") ?? lists.get("script-src") ?? lists.get("default-src") ?? "").split(" ");
  return list.some((source) => source.toLowerCase() === "'strict-dynamic'") ? list : undefined;
}

function subjectOf({ header, directive }: Violation): string {
  return header === "Content-Security-Policy" ? directive : header;
}

const allowFeature: Advise = (violation, { page }) => {
  const { directive, documentURL } = violation;
  const key = `permissionsPolicy${twin(violation)}: { ${camelCase(directive)}:`;
  const source = sourceOf(documentURL, page);
  if (source === "self") return `Add ${key} ["self"] }.`;
  return `Add ${key} ["self", ${JSON.stringify(source)}] } to the page, and allow="${directive}" to the frame.`;
};

const allowEmbedding: Advise = (violation) =>
  violation.directive === "navigation"
    ? 'Put crossOriginEmbedderPolicy: "require-corp" on the framed page as well.'
    : `Put crossOriginResourcePolicy: "cross-origin" on what is loaded, or write crossOriginEmbedderPolicy${twin(violation)}: "credentialless".`;

const allowFraming: Advise = ({ blockedURL }, { page }) => {
  const source = sourceOf(page, blockedURL);
  if (source === "self") return 'Write xFrameOptions: "SAMEORIGIN" on the framed page.';
  const list = `["self", ${JSON.stringify(source)}]`;
  return `Write xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ${list} } on the framed page.`;
};

const allowName: Advise = (violation) => {
  const { sample, originalPolicy } = violation;
  const names = (directivesOf(originalPolicy).get("trusted-types") ?? "").split(" ").filter((name) => name !== "" && name !== "'none'");
  const all = [...names, names.includes(sample) ? "allow-duplicates" : sample].map((name) => show(name.replaceAll("'", "")));
  return `Add ${inCsp(violation, "trustedTypes", `[${all.join(", ")}]`)}.`;
};

const allowInline: Advise = (violation, { hash }) => {
  const key = keyOf(violation);
  const hashed =
    hash === undefined ? 'hashInlineScripts() of "portcullis/hashes"' : inCsp(violation, key, `append(${JSON.stringify(hash)})`);
  return `Add ${inCsp(violation, key, "append(nonce)")}, and nonce="…" to the element; or where it never changes, ${hashed}.`;
};

type AdviceRow = readonly [subject: RegExp, blocked: RegExp, advise: Advise];

/** What to write, the first row that fits. Never 'unsafe-inline', 'unsafe-eval', or a scheme that anybody's script can have. */
const ADVICE: readonly AdviceRow[] = [
  [/^Permissions-Policy$/, /^/, allowFeature],
  [/^Cross-Origin-Embedder-Policy$/, /^/, allowEmbedding],
  [/^X-Frame-Options$/, /^/, allowFraming],
  [/^frame-ancestors$/, /^/, (one, { page }) => `Add ${appended(one, sourceOf(page, one.blockedURL))} to the framed page.`],
  [/^require-trusted-types-for$/, /^/, () => "No source allows this: assign what a Trusted Types policy has made."],
  [/^trusted-types$/, /^/, allowName],
  [
    /^script-src-attr$/,
    /^inline$/,
    () => "No source is worth this: write element.addEventListener(…) in a script instead of the attribute.",
  ],
  [/^style-src-attr$/, /^inline$/, () => "No source is worth this: write a class, or element.style in a script, instead of the attribute."],
  [/^(?:script|style)-src/, /^inline$/, allowInline],
  [/^script-src/, /^eval$/, () => "No source is worth this: do without eval, new Function, and timers that get text."],
  [/^script-src/, /^wasm-eval$/, (one) => `Add ${appended(one, "wasm-unsafe-eval")}.`],
  [/^script-src/, /^[a-z-]*$/, () => "No source is worth this: serve the script as a file."],
  [/^/, /^[a-z-]+$/, (one) => `Add ${appended(one, `${one.blockedURL}:`)}.`],
  [/^/, /^/, (one) => `Add ${appended(one, sourceOf(one.blockedURL, one.documentURL))}.`],
];

function appended(violation: Violation, source: string): string {
  return inCsp(violation, keyOf(violation), `append(${JSON.stringify(source)})`);
}

function inCsp(violation: Violation, key: string, value: string): string {
  return `contentSecurityPolicy${twin(violation)}: { ${key}: ${value} }`;
}

function twin({ disposition }: Violation): string {
  return disposition === "report" ? "ReportOnly" : "";
}

/** Where to write it: script-src, unless the policy speaks of script-src-elem itself. */
function keyOf({ directive, originalPolicy }: Violation): string {
  return camelCase(directivesOf(originalPolicy).has(directive) ? directive : baseOf(directive));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `self`, or the origin of an address, as somebody at another address would write it. */
function sourceOf(address: string, from: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host, origin } = new URL(address);
  const self = URL.canParse(from) ? new URL(from) : undefined;
  if (host !== "" && host === self?.host && protocol.replace("ws", "http") === self.protocol) return "self";
  return origin === "null" ? protocol : origin;
}
