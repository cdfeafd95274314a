import { PolicyError, type PolicyIssue } from "../../errors.js";
import { USE_NONCE_SLOT } from "../../values/source-faults.js";

const NO_NONCE =
  "JSON has no nonce, which differs in each response: write the policy in a module such as policy.mjs, or allow the code by its hash.";

/** What a hint says for JavaScript, and what is written in a JSON file for it. */
const IN_JSON: readonly (readonly [hint: RegExp, json: string])[] = [
  [/^Write the nonce slot into a list: .*$/s, NO_NONCE],
  [/^Add nonce \(import .*$/s, 'Add a hash, or take "strict-dynamic" out. A nonce needs a module such as policy.mjs.'],
  [/^For a host of that name write source\("(.*)"\)\.$/s, 'For a host of that name write its scheme: "https://$1".'],
  [/^(?:If you mean it, write|Write) source\(.*$/s, "JSON cannot write it: write the policy in a module such as policy.mjs."],
  [/^Write the preset as a layer: .*$/s, 'Write the preset and the rest as a list: ["strict", { … }].'],
  [/^This is a preset: write securityHeaders\((".*"), .*$/s, "This is a preset: write a list: [$1, { … }]."],
  [/^(This is a helmet option: write )(\w+)(: true)?, or wrap helmet options in .*$/s, '$1"$2"$3.'],
  [/^Write contentSecurityPolicyReportOnly, or wrap .*$/s, 'Write "contentSecurityPolicyReportOnly": { … }.'],
];

const EDITS = '{ "append": ["https://cdn.example"] } or { "remove": ["https://cdn.example"] }';

/**
 * Runs what reads or checks a policy of a JSON file: where it is refused, the hints say what is written in JSON, and not in JavaScript.
 *
 * @throws {PolicyError} with the same issues and these hints.
 */
export function inJson<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const [first, ...others] = error.issues.map((issue) => ({ ...issue, hint: hintFor(issue) }));
    throw new PolicyError([first as PolicyIssue, ...others], { cause: error.cause });
  }
}

function hintFor({ message, hint }: PolicyIssue): string {
  if (hint.startsWith(USE_NONCE_SLOT)) return NO_NONCE;
  if (message === "an object is not a list") return `Write a list such as ["self"], or one edit: ${EDITS}.`;
  const [, call] = /^"(append|remove|allow)(?:\(.*)?" is not a (?:list|source)$/s.exec(message) ?? [];
  if (call !== undefined) return `Write an edit in place of the list: { "${call}": ["https://cdn.example"] }.`;
  if (/^"[\w-]+\(.*" is not a (?:list|source)$/s.test(message))
    return "JSON has no functions: write the policy in a module such as policy.mjs.";
  for (const [pattern, json] of IN_JSON) if (pattern.test(hint)) return hint.replace(pattern, json);
  return hint;
}
