import { policyError } from "../errors.js";
import { own } from "./own.js";
import { didYouMean, oneOf, show, trimmed } from "./text.js";

const SOURCE: unique symbol = Symbol.for("portcullis.source@1") as never;

/** A source that was checked at run time, made by {@link source}. */
export interface Source {
  readonly [SOURCE]: string;
}

/** Every keyword a source list may hold, without its quotes. CSP3 §2.3.1 and the specifications that add to it. */
export const KEYWORDS = [
  "none",
  "self",
  "unsafe-inline",
  "unsafe-eval",
  "unsafe-hashes",
  "strict-dynamic",
  "wasm-unsafe-eval",
  "trusted-types-eval",
  "report-sample",
  "inline-speculation-rules",
  "report-sha256",
  "report-sha384",
  "report-sha512",
  "unsafe-webtransport-hashes",
  "unsafe-allow-redirects",
] as const;

export type Keyword = (typeof KEYWORDS)[number];

/** One source expression, read. `text` is as it goes over the wire. */
export type ReadSource =
  | { readonly kind: "keyword"; readonly keyword: Keyword; readonly text: string }
  | { readonly kind: "nonce" | "hash" | "scheme" | "host" | "trial"; readonly text: string };

/** Why a text is not a source expression. */
export interface SourceFault {
  readonly kind: "fault";
  readonly message: string;
  readonly hint: string;
  /** A word in quotes that is none of the known kinds, or a host with more than the grammar has: some browser may read it. */
  readonly unknownKind?: true;
}

/** `policy`: keywords may be bare, a single label is not trusted to be a host. `wire`: as in a header. */
type Spelling = "policy" | "wire";

// scheme-source, host-source, CSP3 §2.3.1; pchar, RFC 3986 §3.3, without the `;` and `,` that end directives and policies.
const SCHEME = /^[a-z][a-z0-9+.-]*:$/i;
const HOST =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?)(?::(?:\d{1,5}|\*))?(?:\/(?!\/)(?:[a-z0-9\-._~!$&'()*+=:@/]|%[0-9a-f]{2})*)?$/i;
/** A host with what some browser may take beyond the grammar: behind a slash Chromium takes anything. Others drop the source. */
const MAY_BE_HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(?:\d+|\*))?(?:\/[\x21-\x7e]*)?$/i;
const SINGLE_LABEL = /^[a-z0-9-]+$/i;
const QUOTED_HASH = /^'(sha(?:256|384|512))-([a-z0-9+/_-]+={0,2})'$/i;
/** On trial in Chromium since version 141, and not in CSP3: hashes of a script's URL, of what `eval` gets, and what they may load. */
const QUOTED_TRIAL = /^'(?:(?:url|eval)-sha(?:256|384|512)-[a-z0-9+/_-]+={0,2}|strict-dynamic-url)'$/i;
const QUOTED_NONCE = /^'nonce-[a-z0-9+/_-]+={0,2}'$/i;
const QUOTES = "'\"`‘’“”";
/** Longer than any address that servers and browsers take; what is read per request comes from outside. */
const LONGEST = 2_000;
const BARE_SCHEMES = ["https", "http", "data", "blob", "wss", "ws", "mediastream", "filesystem"];

/**
 * Reads one source expression, or says what is wrong with it.
 * Keywords are returned bare and in lower case, hashes and nonces quoted.
 */
export function readSource(text: string, spelling: Spelling): ReadSource | SourceFault {
  if (text.length > LONGEST) {
    const message = `has ${text.length} characters, and a source has ${LONGEST} at most`;
    return { ...fault(text, message, "Write the host alone, or a shorter path."), unknownKind: true };
  }
  const keyword = asKeyword(text, spelling);
  if (keyword !== undefined) return { kind: "keyword", keyword, text: `'${keyword}'` };
  if (QUOTED_HASH.test(text)) return { kind: "hash", text: lowerPrefix(text) };
  if (QUOTED_NONCE.test(text)) return { kind: "nonce", text: lowerPrefix(text) };
  if (QUOTED_TRIAL.test(text)) return spelling === "wire" ? { kind: "trial", text: lowerTrial(text) } : onTrial(text);
  if (SCHEME.test(text)) return { kind: "scheme", text };
  const bareKeyword = (KEYWORDS as readonly string[]).includes(text.toLowerCase());
  if (HOST.test(text) && !bareKeyword && !looksLikeHash(text)) {
    const port = /^[^/]*:(\d+)(?:\/|$)/.exec(text.replace("://", ""))?.[1];
    if (port !== undefined && Number(port) > 65_535) return fault(text, "is no source: ports end at 65535", "Write a smaller port.");
    if (spelling === "wire" || !SINGLE_LABEL.test(text) || text === "localhost") return { kind: "host", text };
  }
  const found = explain(text, spelling);
  return MAY_BE_HOST.test(text) && !SINGLE_LABEL.test(text) ? { ...found, unknownKind: true } : found;
}

/** Host expressions that stand for every host of a scheme, or of a top-level domain. */
const ANY_HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?\*(?:\.[a-z0-9-]+)?(?::|\/|$)/i;

/**
 * Whether a source names single places: a host, also with a wildcard below a domain, `'self'`, or the hash of a text. All else
 * (keywords that weaken the list, nonces, `*`, whole schemes) opens more than anybody may choose from outside.
 */
export function isNarrow(read: ReadSource): boolean {
  if (read.kind === "keyword") return read.keyword === "self";
  return read.kind === "hash" || (read.kind === "host" && !ANY_HOST.test(read.text));
}

function asKeyword(text: string, spelling: Spelling): Keyword | undefined {
  const quoted = text.length > 2 && text.startsWith("'") && text.endsWith("'");
  if (!quoted && spelling === "wire") return undefined;
  const word = quoted ? text.slice(1, -1) : text;
  return KEYWORDS.find((known) => known === (spelling === "wire" ? word.toLowerCase() : word));
}

// The algorithm and the word `nonce` are case-insensitive, what follows is not.
function lowerPrefix(text: string): string {
  const dash = text.indexOf("-");
  return text.slice(0, dash).toLowerCase() + text.slice(dash);
}

function lowerTrial(text: string): string {
  const digest = text.search(/[0-9]-/);
  return digest < 0 ? text.toLowerCase() : text.slice(0, digest).toLowerCase() + text.slice(digest);
}

function onTrial(text: string): SourceFault {
  return fault(text, "is on trial in Chromium, and other browsers ignore it", `If you mean it, write source(${show(text)}).`);
}

function looksLikeHash(text: string): boolean {
  return /^(?:sha|md)-?\d+-/i.test(text) || /^nonce-/i.test(text);
}

function fault(text: string, message: string, hint: string): SourceFault {
  return { kind: "fault", message: `${show(text)} ${message}`, hint };
}

function explain(text: string, spelling: Spelling): SourceFault {
  if (text === "") return fault(text, "is not a source", "Leave it out.");
  if (/[^\x20-\x7e\t\r\n]/.test(text)) return notAscii(text);
  if (/[\r\n]/.test(text)) return fault(text, "holds a line break, which no header may carry", "Take it out.");
  if (text.includes(";"))
    return fault(text, "holds a ';', which ends a directive", "Write each directive under its own key; in a path, %3B.");
  if (text.includes(",")) return fault(text, "holds a ',', which ends a policy", "Write each source as its own string; in a path, %2C.");
  if (/\s/.test(text)) return fault(text, "holds a space", `Write one source per string: ${oneByOne(text)}.`);
  const bare = trimmed(text, QUOTES);
  if (/^nonce-/i.test(bare)) {
    return fault(text, "is a nonce written as text, the same on every response", 'Use the slot: import { nonce } from "portcullis".');
  }
  if (looksLikeHash(bare)) return explainHash(text, bare);
  return bare === text ? explainBare(text, spelling) : explainQuoted(text, bare, spelling);
}

function notAscii(text: string): SourceFault {
  const control = [...text].find((char) => char < " " || char === "\x7f");
  if (control !== undefined) return fault(text, "holds a control character, which no header may carry", "Take it out.");
  return fault(text, "is not ASCII; browsers drop the whole directive", `Write ${punycode(text)}.`);
}

function punycode(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host.startsWith("xn--") || host.includes(".xn--")
    ? `the host in Punycode, ${show(host)}, and a path with %XX`
    : "it in ASCII: a host in Punycode, a path with %XX";
}

function oneByOne(text: string): string {
  return text.trim().split(/\s+/).map(show).join(", ");
}

function explainHash(text: string, bare: string): SourceFault {
  if (!/^sha(?:256|384|512)-/i.test(bare)) {
    return fault(text, "names a hash algorithm that CSP does not have", "Use sha256, sha384 or sha512.");
  }
  if (QUOTED_HASH.test(`'${bare}'`)) return fault(text, "is a hash without its single quotes", `Write "'${bare}'".`);
  return fault(text, "is not a hash", "Write \"'sha256-…'\" with the digest in base64.");
}

function explainQuoted(text: string, bare: string, spelling: Spelling): SourceFault {
  const known = (KEYWORDS as readonly string[]).includes(bare);
  if (known) return fault(text, "is misquoted", `Write ${spelling === "wire" ? `'${bare}'` : show(bare)}.`);
  if (SCHEME.test(bare) || /[.:/*]/.test(bare))
    return fault(text, "is quoted; only keywords, nonces and hashes are", `Write ${show(bare)}.`);
  const quoted = text === `'${bare}'` && /^[\x21-\x7e]+$/.test(bare);
  return {
    ...fault(text, "is not a keyword", didYouMean(bare, KEYWORDS) || `Keywords are ${oneOf(KEYWORDS)}.`),
    ...(quoted && { unknownKind: true }),
  };
}

function explainBare(text: string, spelling: Spelling): SourceFault {
  if ((KEYWORDS as readonly string[]).includes(text.toLowerCase())) {
    return fault(
      text,
      "is not a source",
      spelling === "wire" ? `Write '${text.toLowerCase()}', in single quotes.` : `Write ${show(text.toLowerCase())}.`,
    );
  }
  if (BARE_SCHEMES.includes(text.toLowerCase())) return fault(text, "is not a source", `Did you mean ${show(`${text.toLowerCase()}:`)}?`);
  if (SINGLE_LABEL.test(text)) {
    const near = didYouMean(text, KEYWORDS);
    return fault(text, "is not a source", near || `For a host of that name write source(${show(text)}).`);
  }
  if (text.includes("[")) return fault(text, "is no source: CSP cannot name an IPv6 address", "Give the server a host name.");
  if (/[?#]/.test(text)) return fault(text, "is no source: a source ends with its path", `Write ${show(text.replace(/[?#].*/, ""))}.`);
  if (text.includes("@")) return fault(text, "is no source: no user name belongs there", "Write scheme://host.");
  if (text.startsWith("//")) return fault(text, "is not a source", `Write ${show(`https:${text}`)}.`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/*(.*)$/is.exec(text);
  if (scheme?.[2]) return fault(text, "is not a source", `Write scheme://host, for example ${show(`${scheme[1]}://${scheme[2]}`)}.`);
  if (scheme) return fault(text, "names no host", `Write ${show(`${scheme[1]}:`)} for the whole scheme, or scheme://host.`);
  return fault(text, "is not a source", 'Write a keyword ("self"), a scheme ("https:") or a host ("https://cdn.example").');
}

/**
 * A source that the types cannot know: `source(process.env.CDN)`, or a host of one label, `source("intranet")`.
 *
 * @param text one source expression, CSP3 §2.3.1.
 * @throws {PolicyError} when it is none. Whether its directive takes it is checked where it is used.
 */
export function source(text: string | undefined): Source {
  if (typeof text !== "string") {
    throw policyError("wrong-type", ["source"], `${show(text)} is not a string`, "Is the environment variable set?");
  }
  const single = SINGLE_LABEL.test(text) && asKeyword(text, "policy") === undefined;
  const read = readSource(text, single || QUOTED_TRIAL.test(text) ? "wire" : "policy");
  if (read.kind === "fault") throw policyError("invalid-value", ["source"], read.message, read.hint);
  return trustedSource(read.text);
}

/** A source as it goes over the wire, such as one that a parser has read. */
export function trustedSource(text: string): Source {
  return Object.freeze({ [SOURCE]: text });
}

/** The text of a {@link Source}; undefined for anything else. */
export function sourceText(value: unknown): string | undefined {
  const text = own(value, SOURCE);
  return typeof text === "string" ? text : undefined;
}
