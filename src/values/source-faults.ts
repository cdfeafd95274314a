import { type HashAlgorithm, HOST_PARTS, KEYWORDS, QUOTED_HASH, SCHEME, SINGLE_LABEL, type Spelling } from "./source-grammar.js";
import { didYouMean, lettersOf, oneOf, show, trimmed } from "./text.js";
import { urlOf } from "./url.js";

/** Why a text is not a source expression. */
export interface SourceFault {
  readonly kind: "fault";
  readonly message: string;
  readonly hint: string;
  /** A quoted word of no known kind, or a host beyond the grammar: some browser may accept it. */
  readonly unknownKind?: true | undefined;
}

const QUOTES = "'\"`‘’“”";
const BARE_SCHEMES = ["https", "http", "data", "blob", "wss", "ws", "mediastream", "filesystem"];

/** Words of other tools, in lower case, and the source to write instead. */
const MEANT: Readonly<Record<string, string>> = {
  inline: "unsafe-inline",
  eval: "unsafe-eval",
  wasm: "wasm-unsafe-eval",
  dynamic: "strict-dynamic",
  sameorigin: "self",
  deny: "none",
  all: "*",
  any: "*",
};

/** How to write the nonce slot. */
export const USE_NONCE_SLOT = 'Use the slot: import { nonce } from "portcullis".';

/** A fault whose message begins with the text. */
export function fault(text: string, message: string, hint: string): SourceFault {
  return { kind: "fault", message: `${show(text)} ${message}`, hint };
}

/** A kind of source that only Chromium implements: a policy writes it as `source(…)`. */
export function onTrial(text: string): SourceFault {
  return fault(text, "is on trial in Chromium, and other browsers ignore it", `If you mean it, write source(${show(text)}).`);
}

/** Whether the port of a text that may be a host is beyond the highest. */
function hasHighPort(text: string): boolean {
  const [, , , port] = HOST_PARTS.exec(text) ?? [];
  return Number(port) > 65_535;
}

/** A host whose port no server has. */
export function highPort(text: string): SourceFault {
  return fault(text, "is not a source: the highest port is 65535", "Write a smaller port.");
}

/** Whether a text looks like a hash or a nonce, well-formed or not. */
export function looksLikeHash(text: string): boolean {
  return /^(?:sha|md)-?\d+(?:-|$)/i.test(text) || /^nonce-/i.test(text);
}

/** What is wrong with a text that no kind of source expression matches, and what to write instead. */
export function explainFault(text: string, spelling: Spelling): SourceFault {
  if (text === "") return fault(text, "is not a source", "Leave it out.");
  const bare = trimmed(text, QUOTES);
  return explainText(text, bare) ?? (bare === text ? explainBare(text, spelling) : explainQuoted(text, bare, spelling));
}

/** What is wrong with a text in any spelling. */
function explainText(text: string, bare: string): SourceFault | undefined {
  const marks = /[^\x20-\x7e\t\r\n]/.test(text);
  if (looksLikeHash(bare) && !/^nonce-/i.test(bare) && !/[;,\s]/.test(text)) return explainHash(text, bare);
  if (marks && !(KEYWORDS as readonly string[]).includes(bare)) return notAscii(text);
  if (/[\r\n]/.test(text)) return fault(text, "contains a line break, which no header may carry", "Take it out.");
  if (text.includes(";")) return fault(text, "contains a ';', which ends a directive", withoutEnd(text, ";") ?? SEMICOLON);
  if (text.includes(",")) return fault(text, "contains a ',', which ends a policy", withoutEnd(text, ",") ?? COMMA);
  if (/\s/.test(text)) return fault(text, "contains a space", oneByOne(text));
  if (/^nonce-/i.test(bare)) return fault(text, "is a nonce written as text, the same on every response", USE_NONCE_SLOT);
  if (/^nonce$/i.test(bare)) return fault(text, "is a string, not the nonce slot", USE_NONCE_SLOT);
  return undefined;
}

const SEMICOLON = "Write each directive under its own key; in a path, %3B.";
const COMMA = "Write each source as its own string; in a path, %2C.";

/** The text without a mark that is only at its end. */
function withoutEnd(text: string, mark: string): string | undefined {
  const clean = trimmed(text, `${mark} \t`);
  return clean === "" || /[;,\s]/.test(clean) ? undefined : `Write ${show(clean)}.`;
}

function notAscii(text: string): SourceFault {
  const control = [...text].find((char) => char < " " || char === "\x7f");
  if (control !== undefined) return fault(text, "contains a control character, which no header may carry", "Take it out.");
  return fault(text, "is not ASCII; browsers drop the whole directive", `Write ${punycode(text)}.`);
}

function punycode(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const host = urlOf(url)?.hostname ?? "";
  return host.startsWith("xn--") || host.includes(".xn--")
    ? `the host in Punycode, ${show(host)}, and a path with %XX`
    : "it in ASCII: a host in Punycode, a path with %XX";
}

function oneByOne(text: string): string {
  const [first = "", ...rest] = text.trim().split(/\s+/).map(show);
  return rest.length === 0 ? `Write ${first}.` : `Write one source per string: ${[first, ...rest].join(", ")}.`;
}

const HYPHENATED_HASH = /^'sha-(?:256|384|512)-[a-z0-9+/_-]+={0,2}'$/i;
const DIGEST = 'Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.';

function explainHash(text: string, bare: string): SourceFault {
  if (/^sha-(?:256|384|512)-/i.test(bare)) {
    const found = fault(text, "is not a hash", `Write ${show(`'${bare.replace(/^sha-/i, "sha")}'`)}.`);
    // Chromium reads it as a hash.
    return HYPHENATED_HASH.test(text) ? { ...found, unknownKind: true } : found;
  }
  if (!/^sha(?:256|384|512)(?:-|$)/i.test(bare)) {
    return fault(text, "names a hash algorithm that CSP does not have", "Use sha256, sha384 or sha512.");
  }
  if (QUOTED_HASH.test(`'${bare}'`)) return fault(text, "is a hash without its single quotes", `Write "'${bare}'".`);
  return fault(text, "is not a hash", DIGEST);
}

/** Characters of a digest in base64, without its padding. */
export const DIGEST_LENGTHS: Readonly<Record<HashAlgorithm, number>> = { sha256: 43, sha384: 64, sha512: 86 };

/**
 * Whether every browser decodes a digest: base64 or base64url, with or without its padding, and never with more. A digest of another
 * length than its algorithm's still counts as a hash in browsers, one that no text has.
 */
export function isDecodable(digest: string): boolean {
  const rest = trimmed(digest, "=").length % 4;
  const padding = digest.length - trimmed(digest, "=").length;
  const isMixed = /[+/]/.test(digest) && /[-_]/.test(digest);
  return rest !== 1 && padding <= (4 - rest) % 4 && digest.length <= LONGEST_DIGEST && !isMixed;
}

/** Base64 of 64 bytes, the longest digest. */
const LONGEST_DIGEST = 88;

/** A hash by the grammar of CSP3 that some browsers do not decode: there it is not a hash, and leaves `'unsafe-inline'` in effect. */
export function undecodable(text: string): SourceFault {
  return { ...fault(text, "has a digest that is not base64: browsers differ on whether it is a hash", DIGEST), unknownKind: true };
}

/** A digest whose length does not match its algorithm: such a hash matches nothing. CSP3 §6.7.2.5. */
export function digestFault(text: string, algorithm: HashAlgorithm, digest: string): SourceFault | undefined {
  const length = trimmed(digest, "=").length;
  const expected = DIGEST_LENGTHS[algorithm];
  if (length === expected) return undefined;
  const padding = (4 - (expected % 4)) % 4;
  const message = `has a digest of ${length} characters, and ${algorithm} has ${expected}${padding > 0 ? ` (${expected + padding} with padding)` : ""}`;
  if (length === Math.floor((expected * 3) / 4) * 2 && /^[0-9a-f]+$/i.test(digest)) {
    return fault(text, message, `It is in hexadecimal. In base64: "'${algorithm}-${base64OfHex(digest)}'".`);
  }
  const other = Object.entries(DIGEST_LENGTHS).find(([, characters]) => characters === length);
  if (other !== undefined) return fault(text, message, `This is the length of ${other[0]}: write '${other[0]}-…'.`);
  return fault(text, message, DIGEST);
}

function base64OfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
}

function explainQuoted(text: string, bare: string, spelling: Spelling): SourceFault {
  const known = (KEYWORDS as readonly string[]).includes(bare);
  if (known) return fault(text, "is misquoted", `Write ${spelling === "wire" ? `'${bare}'` : show(bare)}.`);
  if (SCHEME.test(bare) || /[.:/*]/.test(bare))
    return fault(text, "is quoted; only keywords, nonces and hashes are", `Write ${show(bare)}.`);
  const quoted = text === `'${bare}'` && /^[\x21-\x7e]+$/.test(bare);
  return {
    ...fault(text, "is not a keyword", meant(bare, spelling) || `Keywords are ${oneOf(KEYWORDS)}.`),
    ...(quoted && { unknownKind: true }),
  };
}

/** The keyword most similar to a word; undefined if none is similar. */
function meant(word: string, spelling: Spelling): string {
  const letters = lettersOf(word);
  const near = Object.hasOwn(MEANT, letters) ? MEANT[letters] : undefined;
  if (near === undefined) return didYouMean(word, KEYWORDS);
  return `Did you mean ${spelling === "wire" && near !== "*" ? `'${near}'` : show(near)}?`;
}

function explainBare(text: string, spelling: Spelling): SourceFault {
  const lower = text.toLowerCase();
  if ((KEYWORDS as readonly string[]).includes(lower)) {
    return fault(text, "is not a source", spelling === "wire" ? `Write '${lower}', in single quotes.` : `Write ${show(lower)}.`);
  }
  if (BARE_SCHEMES.includes(lower)) return fault(text, "is not a source", `Did you mean ${show(`${lower}:`)}?`);
  if (/^[a-z0-9_-]+$/i.test(text)) {
    const label = SINGLE_LABEL.test(text) ? `For a host of that name write source(${show(text)}).` : UNDERSCORE;
    return fault(text, "is not a source", meant(text, spelling) || label);
  }
  return explainHost(text);
}

const UNDERSCORE = "Use a host name without an underscore.";

function withoutUser(text: string): string {
  const scheme = text.indexOf("://");
  return text.slice(0, scheme < 0 ? 0 : scheme + 3) + text.slice(text.indexOf("@") + 1);
}

/** What is wrong with a text that looks like a host or a URL. */
function explainHost(text: string): SourceFault {
  if (text.includes("[")) return fault(text, "is not a source: CSP cannot name an IPv6 address", "Give the server a host name.");
  if (/[?#]/.test(text)) return fault(text, "is not a source: a source ends with its path", `Write ${show(text.replace(/[?#].*/, ""))}.`);
  if (text.includes("@")) {
    return fault(text, "is not a source: it cannot contain a user name", `Write ${show(withoutUser(text))}.`);
  }
  if (text.startsWith("//")) return fault(text, "is not a source", `Write ${show(`https:${text}`)}.`);
  if (text.startsWith("/"))
    return fault(text, "is not a source: a path needs its host", `Write "self", or ${show(`https://site.example${text}`)}.`);
  if (text.includes("*")) return explainWildcard(text);
  if (hasHighPort(text)) return highPort(text);
  const scheme = /^([a-z][a-z0-9+.-]*):+\/*(.*)$/is.exec(text);
  if (text.includes("_")) return fault(text, "is not a source: a host has letters, digits and hyphens", UNDERSCORE);
  if (scheme?.[2]) {
    const address = `${scheme[1]}://${scheme[2]}`;
    if (text.includes("::")) return fault(text, "is not a source", `Write ${show(address)}.`);
    return fault(text, "is not a source", address === text ? ADDRESS : `Write scheme://host, for example ${show(address)}.`);
  }
  if (scheme) return fault(text, "names no host", `Write ${show(`${scheme[1]}:`)} for the whole scheme, or scheme://host.`);
  return fault(text, "is not a source", 'Write a keyword ("self"), a scheme ("https:") or a host ("https://cdn.example").');
}

const ADDRESS = 'Write scheme://host, for example "https://cdn.example".';

/** CSP3 §2.3.1 has one wildcard, for the leading labels of a host. */
function explainWildcard(text: string): SourceFault {
  const [, scheme = "", host = "", rest = ""] = /^(\*:\/\/|[a-z][a-z0-9+.-]*:\/\/)?([^/:]*)(.*)$/is.exec(text) ?? [];
  if (scheme === "*://") {
    return fault(text, "is not a source: a scheme cannot be a wildcard", `Leave the scheme out: ${show(`${host}${rest}`)}.`);
  }
  const message = 'is not a source: "*" stands for the first labels of a host only';
  const last = host.slice(host.lastIndexOf("*") + 1);
  const domain = last.startsWith(".") ? last.slice(1) : last;
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(domain)) return fault(text, message, "Write each host.");
  return fault(text, message, `Write each host, or ${show(`${scheme}*.${domain}${rest}`)} for all below ${domain}.`);
}
