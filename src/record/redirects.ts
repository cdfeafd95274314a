import { withoutQuery } from "./listen.js";
import { unsafeWord } from "./unsafe-links.js";

/** A redirect that was not followed. */
export interface RefusedRedirect {
  /** Where it would have led, without its query. */
  readonly to: string;
  /** The word by which that looks unsafe. */
  readonly word: string;
}

/** Judges where the page that a link names redirects to: an address of any origin that looks as if it logged out, deleted or ended something. */
export interface RedirectGuard {
  /** A visit begins; only in that of a link, redirects of the window are judged. */
  begin(isLink: boolean): void;
  /** What was refused since the visit has begun. */
  readonly refused: RefusedRedirect | undefined;
  /** A frame loads a document: the first one of a visit is the window. */
  loads(frame: string): void;
  /** Whether the redirect of a frame to an address is not to be followed. */
  refuses(to: string, frame: string): boolean;
}

/**
 * A guard that judges nothing before its first visit.
 *
 * @param starts addresses that may be visited, whatever they look like.
 */
export function redirectGuard(starts: readonly URL[]): RedirectGuard {
  const allowed = new Set(starts.map(({ href }) => href));
  let isJudging = false;
  let window: string | undefined;
  let refused: RefusedRedirect | undefined;
  const loads = (frame: string) => {
    window ??= frame;
  };
  return {
    begin(isLink) {
      [isJudging, window, refused] = [isLink, undefined, undefined];
    },
    get refused() {
      return refused;
    },
    loads,
    refuses(to, frame) {
      loads(frame);
      const word = isJudging && frame === window && !allowed.has(to) ? unsafeWord({ href: to, label: "" }) : undefined;
      if (word !== undefined) refused = { to: withoutQuery(to), word };
      return word !== undefined;
    },
  };
}
