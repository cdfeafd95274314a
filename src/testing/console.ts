import { suggestedHash } from "../record/console.js";
import { baseOf, type Violation, violationOf } from "./violation.js";

/** The part of Playwright's console message that is used. */
export interface ConsoleMessageLike {
  text(): string;
  location(): { readonly url: string; readonly lineNumber: number };
}

/** A violation that the browser's console reports, and the hash that it suggests. */
export interface Logged {
  readonly violation: Violation;
  readonly hash: string | undefined;
}

const CSP_MESSAGE =
  /violates the following (report-only )?Content Security Policy directive(?:[: ]*|(?:(?!violates)[^"])*: )["']([a-z-]+)/i;
const FRAME_OPTIONS_MESSAGE = /^Refused to display '([^']*)' in a frame because it set 'X-Frame-Options' to '([^']*)'/i;

/** Reads a console message of Chromium; undefined if it reports no violation. */
export function readMessage(message: ConsoleMessageLike, page: string): Logged | undefined {
  const text = message.text();
  const { url, lineNumber } = message.location();
  const csp = CSP_MESSAGE.exec(text);
  if (csp !== null) {
    const [, reportOnly, directive = ""] = csp;
    const isInline = text.includes("enable inline execution");
    const isEval = text.includes("'unsafe-eval'");
    const blocked = isInline ? "inline" : isEval ? "eval" : /'([^']*)'/.exec(text)?.[1];
    const read = violationOf({
      header: "Content-Security-Policy",
      directive: isEval ? "script-src" : (/'([a-z-]+)' was not explicitly set/.exec(text)?.[1] ?? directive),
      blockedURL: blocked ?? "",
      documentURL: url || page,
      sourceFile: url,
      lineNumber: url === "" ? 0 : lineNumber + 1,
      disposition: reportOnly !== undefined || text.includes("policy is report-only") ? "report" : "enforce",
    });
    return { violation: read, hash: suggestedHash(text) };
  }
  const [, framed, value = ""] = FRAME_OPTIONS_MESSAGE.exec(text) ?? [];
  if (framed !== undefined) {
    const read = violationOf({ header: "X-Frame-Options", directive: value.toUpperCase(), blockedURL: framed, documentURL: page });
    return { violation: read, hash: undefined };
  }
  if (!text.endsWith("ByCoep")) return undefined;
  const read = violationOf({ header: "Cross-Origin-Embedder-Policy", directive: "corp", blockedURL: url, documentURL: page });
  return { violation: read, hash: undefined };
}

/** Whether an event and a console message report the same violation; the console says script-src for script-src-elem. */
export function isSame(event: Violation, logged: Violation): boolean {
  if (event.header !== logged.header || event.disposition !== logged.disposition) return false;
  if (baseOf(event.directive) !== baseOf(logged.directive)) return false;
  const { blockedURL } = event;
  return !URL.canParse(logged.blockedURL) || logged.blockedURL.startsWith(`${blockedURL}:`) || addressOf(event) === addressOf(logged);
}

function addressOf({ blockedURL }: Violation): string | undefined {
  return URL.canParse(blockedURL) ? new URL(blockedURL).href.split("#")[0] : blockedURL;
}
