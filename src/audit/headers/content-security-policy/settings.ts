import type { DirectiveValue } from "../../../headers/content-security-policy/values.js";
import type { FindGain } from "../../compare/difference.js";

/** The value of a directive that is not a source list; undefined where it is absent. */
export type Setting = DirectiveValue | undefined;

/** The words of a list; none where the value is not a list. */
export const listOf = (value: Setting): readonly string[] => (typeof value === "object" ? (value as readonly string[]) : []);

/** A directive that blocks one thing where its value says so. */
export function blocks(what: string, isOn: (value: Setting) => boolean): FindGain<Setting> {
  return (from, to) => (isOn(from) && !isOn(to) ? what : undefined);
}

/** Tokens of a sandbox; `allow-top-navigation` includes the same by a click. HTML §7.1.5. */
export const sandbox: FindGain<Setting> = (from, to) => {
  if (from === undefined) return undefined;
  if (to === undefined) return "everything that the sandbox blocks";
  const has = (token: string) =>
    listOf(from).includes(token) || (token === "allow-top-navigation-by-user-activation" && listOf(from).includes("allow-top-navigation"));
  const token = listOf(to).find((one) => !has(one));
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
