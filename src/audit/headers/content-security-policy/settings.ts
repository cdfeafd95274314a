import type { DirectiveValue } from "../../../headers/content-security-policy/values.js";
import type { FindGain } from "../../compare/difference.js";

/** The value of a directive that is not a source list; undefined where it is absent. */
export type Setting = DirectiveValue | undefined;

/** The words of a list; none where the value is not a list. */
export const listOf = (value: Setting): readonly string[] => (typeof value === "object" ? (value as readonly string[]) : []);

/** A directive that blocks one thing where it is present. */
export const blocks =
  (what: string): FindGain<Setting> =>
  (from, to) =>
    from !== undefined && to === undefined ? what : undefined;

/**
 * A directive that blocks one thing where its value says so. Quoted words count in the case in which they are specified: Chromium ignores
 * `'SCRIPT'`, and another one some browser may know.
 *
 * @param known the quoted words that are known here.
 */
export function blocksBy(what: string, known: readonly string[], isOn: (words: readonly string[]) => boolean): FindGain<Setting> {
  const unknownOf = (words: readonly string[]) => words.filter((word) => word.startsWith("'") && !known.includes(word));
  return (from, to) => {
    const [before, after] = [wordsOf(from), wordsOf(to)];
    const [old, fresh] = [unknownOf(before), unknownOf(after)];
    const odd = fresh.find((word) => !old.includes(word)) ?? old.find((word) => !fresh.includes(word));
    if (odd !== undefined) return `what ${odd} means in browsers that know it`;
    return isOn(before) && !isOn(after) ? what : undefined;
  };
}

const wordsOf = (value: Setting): readonly string[] => (typeof value === "string" ? value.split(" ") : listOf(value));

/** Tokens of a sandbox that others include. HTML §7.1.5. */
const INCLUDED_IN: Readonly<Record<string, readonly string[]>> = {
  "allow-top-navigation-by-user-activation": ["allow-top-navigation"],
  "allow-top-navigation-to-custom-protocols": ["allow-top-navigation", "allow-popups"],
};

/** Tokens of a sandbox. */
export const sandbox: FindGain<Setting> = (from, to) => {
  if (from === undefined) return undefined;
  if (to === undefined) return "everything that the sandbox blocks";
  const held = listOf(from);
  const wider = (token: string) => (Object.hasOwn(INCLUDED_IN, token) ? (INCLUDED_IN[token] ?? []) : []);
  const token = listOf(to).find((one) => ![one, ...wider(one)].some((word) => held.includes(word)));
  return token && `what ${token} permits in a sandbox`;
};

/** Names of policies; `*` is any name. Trusted Types §4.2.2. */
export const trustedTypes: FindGain<Setting> = (from, to) => {
  if (from === undefined) return undefined;
  if (to === undefined) return "Trusted Types policies of any name";
  const has = (name: string) => listOf(from).includes(name) || (name !== "'allow-duplicates'" && listOf(from).includes("*"));
  const name = listOf(to).find((one) => one !== "'none'" && !has(one));
  if (name === undefined) return undefined;
  return name === "'allow-duplicates'" ? "two Trusted Types policies of one name" : `the Trusted Types policy ${name}`;
};
