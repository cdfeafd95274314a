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

/** The hash algorithms of CSP3 §2.3.1. */
export type HashAlgorithm = "sha256" | "sha384" | "sha512";

/** `policy`: keywords may be bare, a single label is not trusted to be a host. `wire`: as in a header. */
export type Spelling = "policy" | "wire";

// scheme-source, host-source, CSP3 §2.3.1.
export const SCHEME = /^[a-z][a-z0-9+.-]*:$/i;
/** Scheme, host, port and path of a text that may be a host source: each part has its own grammar. */
export const HOST_PARTS = /^(?:([^:/]+:)\/\/)?([^:/]+)(?::([\d*]+))?(\/.*)?$/;
export const HOST = /^(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?)$/i;
export const PORT = /^(?:\d{1,5}|\*)$/;
/** pchar, RFC 3986 §3.3, without the `;` and `,` that end directives and policies. */
export const PATH = /^\/(?!\/)(?:[a-z0-9\-._~!$&'()*+=:@/]|%[0-9a-f]{2})*$/i;
/** A host with what some browser accepts beyond the grammar: after a slash Chromium accepts anything. Others drop the source. */
export const MAY_BE_HOST =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(?:\d+|\*))?(?:\/[\x21-\x7e]*)?$/i;
export const SINGLE_LABEL = /^[a-z0-9-]+$/i;
export const QUOTED_HASH = /^'(sha(?:256|384|512))-([a-z0-9+/_-]+={0,2})'$/i;
/** On trial in Chromium since version 141, and not in CSP3: hashes of a script's URL, of the text for `eval`, and what they may load. */
export const QUOTED_TRIAL = /^'(?:(?:url|eval)-sha(?:256|384|512)-[a-z0-9+/_-]+={0,2}|strict-dynamic-url)'$/i;
export const QUOTED_NONCE = /^'nonce-([a-z0-9+/_-]+={0,2})'$/i;
