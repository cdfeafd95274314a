import type { AnyNode } from "acorn";
import { trimmed } from "../../../values/text.js";
import type { Data } from "../data.js";

/** The result of a method call; undefined if unknown. */
type Method = (on: Data["value"], written: readonly AnyNode[]) => string | undefined;

/** The regular expressions commonly used to format a policy; no other is run. */
const TIDY: ReadonlyMap<string, RegExp> = new Map(
  [/\n/g, /\r/g, /\r\n/g, /\n+/g, /\r?\n/g, /\r?\n|\r/g, /[\r\n]+/g, /\s/g, /\s+/g, /\s\s+/g, /\s{2,}/g, / +/g, / {2,}/g].map((one) => [
    one.source,
    one,
  ]),
);

const textAt = (written: readonly AnyNode[], index: number): string | undefined => {
  const node = written[index];
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
};

const withoutArguments =
  (make: (text: string) => string): Method =>
  (on, written) =>
    typeof on === "string" && written.length === 0 ? make(on) : undefined;

function replaced(on: Data["value"], written: readonly AnyNode[]): string | undefined {
  const [pattern] = written;
  const by = textAt(written, 1);
  // A dollar sign in the replacement refers to the match.
  if (typeof on !== "string" || pattern?.type !== "Literal" || by === undefined || by.includes("$") || written.length !== 2)
    return undefined;
  if (typeof pattern.value === "string") return on.replace(pattern.value, by);
  const { regex } = pattern as { readonly regex?: { readonly pattern: string; readonly flags: string } };
  const known = regex?.flags === "g" ? TIDY.get(regex.pattern) : undefined;
  return known === undefined ? undefined : on.replace(known, by);
}

/** Methods whose result is known, by their names. */
export const STRING_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["trim", withoutArguments((text) => trimmed(text, " \t\n\r\v\f\u00a0\ufeff"))],
  ["toLowerCase", withoutArguments((text) => text.toLowerCase())],
  ["toString", withoutArguments((text) => text)],
  ["replace", replaced],
  [
    "replaceAll",
    (on, written) => {
      const [what, by] = [textAt(written, 0), textAt(written, 1)];
      if (what === undefined) return replaced(on, written);
      return typeof on === "string" && by !== undefined && !by.includes("$") && what !== "" ? on.replaceAll(what, by) : undefined;
    },
  ],
  [
    "join",
    (on, written) => {
      const by = written.length === 0 ? "," : textAt(written, 0);
      if (!Array.isArray(on) || by === undefined) return undefined;
      const texts = on.map(({ value }: Data) => value);
      return texts.every((one) => typeof one === "string") ? texts.join(by) : undefined;
    },
  ],
]);
