import { dynamicPart } from "../site.js";
import { pathMatch, pathRegexOf } from "./patterns.js";
import { regexOf } from "./regex.js";
import { type Match, matchOf } from "./regex-match.js";
import type { Values } from "./scene.js";
import { IS_PATH } from "./tables.js";
import { expanded } from "./variables.js";

/** The condition of an `if`: `$uri = /a`, `$http_cookie ~* theme`, `$x`, `-f $request_filename`. */
export interface IfCondition {
  readonly left: string;
  readonly sign: string | undefined;
  readonly right: string;
}

/** Reads the arguments of an `if`. After a quoted text or a space, a bracket is an argument. */
export function ifCondition(args: readonly string[]): IfCondition {
  const words = args.map((arg, index) => (index === 0 ? arg.replace(/^\(/, "") : arg));
  const last = words.at(-1)?.replace(/\)$/, "") ?? "";
  const [left = "", sign, right = ""] = [...words.slice(0, -1), last].filter((word) => word !== "");
  return { left, sign, right };
}

/** Whether the condition of an `if` is met. */
export function ifMatch({ left, sign, right }: IfCondition, values: Values): Match {
  const { scene, note } = values;
  if (!left.startsWith("$")) return "maybe";
  const text = expanded(left, values);
  const isKnown = dynamicPart(text) === undefined;
  if (sign === undefined) return isKnown ? answer(text !== "" && text !== "0") : "maybe";
  const isPath = IS_PATH.test(left);
  if (sign === "=" || sign === "!=") {
    const other = expanded(right, values);
    if (isKnown && dynamicPart(other) === undefined) return answer((text === other) === (sign === "="));
    return scene.isOwn && isPath ? answer(sign === "!=") : "maybe";
  }
  const [, not, anyCase] = /^(!?)~(\*?)$/.exec(sign) ?? [];
  if (not === undefined) return "maybe";
  const match = isPath
    ? pathMatch(pathRegexOf(right, anyCase === "*"), text, scene, note)
    : matchOf(regexOf(right, anyCase === "*"), text, note);
  return not === "" || match === "maybe" ? match : answer(match === "no");
}

const answer = (is: boolean): Match => (is ? "yes" : "no");
