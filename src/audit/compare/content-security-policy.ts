import { keyOfName, nameOf, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { contentSecurityPolicy, type Directives, wireWord } from "../../headers/content-security-policy/index.js";
import type { DirectiveValue, Item } from "../../headers/content-security-policy/values.js";
import type { CspPolicy } from "../../headers/content-security-policy/wire.js";
import type { FieldValue } from "../../headers/header.js";
import { bare, own } from "../../values/own.js";
import { isNonce, nonce } from "../../values/slots.js";
import { type Keyword, readSource, trustedSource } from "../../values/sources.js";
import { ANY_ADDRESS, addressGained, meet, NO_SOCKET, readSourceList, type SourceList, withSlotsFilled } from "./source-lists.js";
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
  unknown: new Set(),
  trials: new Set(),
};

/** A word that stands on one side alone: it may allow more, and make others inert. */
function strange(kind: "unknown" | "trials", from: SourceList, to: SourceList): string | undefined {
  if (to === EVERYTHING) return undefined;
  const [one] = [...from[kind]].filter((word) => !to[kind].has(word)).concat([...to[kind]].filter((word) => !from[kind].has(word)));
  return one && `what browsers that know ${short(one)} make of it`;
}

type ListGain = (from: SourceList, to: SourceList, fromWhole: Governed, toWhole: Governed) => string | undefined;

/** A check of lists; what slots may do to one is looked at too, and of `scripts` what browsers have on trial. */
function check(gain: ListGain, scripts = false): Gain<Governed> {
  return (from, to) => {
    if (from.list === EVERYTHING) return undefined;
    const odd = strange("unknown", from.list, to.list) ?? (scripts ? strange("trials", from.list, to.list) : undefined);
    if (odd !== undefined) return odd;
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

// Every kind of request has one check that looks at all that may allow it: several policies may each allow it by something else.

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
}, true);

function short(hash: string): string {
  return hash.length > 26 ? `${hash.slice(0, 22)}…'` : hash;
}

/** CSP3 §6.7.3.2. */
function allowsAllInline(list: SourceList, kind: "script" | "style"): boolean {
  return list.words.has("unsafe-inline") && !list.proof && !(kind === "script" && isDynamic(list));
}

/** Handlers, `style` attributes and `javascript:` addresses: hashes count only with `'unsafe-hashes'`. CSP3 §6.7.3.3. */
const attributes = (kind: "script" | "style", what: string) =>
  check((from, to) => {
    if (allowsAllInline(from, kind)) return undefined;
    if (allowsAllInline(to, kind)) return `any ${what}`;
    if (!to.words.has("unsafe-hashes")) return undefined;
    const hash = [...to.hashes].find((one) => !from.words.has("unsafe-hashes") || !from.hashes.has(one));
    return hash && `the ${what} that the hash ${short(hash)} vouches for`;
  });

const styleFiles = check((from, to) => {
  if (to === EVERYTHING) return "a style sheet from anywhere";
  if (to.nonce && !from.nonce) return "a style sheet from anywhere that carries the nonce";
  return fromAddress("a style sheet from", from, to);
});

/** Elements without an address: a nonce or a hash vouches for them. `word` allows them too. CSP3 §6.7.3.3. */
const inline = (kind: "script" | "style", what: string, word?: Keyword) =>
  check((from, to) => {
    const all = (list: SourceList) => allowsAllInline(list, kind) || (word !== undefined && list.words.has(word));
    if (all(from)) return undefined;
    if (all(to)) return `any ${what}`;
    if (to.nonce && !from.nonce) return `${what} that carries the nonce`;
    const hash = [...to.hashes].find((one) => !from.hashes.has(one));
    return hash && `the ${what} that the hash ${short(hash)} vouches for`;
  });

/** CSP3 §4.4, §4.5: `'unsafe-eval'` includes the other two, one of which counts only where Trusted Types are asked for. */
const evaluation = check((from, to, { trusted: fromTrusted }, { trusted: toTrusted }) => {
  const whole = (list: SourceList) => list.words.has("unsafe-eval");
  const wasm = (list: SourceList) => whole(list) || list.words.has("wasm-unsafe-eval");
  const typed = (list: SourceList, trusted: boolean) => whole(list) || (trusted && list.words.has("trusted-types-eval"));
  if (whole(to) && !whole(from)) return "eval()";
  if (wasm(to) && !wasm(from)) return "WebAssembly that is compiled on the page";
  return typed(to, toTrusted) && !typed(from, fromTrusted) ? "eval() of a TrustedScript" : undefined;
}, true);

// Workers that fall back as far as script-src are checked as scripts that the parser did not insert. Chromium does so with every list.
const workers: Gain<Governed> = (from, to) => {
  const asWorker = (side: Governed) => (isDynamic(side.list) ? { ...side, list: EVERYTHING } : side);
  const bySpecification = (side: Governed) => (side.by === "scriptSrc" ? asWorker(side) : side);
  const gain = addresses("a worker from");
  return gain(bySpecification(from), bySpecification(to)) ?? gain(asWorker(from), asWorker(to));
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
  ["scriptSrcElem", inline("script", "inline script")],
  ["scriptSrcElem", attributes("script", "javascript: address")],
  ["scriptSrcElem", inline("script", "inline speculation rules", "inline-speculation-rules")],
  ["scriptSrcAttr", attributes("script", "inline event handler")],
  ["styleSrcElem", styleFiles],
  ["styleSrcElem", inline("style", "inline style sheet")],
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
  const has = (name: string) => listed(from).includes(name) || (name !== "'allow-duplicates'" && listed(from).includes("*"));
  const name = listed(to).find((one) => one !== "'none'" && !has(one));
  if (name === undefined) return undefined;
  return name === "'allow-duplicates'" ? "two Trusted Types policies of one name" : `the Trusted Types policy ${name}`;
}

/** Directives that are no source lists. */
const SETTINGS: Readonly<Record<string, Gain<Value>>> = {
  sandbox: sandboxGain,
  trustedTypes: trustedTypesGain,
  requireTrustedTypesFor: switchedOff("text as code in the DOM, without Trusted Types", (value) => listed(value).includes("'script'")),
  treatAsPublicAddress: switchedOff("requests to local addresses as from a local page, in Chromium", (value) => value === true),
  upgradeInsecureRequests: switchedOff("http: addresses of the page, fetched as they are", (value) => value === true),
  webrtc: switchedOff("WebRTC, should a browser come to know the directive", (value) => value === "'block'"),
};

const REPORTING = new Set(["reportUri", "reportTo"]);

/** One of the two sides. */
export interface CspSide {
  /** Every policy, all of which have to allow; none where there is no Content-Security-Policy. */
  readonly policies: readonly Directives[];
  /** What X-Frame-Options says, as the frame-ancestors that it stands for. */
  readonly frameOptions: readonly Item[] | undefined;
}

/** A policy as it was sent, in the form of one that somebody writes: what browsers ignore is left out. CSP3 §2.2.1, §2.3.1. */
export function directivesOf({ written }: CspPolicy): Directives {
  return Object.fromEntries(
    [...written].flatMap(([name, values]) => {
      const key = keyOfName.get(name);
      return key === undefined ? [] : [[key, directiveValue(key, values)] as const];
    }),
  );
}

function directiveValue(key: string, values: readonly string[]): DirectiveValue {
  if (takesOf(key) !== undefined) {
    const items = values.flatMap(itemsOf);
    // Beside others 'none' matches nothing.
    const some = items.length > 1 ? items.filter((item) => item !== "none") : items;
    return some.length === 0 ? ["none"] : some;
  }
  const words = values.map((value) => (/^'[a-z-]+'$/i.test(value) ? value.toLowerCase() : value));
  switch (rows[key]?.takes) {
    case "flag":
      return true;
    case "webrtc":
      return words.join(" ");
    case "endpoint":
      return words[0] ?? "";
    case "sandbox":
      return words.map((word) => word.toLowerCase());
    default:
      return words;
  }
}

/** A policy that somebody wrote, with the words in quotes that have them on the wire: without, they are names. */
export function asSent(written: Directives): Directives {
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, takesOf(key) === undefined ? quotedIn(key, value) : value]),
  );
}

function quotedIn(key: string, value: DirectiveValue): DirectiveValue {
  if (value === true) return value;
  return typeof value === "string" ? wireWord(key, value) : value.map((word) => wireWord(key, word as string));
}

function itemsOf(value: string): readonly Item[] {
  // Browsers read a source up to its query.
  const text = value.startsWith("'") ? value : value.replace(/[?#].*/, "");
  const read = readSource(text, "wire");
  if (read.kind === "fault") return read.unknownKind ? [trustedSource(text)] : [];
  if (read.kind === "keyword") return [read.keyword];
  return read.kind === "nonce" ? [nonce] : [trustedSource(read.text)];
}

/** A side that remembers what it has read. */
function reader({ policies: given, frameOptions }: CspSide) {
  // Own directives only.
  const policies = given.map((one) => bare(one));
  const framed = policies.some((one) => one["frameAncestors"] !== undefined);
  const standing: readonly Directives[] =
    framed || frameOptions === undefined ? policies : [...policies, bare({ frameAncestors: frameOptions })];
  const trusted = policies.some((one) => listed(one["requireTrustedTypesFor"]).includes("'script'"));
  const lists = standing.map(() => new Map<string, SourceList>());
  const governed = (key: string) =>
    standing.flatMap((policy, index): readonly Governed[] => {
      const by = chainOf(key).find((one) => policy[one] !== undefined);
      if (by === undefined) return [];
      let list = lists[index]?.get(by);
      if (list === undefined) {
        list = readSourceList(policy[by] as readonly Item[]);
        lists[index]?.set(by, list);
      }
      return [{ list, by, trusted }];
    });
  return {
    /** Every list that decides, one of each policy that says anything. */
    governed: (key: string): readonly Governed[] => {
      const found = governed(key);
      return found.length === 0 ? [{ list: EVERYTHING, by: undefined, trusted }] : found;
    },
    /** The directives that decide, by key. */
    governing: (key: string) => [...new Set(governed(key).map(({ by }) => by as string))],
    values: (key: string): readonly Value[] => {
      const found = policies.flatMap((one) => (one[key] === undefined ? [] : [one[key]]));
      return found.length === 0 ? [undefined] : found;
    },
    has: (key: string) => policies.some((one) => one[key] !== undefined),
    texts: (key: string) => standing.flatMap((one) => (one[key] === undefined ? [] : [textOf(key, one[key])])),
  };
}

type Side = ReturnType<typeof reader>;

const chainOf = (key: string) => [key, ...((own(rows, key) as (typeof rows)[string] | undefined)?.fallback ?? [])];

/** All of `to` together allow something that one of `from` does not. */
function together<T>(gain: Gain<T>, meeting: (many: readonly T[]) => readonly T[] = (many) => many): Gain<readonly T[]> {
  return (from, to) => {
    const narrow = meeting(narrowest(gain, to));
    let unsure = false;
    for (const one of from) {
      const examples = narrow.map((other) => gain(one, other));
      if (examples.includes(undefined)) continue;
      // An example of one policy is none of the whole, unless no other has a say.
      if (narrow.length === 1) return examples[0];
      unsure = true;
    }
    return unsure ? "what several policies allow together, as far as can be told here" : undefined;
  };
}

/** Without those that allow all that another one allows. */
function narrowest<T>(gain: Gain<T>, many: readonly T[]): readonly T[] {
  return many.reduce<readonly T[]>((kept, one) => {
    if (kept.some((other) => gain(one, other) === undefined)) return kept;
    return [...kept.filter((other) => gain(other, one) !== undefined), one];
  }, []);
}

/** Several lists as the one list that they come to, where there is such a list. */
function met(many: readonly Governed[]): readonly Governed[] {
  const [first, ...rest] = many;
  if (first === undefined || rest.length === 0) return many;
  const list = rest.reduce<SourceList | undefined>((one, other) => one && meet(one, other.list), first.list);
  return list === undefined ? many : [{ ...first, list }];
}

/** Every directive that stands on either side, in the order of the table, and how far they differ. */
export function compareDirectives(beforeSide: CspSide, afterSide: CspSide): Compared {
  const before = reader(beforeSide);
  const after = reader(afterSide);
  const written = Object.keys(rows).filter((key) => before.has(key) || after.has(key));
  // Each check belongs to the nearest directive that stands on either side: what one side adds is that directive's doing.
  const checks = new Map<string, Difference[]>(written.map((key) => [key, []]));
  for (const [key, gain] of CHECKS) {
    const nearest = chainOf(key).find((one) => checks.has(one));
    if (nearest !== undefined) checks.get(nearest)?.push(differ(together(gain, met), before.governed(key), after.governed(key)));
  }
  const differences = written.map((key) => {
    const setting = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
    return setting ? differ(together(setting), before.values(key), after.values(key)) : joined(checks.get(key) ?? []);
  });
  const directives = written.map((key, index) =>
    comparedDirective(nameOf(key), [sideText(key, before), sideText(key, after)], differences[index] as Difference, {
      lead: standIn(key, before, "before") + standIn(key, after, "now"),
      ...(REPORTING.has(key) && { same: REPORTS_ONLY }),
    }),
  );
  return { directives, difference: joined(differences) };
}

/** Says where a directive is absent and another one answers. */
function standIn(key: string, side: Side, when: string): string {
  if (side.has(key) || takesOf(key) === undefined) return "";
  const by = side.governing(key);
  if (by.length === 0) return `Absent ${when}, nothing limits it. `;
  if (by.includes(key)) return `Absent ${when}, X-Frame-Options decides. `;
  return `Absent ${when}, ${by.map(nameOf).join(" and ")} ${by.length === 1 ? "decides" : "decide"}. `;
}

/** What a directive says, of several policies each, or what stands in for it where it is absent. */
function sideText(key: string, side: Side): string | undefined {
  const keys = takesOf(key) === undefined ? [key] : side.governing(key).filter((one) => side.has(one));
  const texts = keys.flatMap(side.texts);
  return texts.length === 0 ? undefined : texts.join(", ");
}

function textOf(key: string, value: DirectiveValue): string {
  if (value !== true && takesOf(key) === undefined) return [value].flat().join(" ");
  return fieldText(contentSecurityPolicy.serialize({ [key]: value }, "")).slice(nameOf(key).length + 1);
}

/** A field value with `…` in the place of all that differs per request. */
export function fieldText(value: FieldValue): string {
  if (typeof value === "string") return value;
  return value.map((part) => (typeof part === "string" ? part : part.slots.some(isNonce) ? "…" : " (per request)")).join("");
}
