import { Failure } from "../failure.js";
import { DEEPEST_JSON } from "../limits.js";

/**
 * Reads JSON.
 *
 * @param word what the user wrote for the file.
 * @param revive as `JSON.parse` takes it.
 * @throws {Failure} with the line of the mistake where Node reports it, or where the text is nested too deeply.
 */
export function parseJson(text: string, word: string, revive?: (key: string, value: unknown) => unknown): unknown {
  if (depthOf(text) > DEEPEST_JSON) throw new Failure([`${word} has more than ${DEEPEST_JSON} levels of nested lists and objects.`]);
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    const { message } = error as SyntaxError;
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    const where =
      position === undefined || message.includes("line ") ? "" : ` (line ${text.slice(0, Number(position)).split("\n").length})`;
    throw new Failure([`${word} is not JSON: ${message}${where}.`]);
  }
}

/** The object that a text of JSON holds; undefined for anything else. */
export function objectIn(text: string): object | undefined {
  if (!/^\s*\{/.test(text) || depthOf(text) > DEEPEST_JSON) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Maximum number of brackets open at once, outside strings. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "[" || character === "{")) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === "]" || character === "}")) depth -= 1;
  }
  return deepest;
}
