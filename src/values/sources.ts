import { policyError } from "../errors.js";
import { lazy } from "./lazy.js";
import { unreachable } from "./never.js";
import { own } from "./own.js";
import {
  digestFault,
  explainFault,
  fault,
  highPort,
  isDecodable,
  looksLikeHash,
  onTrial,
  type SourceFault,
  undecodable,
} from "./source-faults.js";
import {
  type HashAlgorithm,
  HOST,
  HOST_PARTS,
  KEYWORDS,
  type Keyword,
  MAY_BE_HOST,
  PATH,
  PORT,
  QUOTED_HASH,
  QUOTED_NONCE,
  QUOTED_TRIAL,
  SCHEME,
  SINGLE_LABEL,
  type Spelling,
} from "./source-grammar.js";
import { awaited, isList, shown } from "./text.js";

export { type HashAlgorithm, KEYWORDS, type Keyword, type SourceFault };

const SOURCE: unique symbol = Symbol.for("portcullis.source@1") as never;

/** A source that was checked at run time, made by {@link source}. */
export interface Source {
  readonly [SOURCE]: string;
}

/** One source expression, read. CSP3 §2.3.1. `text` is as it goes over the wire, keywords, hashes and nonces in quotes. */
export type SourceExpression =
  | { readonly kind: "keyword"; readonly keyword: Keyword; readonly text: string }
  | { readonly kind: "nonce"; readonly nonce: string; readonly text: string }
  /** `digest` in base64 or base64url, as written. */
  | { readonly kind: "hash"; readonly algorithm: HashAlgorithm; readonly digest: string; readonly text: string }
  /** `scheme` in lower case, without the colon. */
  | { readonly kind: "scheme"; readonly scheme: string; readonly text: string }
  | ({ readonly kind: "host"; readonly text: string } & HostSource)
  /** On trial in Chromium, not in CSP3. */
  | { readonly kind: "trial"; readonly text: string };

/** The parts of a host source, as written except that scheme and host are in lower case. */
export interface HostSource {
  /** In lower case, without `://`; undefined where the source has none. */
  readonly scheme: string | undefined;
  /** In lower case; `"*"`, or with a leading `*.`, where it is a wildcard. */
  readonly host: string;
  /** `"*"` for every port; undefined where the source has none. */
  readonly port: string | undefined;
  /** With its leading slash; undefined where the source has none. */
  readonly path: string | undefined;
}

/** Longer than any address that servers and browsers accept: what a `perRequest` function returns may come from outside. */
const LONGEST = 2_000;

/**
 * Reads one source expression, or returns what is wrong with it.
 * Keywords are returned bare and in lower case, hashes and nonces quoted.
 */
export function readSource(text: string, spelling: Spelling): SourceExpression | SourceFault {
  if (text.length > LONGEST) {
    const message = `has ${text.length} characters, and a source has at most ${LONGEST}`;
    return { ...fault(text, message, "Write the host without a path, or a shorter path."), unknownKind: true };
  }
  const keyword = asKeyword(text, spelling);
  if (keyword !== undefined) return { kind: "keyword", keyword, text: `'${keyword}'` };
  const quoted = text.startsWith("'") ? readQuoted(text, spelling) : undefined;
  if (quoted !== undefined) return quoted;
  if (SCHEME.test(text)) return { kind: "scheme", scheme: text.slice(0, -1).toLowerCase(), text };
  const bareKeyword = (KEYWORDS as readonly string[]).includes(text.toLowerCase());
  const host = readHost(text);
  if (host !== undefined && !bareKeyword && !looksLikeHash(text)) {
    if (Number(host.port) > 65_535) return highPort(text);
    if (spelling === "wire" || !SINGLE_LABEL.test(text) || text === "localhost") return { kind: "host", ...host, text };
  }
  return explained(text, spelling);
}

/** A hash, a nonce or a source on trial; undefined for any other text in quotes. */
function readQuoted(text: string, spelling: Spelling): SourceExpression | SourceFault | undefined {
  const hash = QUOTED_HASH.exec(text);
  if (hash !== null) return readHash(hash as unknown as HashMatch, spelling);
  const nonce = QUOTED_NONCE.exec(text)?.[1];
  if (nonce !== undefined) return { kind: "nonce", nonce, text: `'nonce-${nonce}'` };
  if (!QUOTED_TRIAL.test(text)) return undefined;
  return spelling === "wire" ? { kind: "trial", text: lowerTrial(text) } : onTrial(text);
}

/** The fault of a text; its sentences are made when somebody reads them, which those who read headers seldom do. */
function explained(text: string, spelling: Spelling): SourceFault {
  const found = lazy(() => explainFault(text, spelling));
  const mayBeHost = MAY_BE_HOST.test(text) && !SINGLE_LABEL.test(text);
  return {
    kind: "fault",
    get message() {
      return found().message;
    },
    get hint() {
      return found().hint;
    },
    get unknownKind() {
      return mayBeHost ? true : found().unknownKind;
    },
  };
}

/** host-source, part by part: one expression for all of it would backtrack. */
function readHost(text: string): HostSource | undefined {
  const [, scheme, host = "", port, path] = HOST_PARTS.exec(text) ?? [];
  if (!HOST.test(host) || (scheme !== undefined && !SCHEME.test(scheme))) return undefined;
  if ((port !== undefined && !PORT.test(port)) || (path !== undefined && !PATH.test(path))) return undefined;
  return { scheme: scheme?.slice(0, -1).toLowerCase(), host: host.toLowerCase(), port, path };
}

type HashMatch = readonly [text: string, algorithm: string, digest: string];

// The name of the algorithm is case-insensitive, the digest is not.
function readHash([text, name, digest]: HashMatch, spelling: Spelling): SourceExpression | SourceFault {
  const algorithm = name.toLowerCase() as HashAlgorithm;
  const found = spelling === "policy" ? digestFault(text, algorithm, digest) : undefined;
  if (found !== undefined) return found;
  if (!isDecodable(digest)) return undecodable(text);
  return { kind: "hash", algorithm, digest, text: `'${algorithm}-${digest}'` };
}

/** A host that matches every host, or every host of a top-level domain. */
const ANY_HOST = /^\*(?:\.[a-z0-9-]+)?\.?$/;

/**
 * Whether a source allows single places only: a host, a wildcard below a domain, `'self'`, or the hash of a text. Everything else
 * (keywords that weaken the list, nonces, `*`, whole schemes) allows more than the text of a request may.
 */
export function isNarrow(read: SourceExpression): boolean {
  switch (read.kind) {
    case "keyword":
      return read.keyword === "self";
    case "hash":
      return true;
    case "host":
      return !ANY_HOST.test(read.host);
    case "nonce":
    case "scheme":
    case "trial":
      return false;
    default:
      return unreachable(read);
  }
}

function asKeyword(text: string, spelling: Spelling): Keyword | undefined {
  const quoted = text.length > 2 && text.startsWith("'") && text.endsWith("'");
  if (!quoted && spelling === "wire") return undefined;
  const word = quoted ? text.slice(1, -1) : text;
  const known: string = spelling === "wire" ? word.toLowerCase() : word;
  return (KEYWORDS as readonly string[]).includes(known) ? (known as Keyword) : undefined;
}

function lowerTrial(text: string): string {
  const digest = text.search(/[0-9]-/);
  return digest < 0 ? text.toLowerCase() : text.slice(0, digest).toLowerCase() + text.slice(digest);
}

/**
 * A source that the types cannot know: `source(process.env.CDN)`, or a host of one label, `source("intranet")`.
 *
 * @param text one source expression, CSP3 §2.3.1.
 * @returns the source, for any list of a policy. Whether its directive takes it is checked where it is used.
 * @throws {PolicyError} when the text is not a source.
 */
export function source(text: string | undefined): Source {
  if (typeof text !== "string") throw policyError("wrong-type", ["source"], `${shown(text)} is not a string`, hintForSource(text));
  const single = SINGLE_LABEL.test(text) && asKeyword(text, "policy") === undefined;
  const read = readSource(text, single || QUOTED_TRIAL.test(text) ? "wire" : "policy");
  if (read.kind === "fault")
    throw policyError("invalid-value", ["source"], read.message, text === "" ? hintForSource(undefined) : read.hint);
  return trustedSource(read.text);
}

function hintForSource(value: unknown): string {
  if (isList(value)) return "Call it for each: hosts.map(source).";
  return awaited(value, value === undefined ? "Is the environment variable set?" : 'Write source("https://cdn.example").');
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
