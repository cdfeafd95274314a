import { nameOf, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { contentSecurityPolicy, type Directives } from "../../headers/content-security-policy/index.js";
import type { DirectiveValue, Item } from "../../headers/content-security-policy/values.js";
import type { FieldValue } from "../../headers/header.js";
import { isNonce } from "../../values/slots.js";
import { ANY_ADDRESS, addressGained, NO_SOCKET, readSourceList, type SourceList, withSlotsFilled } from "./source-lists.js";
import { type Compared, comparedDirective, type Difference, differ, type Gain, joined, REPORTS_ONLY } from "./verdict.js";

/** What decides on one kind of request. */
interface Governed {
  readonly list: SourceList;
  /** The directive that stands in, by key; undefined where there is none. */
  readonly by: string | undefined;
  /** Whether `require-trusted-types-for 'script'` stands beside it. */
  readonly trusted: boolean;
}

/** Where no directive speaks. */
const EVERYTHING: SourceList = {
  addresses: [],
  nonce: true,
  hashes: new Set(),
  words: new Set(["unsafe-inline", "unsafe-eval", "inline-speculation-rules", "unsafe-webtransport-hashes"]),
  slots: [],
  proof: false,
};

/** A check of lists; what slots may do to one is looked at too. */
function check(gain: (from: SourceList, to: SourceList, fromWhole: Governed, toWhole: Governed) => string | undefined): Gain<Governed> {
  return (from, to) => {
    if (from.list === EVERYTHING) return undefined;
    if (to.list.slots.some((slot) => !from.list.slots.includes(slot))) return "what a perRequest slot gives";
    const found = gain(from.list, to.list, from, to);
    if (found !== undefined || from.list.slots.length === 0) return found;
    return gain(withSlotsFilled(from.list), withSlotsFilled(to.list), from, to);
  };
}

function fromAddress(what: string, from: SourceList, to: SourceList, within = NO_SOCKET): string | undefined {
  if (to === EVERYTHING) return from === EVERYTHING ? undefined : `${what} anywhere`;
  const where = addressGained(from.addresses, to.addresses, within);
  return where && `${what} ${where}`;
}

const addresses = (what: string, within?: number) => check((from, to) => fromAddress(what, from, to, within));

const isDynamic = ({ words }: SourceList) => words.has("strict-dynamic");

// Script directives' pre-request check, CSP3 §6.7.1.1
const scriptFiles = check((from, to) => {
  if (to === EVERYTHING) return "a script from anywhere";
  if (to.nonce && !from.nonce) return "a script from anywhere that carries the nonce";
  const hash = [...to.hashes].find((one) => !from.hashes.has(one));
  if (hash !== undefined) return `a script, inline or from anywhere, that the hash ${short(hash)} vouches for`;
  if (isDynamic(to)) return isDynamic(from) ? undefined : "a script from anywhere that a running script adds";
  if (!isDynamic(from)) return fromAddress("a script from", from, to);
  if (to.slots.length > 0) return "a script that a perRequest slot names, written in the HTML";
  const where = addressGained([], to.addresses, NO_SOCKET);
  return where && `a script from ${where}, written in the HTML`;
});

function short(hash: string): string {
  return hash.length > 26 ? `${hash.slice(0, 22)}…'` : hash;
}

/** CSP3 §6.7.3.2. */
function allowsAllInline(list: SourceList, kind: "script" | "style"): boolean {
  return list.words.has("unsafe-inline") && !list.proof && !(kind === "script" && isDynamic(list));
}

const allInline = (kind: "script" | "style", what: string) =>
  check((from, to) => (allowsAllInline(to, kind) && !allowsAllInline(from, kind) ? what : undefined));

/** Handlers, `style` attributes and `javascript:` addresses: hashes count only with `'unsafe-hashes'`. CSP3 §6.7.3.3. */
const attributes = (kind: "script" | "style", what: string) =>
  check((from, to) => {
    if (allowsAllInline(from, kind)) return undefined;
    if (allowsAllInline(to, kind)) return `any ${what}`;
    if (!to.words.has("unsafe-hashes")) return undefined;
    const hash = [...to.hashes].find((one) => !from.words.has("unsafe-hashes") || !from.hashes.has(one));
    return hash && `the ${what} that the hash ${short(hash)} vouches for`;
  });

const inlineStyles = check((from, to) => {
  if (to === EVERYTHING) return "a style sheet from anywhere";
  if (to.nonce && !from.nonce) return "a style sheet from anywhere that carries the nonce";
  if (allowsAllInline(from, "style")) return undefined;
  if (allowsAllInline(to, "style")) return "any inline style sheet";
  const hash = [...to.hashes].find((one) => !from.hashes.has(one));
  return hash && `the inline style sheet that the hash ${short(hash)} vouches for`;
});

const speculationRules = check((from, to) =>
  to.words.has("inline-speculation-rules") && !from.words.has("inline-speculation-rules") && !allowsAllInline(from, "script")
    ? "inline speculation rules"
    : undefined,
);

/** CSP3 §4.4, §4.5: `'unsafe-eval'` includes the other two, one of which counts only where Trusted Types are asked for. */
const evaluation = check((from, to, { trusted: fromTrusted }, { trusted: toTrusted }) => {
  const whole = (list: SourceList) => list.words.has("unsafe-eval");
  const wasm = (list: SourceList) => whole(list) || list.words.has("wasm-unsafe-eval");
  const typed = (list: SourceList, trusted: boolean) => whole(list) || (trusted && list.words.has("trusted-types-eval"));
  if (whole(to) && !whole(from)) return "eval()";
  if (wasm(to) && !wasm(from)) return "WebAssembly that is compiled on the page";
  return typed(to, toTrusted) && !typed(from, fromTrusted) ? "eval() of a TrustedScript" : undefined;
});

// Workers that fall back as far as script-src are checked as scripts that the parser did not insert.
const workers: Gain<Governed> = (from, to) => {
  const asWorker = (side: Governed) => (side.by === "scriptSrc" && isDynamic(side.list) ? { ...side, list: EVERYTHING } : side);
  return addresses("a worker from")(asWorker(from), asWorker(to));
};

const certificateHashes = check((from, to) =>
  to.words.has("unsafe-webtransport-hashes") && !from.words.has("unsafe-webtransport-hashes")
    ? "a WebTransport connection to a server with a certificate of its own making"
    : undefined,
);

/** What is asked of a source list, by the directive whose fallback chain answers. */
const CHECKS: readonly (readonly [directive: string, gain: Gain<Governed>])[] = [
  ["defaultSrc", addresses("a prefetch of")],
  ["scriptSrc", evaluation],
  ["scriptSrcElem", scriptFiles],
  ["scriptSrcElem", allInline("script", "any inline script")],
  ["scriptSrcElem", attributes("script", "javascript: address")],
  ["scriptSrcElem", speculationRules],
  ["scriptSrcAttr", attributes("script", "inline event handler")],
  ["styleSrcElem", inlineStyles],
  ["styleSrcElem", addresses("a style sheet from")],
  ["styleSrcAttr", attributes("style", "style attribute")],
  ["imgSrc", addresses("an image from")],
  ["fontSrc", addresses("a font from")],
  ["connectSrc", addresses("a connection to", ANY_ADDRESS)],
  ["connectSrc", certificateHashes],
  ["mediaSrc", addresses("audio or video from")],
  ["objectSrc", addresses("an object from")],
  ["frameSrc", addresses("a frame of")],
  ["workerSrc", workers],
  ["manifestSrc", addresses("a manifest from")],
  ["fencedFrameSrc", addresses("a fenced frame of")],
  ["baseUri", addresses("a <base> of")],
  ["formAction", addresses("a form sent to")],
  ["frameAncestors", addresses("this page in a frame of")],
];

type Value = DirectiveValue | undefined;

const listed = (value: Value) => (typeof value === "object" ? (value as readonly string[]) : []);
const switchedOff = (what: string, on: (value: Value) => boolean) => (from: Value, to: Value) => (on(from) && !on(to) ? what : undefined);

// 'allow-top-navigation' includes the same with a click. HTML §7.1.5.
function sandboxGain(from: Value, to: Value): string | undefined {
  if (from === undefined) return undefined;
  if (to === undefined) return "all that the sandbox keeps from the page";
  const has = (token: string) =>
    listed(from).includes(token) || (token === "allow-top-navigation-by-user-activation" && listed(from).includes("allow-top-navigation"));
  const token = listed(to).find((one) => !has(one));
  return token && `what ${token} lets out of the sandbox`;
}

// Trusted Types §4.2.2
function trustedTypesGain(from: Value, to: Value): string | undefined {
  if (from === undefined) return undefined;
  if (to === undefined) return "Trusted Types policies of any name";
  const has = (name: string) => listed(from).includes(name) || (name !== "allow-duplicates" && listed(from).includes("*"));
  const name = listed(to).find((one) => one !== "none" && !has(one));
  if (name === undefined) return undefined;
  return name === "allow-duplicates" ? "two Trusted Types policies of one name" : `the Trusted Types policy ${name}`;
}

/** Directives that are no source lists. */
const SETTINGS: Readonly<Record<string, Gain<Value>>> = {
  sandbox: sandboxGain,
  trustedTypes: trustedTypesGain,
  requireTrustedTypesFor: switchedOff("text as code in the DOM, without Trusted Types", (value) => listed(value).includes("script")),
  upgradeInsecureRequests: switchedOff("http: addresses of the page, fetched as they are", (value) => value === true),
  webrtc: switchedOff("WebRTC", (value) => value === "block"),
};

const REPORTING = new Set(["reportUri", "reportTo"]);

/** One of the two policies. */
export interface CspSide {
  /** Undefined where there is no Content-Security-Policy. */
  readonly directives: Directives | undefined;
  /** What X-Frame-Options says, as the frame-ancestors that it stands for. */
  readonly frameOptions: readonly Item[] | undefined;
}

/** A side that remembers what it has read. */
function reader({ directives = {}, frameOptions }: CspSide) {
  const lists = new Map<string, SourceList>();
  const trusted = listed(directives["requireTrustedTypesFor"]).includes("script");
  const standing = (key: string): Value => directives[key] ?? (key === "frameAncestors" ? frameOptions : undefined);
  const governing = (key: string) => chainOf(key).find((one) => standing(one) !== undefined);
  return {
    governing,
    own: (key: string) => directives[key],
    governed(key: string): Governed {
      const by = governing(key);
      if (by === undefined) return { list: EVERYTHING, by, trusted };
      let list = lists.get(by);
      if (list === undefined) {
        list = readSourceList(standing(by) as readonly Item[]);
        lists.set(by, list);
      }
      return { list, by, trusted };
    },
  };
}

type Side = ReturnType<typeof reader>;

const chainOf = (key: string) => [key, ...(rows[key]?.fallback ?? [])];

/** Every directive that stands on either side, in the order of the table, and how far they differ. */
export function compareDirectives(beforeSide: CspSide, afterSide: CspSide): Compared {
  const before = reader(beforeSide);
  const after = reader(afterSide);
  const written = Object.keys(rows).filter((key) => before.own(key) !== undefined || after.own(key) !== undefined);
  // Each check belongs to the nearest directive that stands on either side: what one side adds is that directive's doing.
  const checks = new Map<string, Difference[]>(written.map((key) => [key, []]));
  for (const [key, gain] of CHECKS) {
    const nearest = chainOf(key).find((one) => checks.has(one));
    if (nearest !== undefined) checks.get(nearest)?.push(differ(gain, before.governed(key), after.governed(key)));
  }
  const differences = written.map((key) => {
    const setting = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
    return setting ? differ(setting, before.own(key), after.own(key)) : joined(checks.get(key) ?? []);
  });
  const directives = written.map((key, index) =>
    comparedDirective(nameOf(key), [textOf(key, before), textOf(key, after)], differences[index] as Difference, {
      lead: standIn(key, before, "before") + standIn(key, after, "now"),
      ...(REPORTING.has(key) && { same: REPORTS_ONLY }),
    }),
  );
  return { directives, difference: joined(differences) };
}

/** Says where a directive is absent and another one answers. */
function standIn(key: string, side: Side, when: string): string {
  if (side.own(key) !== undefined || takesOf(key) === undefined) return "";
  const by = side.governing(key);
  const answers = by === undefined ? "nothing limits it" : by === key ? "X-Frame-Options decides" : `${nameOf(by)} decides`;
  return `Absent ${when}, ${answers}. `;
}

function textOf(key: string, side: Side): string | undefined {
  const from = takesOf(key) === undefined ? key : side.governing(key);
  const value = from === undefined ? undefined : side.own(from);
  if (from === undefined || value === undefined) return undefined;
  return fieldText(contentSecurityPolicy.serialize({ [from]: value }, "")).slice(nameOf(from).length + 1);
}

/** A field value with `…` in the place of all that differs per request. */
export function fieldText(value: FieldValue): string {
  if (typeof value === "string") return value;
  return value.map((part) => (typeof part === "string" ? part : part.slots.some(isNonce) ? "…" : " (per request)")).join("");
}
