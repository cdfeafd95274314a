import { KEYWORDS, QUOTED_HASH, SCHEME, SINGLE_LABEL, type Spelling } from "./source-grammar.js";
import { didYouMean, oneOf, show, trimmed } from "./text.js";

/** Why a text is not a source expression. */
export interface SourceFault {
  readonly kind: "fault";
  readonly message: string;
  readonly hint: string;
  /** A word in quotes that is none of the known kinds, or a host with more than the grammar has: some browser may read it. */
  readonly unknownKind?: true;
}

const QUOTES = "'\"`‘’“”";
const BARE_SCHEMES = ["https", "http", "data", "blob", "wss", "ws", "mediastream", "filesystem"];

/** A kind of source that only Chromium knows, which only `source(…)` may write. */
export function onTrial(text: string): SourceFault {
  return fault(text, "is on trial in Chromium, and other browsers ignore it", `If you mean it, write source(${show(text)}).`);
}

/** Whether a text is meant as a hash or a nonce, well-formed or not. */
export function looksLikeHash(text: string): boolean {
  return /^(?:sha|md)-?\d+-/i.test(text) || /^nonce-/i.test(text);
}

/** A fault whose message begins with the text. */
export function fault(text: string, message: string, hint: string): SourceFault {
  return { kind: "fault", message: `${show(text)} ${message}`, hint };
}

/** What is wrong with a text that no kind of source expression matches, and what to write instead. */
export function explainFault(text: string, spelling: Spelling): SourceFault {
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
