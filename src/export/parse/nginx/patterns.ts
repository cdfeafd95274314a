import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { ofPattern } from "../paths.js";
import { type Regex, regexOf } from "./regex.js";
import { type Match, matchOf } from "./regex-match.js";

/** A regular expression that is matched against a path. */
export interface PathRegex {
  readonly regex: Regex | undefined;
  /** The literal paths that it matches. Empty if there are none. */
  readonly paths?: readonly RoutePath[];
  /** Whether it matches these paths only. */
  readonly isSpelled?: boolean;
  /** Whether it also matches longer paths, or any character for a dot. */
  readonly isLoose?: boolean;
}

export function pathRegexOf(pattern: string, anyCase: boolean): PathRegex {
  const regex = regexOf(pattern, anyCase);
  const spelled = writtenOut(pattern.replaceAll("\\z", "$"));
  const read = spelled === undefined ? undefined : ofPattern(spelled.join("|"));
  if (read === undefined) return { regex };
  // An unescaped dot matches any character.
  const isLoose = read.loose === true || /(?:^|[^\\])\.(?!\*)/.test(pattern);
  return { regex, paths: read.paths, isSpelled: !anyCase && !isLoose, isLoose };
}

/** Maximum number of texts that groups expand to. */
const MOST = 100;

/** `^/(?:a|b)/` as `^/a/` and `^/b/`. Undefined if groups are nested or repeated. */
function writtenOut(pattern: string): readonly string[] | undefined {
  if (pattern.length > 1_000) return undefined;
  let texts: readonly string[] = [""];
  const done: string[] = [];
  const pieces = pattern.match(/\((?:\?:)?[^()\\[\]*+?{}]*(?:\\.[^()\\[\]*+?{}]*)*\)(?![?*+{])|\\.|[\s\S]/g) ?? [];
  for (const piece of pieces) {
    if (piece === "|") {
      done.push(...texts);
      texts = [""];
      continue;
    }
    const group = piece.length > 1 && piece.startsWith("(") ? splitAtBars(piece.slice(piece.startsWith("(?:") ? 3 : 1, -1)) : [piece];
    texts = texts.flatMap((text) => group.map((one) => `${text}${one}`));
    if (texts.length + done.length > MOST) return undefined;
  }
  return [...done, ...texts];
}

function splitAtBars(text: string): readonly string[] {
  const found = [""];
  for (const piece of text.match(/\\.|[\s\S]/g) ?? []) {
    if (piece === "|") found.push("");
    else found[found.length - 1] += piece;
  }
  return found;
}

/** Like `matchOf`, but paths that the expression names literally are read separately. */
export function pathMatch({ regex, isSpelled }: PathRegex, uri: string, { isOwn }: { readonly isOwn: boolean }, note: Note): Match {
  const match = matchOf(regex, uri, note);
  return match === "maybe" && isOwn && isSpelled ? "no" : match;
}
