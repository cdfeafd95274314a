import type { PolicyError } from "../../errors.js";
import { trimmed } from "../../values/text.js";

/** A value without its invalid parts, and those parts. */
export interface Mended {
  readonly value: string;
  readonly dropped: readonly { readonly part: string; readonly why: string }[];
}

/** What is wrong with a value. */
export interface Refusals {
  /** By the grammar of the header. */
  readonly alone: (value: string) => PolicyError | undefined;
  /** By the check of the whole policy. */
  readonly whole: (value: string) => PolicyError | undefined;
}

/** How a value is split into parts that can be left out, and a part into tokens. Browsers ignore such parts too. */
interface Cut {
  readonly separator: "," | ";";
  /** A structured field: browsers ignore all of it if one part is not valid. RFC 9651 §4.2. */
  readonly structured?: true;
  /** Tokens of a part, with a blank between them, and what is written around them. */
  readonly tokens?: (part: string) => { readonly head: string; readonly tokens: readonly string[]; readonly tail: string } | undefined;
}

const CSP: Cut = {
  separator: ";",
  tokens: (part) => {
    const [head = "", ...tokens] = part.trim().split(/\s+/);
    return { head: `${head} `, tokens, tail: "" };
  },
};

const CUTS: Readonly<Record<string, Cut>> = {
  "content-security-policy": CSP,
  "content-security-policy-report-only": CSP,
  "permissions-policy": {
    separator: ",",
    structured: true,
    tokens: (part) => {
      const [, head, list] = /^([^=]*=\()([^()]*)\)\s*$/.exec(part) ?? [];
      return head === undefined || list === undefined ? undefined : { head, tokens: list.trim().split(/\s+/), tail: ")" };
    },
  },
  "reporting-endpoints": { separator: ",", structured: true },
  "referrer-policy": { separator: "," },
};

/** All other headers: parameters after the main value. */
const PARAMETERS: Cut = { separator: ";" };

/**
 * Leaves out the invalid parts of a value, so that one token does not drop the whole header.
 *
 * @param name the header, in lower case.
 * @param refusals return the error of a value, or undefined if it is valid. Called several times for each part.
 * @returns undefined if leaving out parts does not make the value valid.
 */
export function mended(name: string, value: string, { alone: refusalAlone, whole: refusal }: Refusals): Mended | undefined {
  const cut = Object.hasOwn(CUTS, name) ? (CUTS[name] as Cut) : PARAMETERS;
  if (cut.structured && refusalAlone(value)?.issues.some(({ code, path }) => code === "invalid-value" && path === "")) return undefined;
  const parts = pieces(value, cut.separator);
  const alone = cut !== PARAMETERS;
  const dropped: { part: string; why: string }[] = [];
  let kept: readonly string[] = parts;
  if (alone) {
    kept = parts.flatMap((part) => {
      const why = refusalAlone(part.trim());
      if (why === undefined) return [part];
      const rest = cut.tokens === undefined ? undefined : withoutTokens(part, cut.tokens, refusalAlone, dropped);
      if (rest === undefined) dropped.push({ part: part.trim(), why: reasonOf(why) });
      return rest === undefined ? [] : [rest];
    });
  }
  const joined = (list: readonly string[]) => list.map((part) => part.trim()).join(`${cut.separator} `);
  const why = kept.length === 0 ? undefined : refusal(joined(kept));
  if (kept.length === 0) return undefined;
  if (why === undefined) return { value: joined(kept), dropped };
  // Each part is valid alone, but not all together: the last part that can be left out is.
  for (let index = kept.length - 1; index >= (alone ? 0 : 1); index--) {
    const others = kept.filter((_, other) => other !== index);
    if (others.length > 0 && refusal(joined(others)) === undefined) {
      return { value: joined(others), dropped: [...dropped, { part: (kept[index] as string).trim(), why: reasonOf(why) }] };
    }
  }
  return undefined;
}

/** The part with the tokens that are valid alone; undefined if its name is not valid. */
function withoutTokens(
  part: string,
  cut: NonNullable<Cut["tokens"]>,
  refusal: (value: string) => PolicyError | undefined,
  dropped: { part: string; why: string }[],
): string | undefined {
  const { head, tokens, tail } = cut(part) ?? { head: "", tokens: [], tail: "" };
  if (tokens.length < 1 || head === "") return undefined;
  const wrong = tokens.map((token) => refusal(`${head}${token}${tail}`));
  const kept = tokens.filter((_, index) => wrong[index] === undefined);
  const found = tokens.flatMap((token, index) => {
    const why = wrong[index];
    return why === undefined ? [] : [{ part: `${trimmed(head, "=( \t")} ${token}`, why: reasonOf(why) }];
  });
  // Browsers read a list without any valid source as 'none'.
  const rest = `${head}${kept.length === 0 && tail === "" ? "'none'" : kept.join(" ")}${tail}`;
  if (found.length === 0 || refusal(rest) !== undefined) return undefined;
  dropped.push(...found);
  return rest;
}

/** Splits at each separator outside of quotes and brackets. */
function pieces(value: string, separator: string): readonly string[] {
  const found = [""];
  let [quoted, depth] = [false, 0];
  for (const char of value) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === "(") depth += 1;
    else if (!quoted && char === ")") depth -= 1;
    if (char === separator && !quoted && depth <= 0) found.push("");
    else found[found.length - 1] += char;
  }
  return found.filter((piece) => piece.trim() !== "");
}

const reasonOf = ({ issues: [first] }: PolicyError) => (first === undefined ? "" : `${first.message}. ${first.hint}`);
