import { isInnerList, isToken, parseList, textOf } from "../values/structured.js";

/** A Connection-Allowlist, as Chromium reads it. */
export interface ConnectionAllowlist {
  /** URL patterns, and {@link RESPONSE_ORIGIN}. */
  readonly patterns: readonly string[];
  /** Members of the list that are neither; Chromium ignores them. */
  readonly ignored: readonly string[];
  /** How many lists there are; the first counts. */
  readonly lists: number;
  /** Whether a redirect of an allowed request is followed anywhere. */
  readonly redirects: boolean;
  readonly webrtc: boolean;
}

/** The token that means the origin of the response itself. */
export const RESPONSE_ORIGIN = "response-origin";

/**
 * Reads `("https://*.a.example/*" response-origin);report-to=name;redirects=allow;webrtc=allow`: a list of RFC 9651 §3.1, of which the
 * first member counts, and has to be an inner list. Connection Allowlists, W3C draft of 2026, and Chromium's parser.
 *
 * @returns undefined where the value is not such a list, so that nothing is limited.
 */
export function readAllowlist(value: string): ConnectionAllowlist | undefined {
  let list: ReturnType<typeof parseList>;
  try {
    list = parseList(value);
  } catch {
    return undefined;
  }
  const [first] = list;
  if (first === undefined || !isInnerList(first)) return undefined;
  const [items, parameters] = first;
  const patterns: string[] = [];
  const ignored: string[] = [];
  for (const [item] of items) {
    const text = textOf(item);
    const fits = text !== undefined && isToken(item) === (text === RESPONSE_ORIGIN);
    (fits ? patterns : ignored).push(text ?? String(item));
  }
  const allows = (name: string) => {
    const given = parameters.get(name);
    return given !== undefined && isToken(given) && textOf(given) !== "block";
  };
  return { patterns, ignored, lists: list.length, redirects: allows("redirects"), webrtc: allows("webrtc") };
}
