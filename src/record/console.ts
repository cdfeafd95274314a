import { readSource } from "../values/sources.js";

/** What inline code is: the content of an element, or an attribute. */
export type InlineKind = "script" | "style" | "event handler" | "style attribute" | "javascript: URL";

/** Inline code that a message of Chromium's console is about, with the hash that it suggests. */
export interface LoggedCode {
  readonly kind: InlineKind;
  readonly hash: `'sha256-${string}'`;
}

const KINDS: readonly (readonly [beginning: string, kind: InlineKind])[] = [
  ["Executing inline script ", "script"],
  ["Executing inline event handler ", "event handler"],
  ["Applying inline style ", "style"],
];

/**
 * Reads the hash of inline code from a message of Chromium's console: the only place that has it where the element is gone.
 *
 * @returns undefined where the message is about something else, or has no hash: of event handlers it has none.
 */
export function readLoggedCode(text: string): LoggedCode | undefined {
  const kind = KINDS.find(([beginning]) => text.startsWith(beginning))?.[1];
  const hash = suggestedHash(text);
  if (kind === undefined || hash === undefined || !hash.startsWith("'sha256-")) return undefined;
  const isAttribute = kind === "style" && text.includes("style attributes");
  return { kind: isAttribute ? "style attribute" : kind, hash: hash as LoggedCode["hash"] };
}

/** The hash that Chromium suggests: it names it after the policy, which may have hashes too. */
export function suggestedHash(text: string): string | undefined {
  const quoted = text.match(/'[^'\s]+'/g) ?? [];
  return quoted.findLast((word) => readSource(word, "wire").kind === "hash");
}
