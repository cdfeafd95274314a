import { headers } from "../../headers/index.js";
import type { AuditRule, Found } from "../finding.js";
import { readHeader, type Subject } from "../subject.js";

const SAME_AS: Readonly<Record<string, string>> = { DENY: "'none'", SAMEORIGIN: "'self'" };

/** The lists of frame-ancestors that browsers use instead of X-Frame-Options; undefined where there is none, or one means the same. */
export function overruledBy(subject: Subject): string | undefined {
  const options = readHeader(subject, headers.xFrameOptions);
  // An empty list is 'none'.
  const lists = subject.enforced
    .flatMap(({ directives }) => directives.get("frame-ancestors")?.join(" ") ?? [])
    .map((list) => list || "'none'");
  const same = options.kind === "read" ? SAME_AS[options.value] : undefined;
  return lists.length === 0 || lists.some((list) => list === same) ? undefined : lists.join(", ").slice(0, 120);
}

/** X-Frame-Options and `frame-ancestors` differ: browsers that know the latter ignore the former. CSP3 §6.4.2.1. */
export const frameOptionsOverruled: AuditRule<"frame-options-overruled"> = {
  rule: "frame-options-overruled",

  check: (subject) => {
    const options = readHeader(subject, headers.xFrameOptions);
    const said = overruledBy(subject);
    if (options.kind !== "read" || said === undefined) return [];
    const same = SAME_AS[options.value];
    const message = `X-Frame-Options: ${options.value} is overruled by frame-ancestors ${said}: old and current browsers differ on who may frame this page.`;
    const fix = `Send what frame-ancestors means, or remove X-Frame-Options; ${options.value} means frame-ancestors ${same}.`;
    return [{ header: "X-Frame-Options", severity: "low", message, fix } satisfies Found];
  },
};
