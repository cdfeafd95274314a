import type { Item } from "../../headers/content-security-policy/values.js";
import { wireText } from "../../headers/content-security-policy/values.js";
import { isNonce, isPerRequest, type PerRequest } from "../../values/slots.js";
import { readSource } from "../../values/sources.js";

/** What the scheme of a source speaks of: a scheme, that of the page (`bare`), the whole web (`*`), or the page's origin. */
type SchemeWord = "http" | "https" | "ws" | "wss" | "*" | "bare" | "self";

/**
 * One way in which an address can come before a source list. Nobody knows how the page will come, so there are rows for either scheme.
 * Browsers and CSP3 §6.7.2 disagree on WebSockets: Fetch hands `wss:` over as `https:`, so that by the letter a `wss:` source takes
 * `https:` too; browsers look at the scheme itself. What holds in every row holds in all of them.
 */
interface Row {
  readonly scheme: "http" | "https" | "ws" | "wss";
  readonly page: "http" | "https";
  readonly takers: readonly SchemeWord[];
}

const PORTS = { http: "80", https: "443", ws: "80", wss: "443" } as const;

function rowsFor(page: Row["page"]): readonly Row[] {
  // Over https, a host without a scheme and 'self' do not take what is less than https.
  const plain = (...takers: SchemeWord[]) => takers.filter((taker) => page === "http" || (taker !== "bare" && taker !== "self"));
  return [
    { scheme: "https", page, takers: ["http", "https", "*", "bare", "self"] },
    { scheme: "http", page, takers: plain("http", "*", "bare", "self") },
    { scheme: "https", page, takers: ["http", "https", "ws", "wss", "*", "bare", "self"] },
    { scheme: "http", page, takers: plain("http", "ws", "*", "bare", "self") },
    { scheme: "wss", page, takers: ["ws", "wss", "*", "self"] },
    { scheme: "ws", page, takers: plain("ws", "*", "self") },
    { scheme: "wss", page, takers: ["ws", "wss", "*", "bare", "self"] },
    { scheme: "ws", page, takers: plain("ws", "*", "bare", "self") },
  ];
}

const ROWS: readonly Row[] = [...rowsFor("https"), ...rowsFor("http")];

function maskOf(chosen: (row: Row) => boolean): number {
  return ROWS.reduce((mask, row, index) => (chosen(row) ? mask | (1 << index) : mask), 0);
}

const MASKS: Readonly<Record<SchemeWord, number>> = Object.fromEntries(
  (["http", "https", "ws", "wss", "*", "bare", "self"] as const).map((word) => [word, maskOf(({ takers }) => takers.includes(word))]),
) as Record<SchemeWord, number>;

/** Every address, and those that are no WebSocket's. */
export const ANY_ADDRESS = maskOf(() => true);
export const NO_SOCKET = maskOf(({ scheme }) => !scheme.startsWith("ws"));
const ON_HTTPS_PAGE = maskOf(({ page }) => page === "https");

/** The addresses that one source takes. */
export interface Addresses {
  /** The rows whose scheme it takes, as bits. */
  readonly mask: number;
  /** A scheme that is none of the web's, such as `data`. */
  readonly scheme: string | undefined;
  /** `""` any, also where there is none; `"*"` any name; `"*.a.example"`; `"'self'"`. */
  readonly host: string;
  /** `""` the scheme's own, `"*"` any. */
  readonly port: string;
  /** Decoded piece by piece; undefined for any. */
  readonly path: readonly string[] | undefined;
  /** Whether the path is the whole one, and not a folder. */
  readonly exact: boolean;
}

const SELF: Addresses = { mask: MASKS.self, scheme: undefined, host: "'self'", port: "", exact: false, path: undefined };
const ANY: Addresses = { mask: MASKS["*"], scheme: undefined, host: "", port: "", exact: false, path: undefined };
const HOST_SOURCE = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^:/]+)(?::(\d+|\*))?(\/.*)?$/i;

function schemeOf(name: string | undefined): Pick<Addresses, "mask" | "scheme"> {
  if (name === undefined) return { mask: MASKS.bare, scheme: undefined };
  const scheme = name.toLowerCase();
  return Object.hasOwn(PORTS, scheme) ? { mask: MASKS[scheme as keyof typeof PORTS], scheme: undefined } : { mask: 0, scheme };
}

/** Reads a scheme-source or a host-source, CSP3 §2.3.1. */
export function addressesOf(text: string): Addresses {
  if (text === "*") return ANY;
  if (text.endsWith(":") && !text.includes("/"))
    return { ...schemeOf(text.slice(0, -1)), host: "", port: "", exact: false, path: undefined };
  const [, scheme, host = "", port = "", path = "/"] = HOST_SOURCE.exec(text) ?? [];
  const address = { ...schemeOf(scheme), host: host.toLowerCase(), port: port === "*" ? port : port.replace(/^0+(?=\d)/, "") };
  if (path === "/") return { ...address, path: undefined, exact: false };
  const pieces = path.split("/").map(decoded);
  const exact = !path.endsWith("/");
  return { ...address, path: exact ? pieces : pieces.slice(0, -1), exact };
}

/** Percent-decodes to bytes, each one a character; what is no valid escape stays. */
function decoded(piece: string): string {
  return piece.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function takesHost(a: string, b: string): boolean {
  if (a === "" || a === b) return true;
  if (b === "" || b === "'self'") return false;
  return a === "*" || (a.startsWith("*.") && b.endsWith(a.slice(1)));
}

// A source with a host of its own is compared on its own scheme's port; one without takes every port.
function takesPort(a: Addresses, b: Addresses, ownPort: string): boolean {
  if (a.host === "" || a.host === "'self'" || a.port === "*") return true;
  return (a.port || ownPort) === (b.port || ownPort);
}

// path-part match, CSP3 §6.7.2.12
function takesPath(a: Addresses, b: Addresses): boolean {
  if (a.path === undefined) return true;
  if (b.path === undefined || (a.exact && !b.exact)) return false;
  const enough = a.exact ? b.path.length === a.path.length : b.path.length >= a.path.length + (b.exact ? 1 : 0);
  return enough && a.path.every((piece, index) => piece === b.path?.[index]);
}

/**
 * An address that some of `to` takes and none of `from`; undefined where there is none.
 *
 * Every source is a box of hosts, ports and paths for each row, and two boxes of a kind either lie in each other or apart, or the
 * corner farthest out of the one (a host, a port, a path that nobody names) is outside the other. So a box that lies in several
 * others together lies in one of them, and looking at pairs decides it.
 */
export function addressGained(from: readonly Addresses[], to: readonly Addresses[], within: number): string | undefined {
  for (const source of to) {
    const near = from.filter((other) => takesHost(other.host, source.host) && takesPath(other, source));
    if (source.scheme !== undefined) {
      const taken = near.some((other) => other.scheme === source.scheme && takesPort(other, source, ""));
      if (!taken) return example(source, source.scheme);
      continue;
    }
    const left = leftOver(near, source, source.mask & within);
    if (left !== 0) return exampleOf(source, from, source.mask & within, left);
  }
  return undefined;
}

/** Addresses that `source` takes and none of `from`: one, or where a whole web opens, one of another scheme and one on another port. */
function exampleOf(source: Addresses, from: readonly Addresses[], mask: number, left: number): string {
  const rows = ROWS.flatMap((row, index) => (mask & (1 << index) ? [{ ...row, bit: 1 << index }] : []));
  const found: { readonly text: string; readonly port: string }[] = [];
  // Names that `from` spells out are few: one of these is none of them.
  for (const suffix of ["", "-2", "-3"]) {
    for (const { scheme, bit } of rows) {
      for (const port of source.port === "*" ? ["12345", ""] : ["", "12345"]) {
        const point = pointIn(source, scheme, port, suffix);
        if (point === undefined || found.some((one) => one.port === point.port)) continue;
        if (
          leftOver(
            from.filter((other) => (takesHost(other.host, point.host) || isNamed(other, point)) && takesPath(other, point)),
            point,
            bit,
          ) === 0
        )
          continue;
        found.push({ text: example(point, scheme) + (bit & ON_HTTPS_PAGE ? "" : OVER_HTTP), port: point.port });
      }
    }
    if (found.length > 0) break;
  }
  // Where the plainest address is no news, the scheme or the port is.
  const count = found[0]?.port === "12345" && source.port !== "*" ? 2 : 1;
  if (found.length > 0)
    return found
      .slice(0, count)
      .map(({ text }) => text)
      .join(" or ");
  const row = ROWS[Math.log2(left & -left)] as Row;
  // Every name was allowed by `*`, which takes no IP address. CSP3 §6.7.2.9.
  const corner = source.host === "" ? { ...source, host: "192.0.2.1" } : source;
  return example(corner, row.scheme) + (source.host === "'self'" ? UNNAMED : left & ON_HTTPS_PAGE ? "" : OVER_HTTP);
}

/** Any name is this site's too, unless that is an IP address. */
const isNamed = (other: Addresses, point: Addresses) => other.host === "*" && point.host === "'self'";
const UNNAMED = ", where no other source names it";

const OVER_HTTP = ", on a page that came over http";

/** One address out of those of a source; undefined where it takes none on that port. */
function pointIn(source: Addresses, scheme: Row["scheme"], port: string, suffix: string): Addresses | undefined {
  const anyPort = source.port === "*" || source.host === "";
  if (port !== "" && !anyPort) return undefined;
  const isAny = source.host === "" || source.host === "*";
  const host = isAny ? `anywhere${suffix}.example` : source.host.replace(/^\*/, `any${suffix}`);
  const path = source.path === undefined ? [""] : source.exact ? source.path : [...source.path, `any${suffix}`];
  const own = anyPort ? port || PORTS[scheme] : source.port || PORTS[scheme];
  return { mask: source.mask, scheme: undefined, host, port: own, path: source.path === undefined ? ["", ""] : path, exact: true };
}

/** The rows in which no other source takes all that this one takes. */
function leftOver(others: readonly Addresses[], source: Addresses, mask: number): number {
  let left = mask;
  for (const other of others) {
    const shared = left & other.mask;
    for (let bits = shared; bits !== 0; bits &= bits - 1) {
      const bit = bits & -bits;
      if (takesPort(other, source, PORTS[(ROWS[Math.log2(bit)] as Row).scheme])) left &= ~bit;
    }
    if (left === 0) break;
  }
  return left;
}

/** The corner farthest out of a source, as a URL. */
function example({ host, port, path, exact, scheme: own }: Addresses, scheme: string): string {
  if (own !== undefined && host === "") return `${scheme}:`;
  const name = host === "'self'" ? "(this site)" : host === "" || host === "*" ? "anywhere.example" : host.replace("*.", "any.");
  const where = port === "*" ? ":12345" : port === "" || port === PORTS[scheme as keyof typeof PORTS] ? "" : `:${port}`;
  const written = (path ?? [""]).map(encodeURIComponent).join("/");
  return `${scheme}://${name}${where}${path === undefined ? "/" : exact ? written : `${written}/any`}`;
}

/** A source list, sorted by what its members speak of. */
export interface SourceList {
  readonly addresses: readonly Addresses[];
  readonly nonce: boolean;
  readonly hashes: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  readonly slots: readonly PerRequest[];
  /** Whether something in it makes `'unsafe-inline'` inert. */
  readonly proof: boolean;
  /** What is no known kind of source: a browser may read it, nobody here knows how. */
  readonly unknown: ReadonlySet<string>;
  /** Kinds that Chromium has on trial: they speak of scripts, and make hosts or `'unsafe-eval'` inert there. */
  readonly trials: ReadonlySet<string>;
}

/** A hash whose digest may be in base64url, in base64. */
function inBase64(hash: string): string {
  const digest = hash.indexOf("-") + 1;
  return hash.slice(0, digest) + hash.slice(digest).replaceAll("-", "+").replaceAll("_", "/");
}

export function readSourceList(items: readonly Item[]): SourceList {
  const addresses: Addresses[] = [];
  const hashes = new Set<string>();
  const words = new Set<string>();
  const unknown = new Set<string>();
  const trials = new Set<string>();
  for (const item of items) {
    const text = wireText(item);
    const read = text === undefined ? undefined : readSource(text, "wire");
    if (read === undefined) continue;
    if (read.kind === "fault") {
      if (read.unknownKind && text !== undefined) unknown.add(text.startsWith("'") ? text.toLowerCase() : text);
    } else if (read.kind === "keyword") words.add(read.keyword);
    else if (read.kind === "trial") trials.add(read.text);
    else if (read.kind === "hash") hashes.add(inBase64(read.text));
    else if (read.kind !== "nonce") addresses.push(addressesOf(read.text));
  }
  if (words.has("self")) addresses.push(SELF);
  const nonce = items.some(isNonce);
  return { addresses, nonce, hashes, words, slots: items.filter(isPerRequest), proof: nonce || hashes.size > 0, unknown, trials };
}

/** What both lists take, for lists of addresses and keywords alone; undefined where this has no form of its own. */
export function meet(one: SourceList, other: SourceList): SourceList | undefined {
  if ([one, other].some((list) => !isPlain(list))) return undefined;
  const met = one.addresses.flatMap((a) => other.addresses.map((b) => meetAddresses(a, b)));
  const addresses = met.filter((both) => both !== undefined && both !== UNSURE);
  // Whatever host the page has: what 'self' and a name have in common lies in 'self'.
  const hasSelf = addresses.some(({ host, mask }) => host === "'self'" && mask === MASKS.self);
  if (met.includes(UNSURE) && !hasSelf) return undefined;
  const words = new Set([...implied(one.words)].filter((word) => implied(other.words).has(word)));
  return { ...one, addresses, words };
}

function isPlain({ nonce, hashes, slots, unknown, trials, words }: SourceList): boolean {
  return !nonce && hashes.size + slots.length + unknown.size + trials.size === 0 && !words.has("strict-dynamic");
}

function implied(words: ReadonlySet<string>): ReadonlySet<string> {
  const more = [
    ...(words.has("unsafe-eval") ? ["wasm-unsafe-eval", "trusted-types-eval"] : []),
    ...(words.has("unsafe-inline") ? ["inline-speculation-rules"] : []),
  ];
  return new Set([...words, ...more]);
}

/** Of 'self' and a name: the site may or may not have that name. */
const UNSURE = "unsure";

/** The addresses that both take, a box like them; undefined where there is none. */
function meetAddresses(a: Addresses, b: Addresses): Addresses | typeof UNSURE | undefined {
  if (a.scheme !== b.scheme) return undefined;
  const path = takesPath(a, b) ? b : takesPath(b, a) ? a : undefined;
  if (path === undefined) return undefined;
  const mask = a.mask & b.mask & portRows(a, b);
  if (mask === 0 && a.scheme === undefined) return undefined;
  const [host, otherHost] = takesHost(a.host, b.host) ? [b.host, a.host] : [a.host, b.host];
  if (!takesHost(otherHost, host)) return [a.host, b.host].includes("'self'") ? UNSURE : undefined;
  const named = [a, b].filter((one) => one.host !== "" && one.host !== "'self'").map(({ port }) => port);
  const port = named.find((one) => one !== "*" && one !== "") ?? (named.includes("") ? "" : (named[0] ?? ""));
  if (a.scheme !== undefined && new Set(named.filter((one) => one !== "*")).size > 1) return undefined;
  return { mask, scheme: a.scheme, host, port, path: path.path, exact: path.exact };
}

/** The rows in which two sources have a port in common. */
function portRows(a: Addresses, b: Addresses): number {
  return maskOf(({ scheme }) => takesPort(a, b, PORTS[scheme]) || takesPort(b, a, PORTS[scheme]));
}

/** The same list where its `perRequest` slots give a hash and `'unsafe-hashes'`: all by which they bear on the rest. */
export function withSlotsFilled(list: SourceList): SourceList {
  return list.slots.length === 0 ? list : { ...list, proof: true, words: new Set([...list.words, "unsafe-hashes"]) };
}
