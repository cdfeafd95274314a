import type { Keyword } from "../../../values/sources.js";
import type { FindGain } from "../../compare/difference.js";
import { addressGained } from "../../sources/examples.js";
import { ANY_ADDRESS, NO_SOCKET } from "../../sources/schemes.js";
import { type SourceList, withSlotsFilled, withUnknownProof } from "../../sources/source-list.js";

/** What decides on one kind of request. */
export interface Governed {
  readonly list: SourceList;
  /** The directive that decides, by key; undefined where there is none. */
  readonly by: string | undefined;
  /** Whether `require-trusted-types-for 'script'` is in force beside it. */
  readonly trusted: boolean;
}

/** Where no directive decides. */
export const EVERYTHING: SourceList = {
  addresses: [],
  nonce: true,
  hashes: new Set(),
  keywords: new Set<Keyword>(["unsafe-inline", "unsafe-eval", "inline-speculation-rules", "unsafe-webtransport-hashes"]),
  slots: [],
  proof: false,
  unknown: new Set(),
  trials: new Set(),
};

/** A source that only one side has, of a kind that some browsers know: it may allow more, and make others inert. */
function onOneSide(kind: "unknown" | "trials", from: SourceList, to: SourceList): string | undefined {
  if (to === EVERYTHING) return undefined;
  const one = [...from[kind]].find((word) => !to[kind].has(word)) ?? [...to[kind]].find((word) => !from[kind].has(word));
  return one && `what ${shortened(one)} allows in browsers that know it`;
}

type ListGain = (from: SourceList, to: SourceList, fromWhole: Governed, toWhole: Governed) => string | undefined;

/** Compares lists; also what slots may do to one, and `ofScripts` what browsers have on trial. */
function comparing(gain: ListGain, ofScripts = false): FindGain<Governed> {
  return (from, to) => {
    if (from.list === EVERYTHING) return undefined;
    const odd = onOneSide("unknown", from.list, to.list) ?? (ofScripts ? onOneSide("trials", from.list, to.list) : undefined);
    if (odd !== undefined) return odd;
    if (to.list.slots.some((slot) => !from.list.slots.includes(slot))) return "what a perRequest slot returns";
    const found = gain(from.list, to.list, from, to) ?? gain(withUnknownProof(from.list), withUnknownProof(to.list), from, to);
    if (found !== undefined || from.list.slots.length === 0) return found;
    return gain(withSlotsFilled(from.list), withSlotsFilled(to.list), from, to);
  };
}

function fromAddress(what: string, from: SourceList, to: SourceList, within = NO_SOCKET): string | undefined {
  if (to === EVERYTHING) return from === EVERYTHING ? undefined : `${what} anywhere`;
  const where = addressGained(from.addresses, to.addresses, within);
  return where && `${what} ${where}`;
}

/** Requests that their URL alone decides on. `what` precedes the URL, as in "an image from". */
export const urls = (what: string) => comparing((from, to) => fromAddress(what, from, to));

/** The same, where WebSockets are among the URLs. */
export const urlsAndSockets = (what: string) => comparing((from, to) => fromAddress(what, from, to, ANY_ADDRESS));

const isDynamic = ({ keywords }: SourceList) => keywords.has("strict-dynamic");

// Each kind of request has one comparison of everything that may allow it: several policies may each allow it by something else.

/** Scripts with a URL: script directives' pre-request check, CSP3 §6.7.1.1. */
export const scriptFiles = comparing((from, to) => {
  if (to === EVERYTHING) return "a script from anywhere";
  if (to.nonce && !from.nonce) return "a script from anywhere that carries the nonce";
  const hash = [...to.hashes].find((one) => !from.hashes.has(one));
  if (hash !== undefined) return `a script, inline or from anywhere, that has the hash ${shortened(hash)}`;
  if (isDynamic(to)) return isDynamic(from) ? undefined : "a script from anywhere that a running script adds";
  if (!isDynamic(from)) return fromAddress("a script from", from, to);
  if (to.slots.length > 0) return "a script that a perRequest slot names, written in the HTML";
  const where = addressGained([], to.addresses, NO_SOCKET);
  return where && `a script from ${where}, written in the HTML`;
}, true);

function shortened(source: string): string {
  return source.length > 26 ? `${source.slice(0, 22)}…'` : source;
}

/** CSP3 §6.7.3.2. */
function allowsAllInline(list: SourceList, kind: "script" | "style"): boolean {
  return list.keywords.has("unsafe-inline") && !list.proof && !(kind === "script" && isDynamic(list));
}

/** Handlers, `style` attributes and `javascript:` URLs: hashes count only with `'unsafe-hashes'`. CSP3 §6.7.3.3. */
export const attributes = (kind: "script" | "style", what: string) =>
  comparing((from, to) => {
    if (allowsAllInline(from, kind)) return undefined;
    if (allowsAllInline(to, kind)) return `any ${what}`;
    if (!to.keywords.has("unsafe-hashes")) return undefined;
    const hash = [...to.hashes].find((one) => !from.keywords.has("unsafe-hashes") || !from.hashes.has(one));
    return hash && `the ${what} that has the hash ${shortened(hash)}`;
  });

export const styleFiles = comparing((from, to) => {
  if (to === EVERYTHING) return "a style sheet from anywhere";
  if (to.nonce && !from.nonce) return "a style sheet from anywhere that carries the nonce";
  return fromAddress("a style sheet from", from, to);
});

/** Elements without a URL: a nonce or a hash allows them, and so does `keyword`. CSP3 §6.7.3.3. */
export const inline = (kind: "script" | "style", what: string, keyword?: Keyword) =>
  comparing((from, to) => {
    const all = (list: SourceList) => allowsAllInline(list, kind) || (keyword !== undefined && list.keywords.has(keyword));
    if (all(from)) return undefined;
    if (all(to)) return `any ${what}`;
    if (to.nonce && !from.nonce) return `${what} that carries the nonce`;
    const hash = [...to.hashes].find((one) => !from.hashes.has(one));
    return hash && `the ${what} that has the hash ${shortened(hash)}`;
  });

/** `'unsafe-eval'` includes the other two, one of which counts only where Trusted Types are required. CSP3 §4.4, §4.5. */
export const evaluation = comparing((from, to, { trusted: fromTrusted }, { trusted: toTrusted }) => {
  const whole = (list: SourceList) => list.keywords.has("unsafe-eval");
  const wasm = (list: SourceList) => whole(list) || list.keywords.has("wasm-unsafe-eval");
  const typed = (list: SourceList, trusted: boolean) => whole(list) || (trusted && list.keywords.has("trusted-types-eval"));
  if (whole(to) && !whole(from)) return "eval()";
  if (wasm(to) && !wasm(from)) return "WebAssembly that is compiled on the page";
  return typed(to, toTrusted) && !typed(from, fromTrusted) ? "eval() of a TrustedScript" : undefined;
}, true);

/** Workers that fall back as far as script-src are checked as scripts that the parser did not insert; Chromium does so with every list. */
export const workers: FindGain<Governed> = (from, to) => {
  const asWorker = (side: Governed) => (isDynamic(side.list) ? { ...side, list: EVERYTHING } : side);
  const bySpecification = (side: Governed) => (side.by === "scriptSrc" ? asWorker(side) : side);
  const gain = urls("a worker from");
  return gain(bySpecification(from), bySpecification(to)) ?? gain(asWorker(from), asWorker(to));
};

export const certificateHashes = comparing((from, to) =>
  to.keywords.has("unsafe-webtransport-hashes") && !from.keywords.has("unsafe-webtransport-hashes")
    ? "a WebTransport connection to a server with a self-signed certificate"
    : undefined,
);
