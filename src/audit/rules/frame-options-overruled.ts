import { headers } from "../../headers/index.js";
import type { Found, Rule } from "../finding.js";
import { readHeader } from "../subject.js";

const SAME_AS: Readonly<Record<string, string>> = { DENY: "'none'", SAMEORIGIN: "'self'" };

/** X-Frame-Options says one thing, `frame-ancestors` another: browsers that know the latter obey it alone. CSP3 §6.4.2.1. */
export const frameOptionsOverruled: Rule = {
  rule: "frame-options-overruled",

  check: (subject) => {
    const options = readHeader(subject, headers.xFrameOptions);
    const lists = subject.enforced.flatMap(({ directives }) =>
      directives.has("frame-ancestors") ? [directives.get("frame-ancestors")] : [],
    );
    if (options.kind !== "read" || lists.length === 0) return [];
    const same = SAME_AS[options.value];
    // An empty list is 'none'.
    if (lists.some((list) => (list?.join(" ") || "'none'") === same)) return [];
    const said = lists.map((list) => list?.join(" ") || "'none'").join(", ");
    const message = `X-Frame-Options: ${options.value} is overruled by frame-ancestors ${said.slice(0, 120)}: browsers do not agree on who may frame this page.`;
    const fix = `Write what frame-ancestors means, or leave X-Frame-Options out; ${options.value} is frame-ancestors ${same}.`;
    return [{ header: "X-Frame-Options", severity: "low", message, fix } satisfies Found];
  },
};
