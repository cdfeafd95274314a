import { issueCollector, PolicyError, type PolicyIssue, type ReportIssue } from "../errors.js";
import { plain } from "../values/own.js";
import { show, trimmed } from "../values/text.js";

/** A header of the registry, as far as reading goes. */
export interface Readable<T> {
  readonly name: string;
  readonly parse: (text: string) => T;
  readonly read?: (text: string, report: ReportIssue) => T;
}

/** A header, as browsers read it. */
export type Reading<T> =
  | { readonly kind: "absent" }
  /** `inForce`: what browsers do all the same; undefined where they go on as if the header were not there. */
  | { readonly kind: "broken"; readonly issues: readonly PolicyIssue[]; readonly inForce?: T }
  /** `issues`: members that browsers ignore. */
  | { readonly kind: "read"; readonly value: T; readonly issues: readonly PolicyIssue[] };

/** Reads one text. */
export function readValue<T>({ parse, read }: Pick<Readable<T>, "parse" | "read">, text: string): Reading<T> {
  const { issues, report } = issueCollector();
  try {
    const value = read === undefined ? parse(text) : read(text, report);
    return { kind: "read", value: plain(value), issues };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { kind: "broken", issues: error.issues };
  }
}

/** The same for all lines of a header; `readOne` reads a text, and may remember it. */
export function readLines<T>(
  header: Readable<T>,
  lines: readonly string[],
  readOne: (header: Readable<T>, text: string) => Reading<T> = readValue,
): Reading<T> {
  if (lines.length === 0) return { kind: "absent" };
  const name = header.name.toLowerCase();
  if (name === FRAME_OPTIONS && framesBlocked(lines)) {
    const message = `${show(lines.join(", "))} holds values that differ, and browsers block every frame`;
    const issue: PolicyIssue = { code: "conflict", path: "", message, hint: "Send one of them." };
    return { kind: "broken", issues: [issue], inForce: "DENY" as T };
  }
  return readOne(header, (COUNTS[name] ?? joined)(lines));
}

const FRAME_OPTIONS = "x-frame-options";

/** Splits at commas: "get, decode, and split" of Fetch §2.2.2, for values without quotes. */
export const split = (lines: readonly string[]) => lines.flatMap((line) => line.split(",").map((part) => trimmed(part)));

const joined = (lines: readonly string[]) => (lines.length === 1 ? (lines[0] as string) : lines.join(", "));
const firstLine = (lines: readonly string[]) => lines[0] as string;
const firstMember = (lines: readonly string[]) => split(lines)[0] as string;
const sameMember = (lines: readonly string[]) => [...new Set(split(lines).map((part) => part.toLowerCase()))].join(", ");

/**
 * The text of a header's lines that counts. Where there is no row they are joined, RFC 9110 §5.2: a structured item (COOP, COEP,
 * Document-Isolation-Policy, Origin-Agent-Cluster) and Cross-Origin-Resource-Policy cannot be read then, even where both are equal.
 */
const COUNTS: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  // RFC 6797 §8.1
  "strict-transport-security": firstLine,
  // Fetch §3.6
  "x-content-type-options": firstMember,
  // HTML §7.1.6; of equal values one counts.
  [FRAME_OPTIONS]: sameMember,
  "x-dns-prefetch-control": sameMember,
  "x-download-options": sameMember,
  "x-permitted-cross-domain-policies": sameMember,
};

/** Several values of X-Frame-Options, one of them known: HTML §7.1.6, step 5. */
function framesBlocked(lines: readonly string[]): boolean {
  if (lines.length === 1 && !lines[0]?.includes(",")) return false;
  const set = new Set(split(lines).map((part) => part.toLowerCase()));
  return set.size > 1 && ["deny", "sameorigin", "allowall"].some((word) => set.has(word));
}

/** Headers that one value alone can say: a second one makes browsers ignore both. */
const ITEMS = new Set(
  ["cross-origin-opener-policy", "cross-origin-embedder-policy", "document-isolation-policy"]
    .flatMap((name) => [name, `${name}-report-only`])
    .concat("cross-origin-resource-policy", "origin-agent-cluster"),
);

/** Why browsers ignore a header that is there more than once, as the end of a sentence; undefined where they do not. */
export function ignoredTwice(name: string, lines: readonly string[], isBroken: () => boolean): string | undefined {
  if (!ITEMS.has(name.toLowerCase())) return undefined;
  if (lines.length > 1) return `sent ${lines.length} times: browsers join the values, cannot read the result, and ignore the header.`;
  const several = lines[0]?.includes(",") === true && isBroken();
  return several ? "sent with several values, commas between them: browsers cannot read it, and ignore the header." : undefined;
}
