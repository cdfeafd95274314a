import { type CspPolicy, effective, isBroad, isInertUnderStrictDynamic, isProof } from "../../headers/content-security-policy/wire.js";
import type { Subject } from "../subject.js";
import type { FIGURES } from "./figures.js";

type CspOutcome = keyof (typeof FIGURES)["content-security-policy"];

/** All policies are enforced together: what counts is what every one of them allows. */
export function contentSecurityPolicy({ enforced, reportOnly, overHttp }: Subject): CspOutcome {
  if (enforced.length === 0) return reportOnly.length > 0 ? "report-only" : "missing";
  if (enforced.some(isInvalid)) return "invalid";
  const outcome = outcomeOf(enforced, overHttp);
  return MAY_REPEAT_UNDER.includes(outcome) && enforced.some(({ twice }) => twice.length > 0) ? "repeated-reporting" : outcome;
}

const MAY_REPEAT = ["report-uri", "report-to"];
/** Outcomes that a repeated one of those hides. */
const MAY_REPEAT_UNDER: readonly CspOutcome[] = [
  "no-unsafe-default-none",
  "no-unsafe",
  "unsafe-inline-in-style-only",
  "insecure-scheme-in-passive-content",
];
/** The shortest text that the Observatory accepts as a policy. */
const SHORTEST = 6;

function isInvalid({ text, directives, twice }: CspPolicy): boolean {
  return text.length < SHORTEST || directives.size === 0 || twice.some((name) => !MAY_REPEAT.includes(name));
}

const PASSIVE = ["img-src", "media-src"];

/** The first hit wins. */
function outcomeOf(policies: readonly CspPolicy[], overHttp: boolean): CspOutcome {
  const list = (name: string) => allowedByAll(policies, name) ?? ["*"];
  const written = (name: string) => allowedByAll(policies, name) ?? [];
  const active = policies.flatMap(({ directives }) => [...directives.keys()]).filter((name) => !PASSIVE.includes(name));
  // The Observatory looks only at script-src and style-src; browsers let -elem and -attr replace them. CSP3 §6.8.4.
  const scripts = [list("script-src"), list("script-src-elem")];
  const styles = [list("style-src"), list("style-src-elem")];
  if (scripts.some((one) => one.includes("'strict-dynamic'") && !one.some(isProof))) return "invalid";
  if (scripts.flat().some(isUnsafe) || list("script-src-attr").includes(INLINE) || list("object-src").some(isBroad)) return "unsafe-inline";
  if (!overHttp && [...new Set(active)].some((name) => written(name).some(isInsecure))) return "insecure-scheme";
  // -elem and -attr do not govern eval. CSP3 §4.4.
  if ([...list("script-src"), ...list("style-src")].includes("'unsafe-eval'")) return "unsafe-eval";
  if (!overHttp && PASSIVE.some((name) => written(name).some(isInsecure))) return "insecure-scheme-in-passive-content";
  if (styles.flat().some(isUnsafe) || list("style-src-attr").includes(INLINE)) return "unsafe-inline-in-style-only";
  return list("default-src").every((source) => source === "'none'") ? "no-unsafe-default-none" : "no-unsafe";
}

const INLINE = "'unsafe-inline'";
const isUnsafe = (source: string) => source === INLINE || source === "data:" || isBroad(source);
const isInsecure = (source: string) => /^(?:http|ftp):/i.test(source);

/** The sources that every policy allows that has such a directive; undefined where none has. */
function allowedByAll(policies: readonly CspPolicy[], name: string): readonly string[] | undefined {
  const lists = policies.flatMap((policy) => {
    const list = effective(policy, name);
    return list === undefined ? [] : [liveSources(name, list)];
  });
  if (lists.length === 0) return undefined;
  const allowing = lists.map((list) => ({ all: new Set(list), broad: [...new Set(list.filter(isBroad))] }));
  return [...new Set(lists.flat())].filter((source) =>
    allowing.every(({ all, broad }) => all.has(source) || broad.some((wide) => covers(wide, source))),
  );
}

const STRICT = ["script-src", "script-src-elem", "script-src-attr"];

/** Without what a nonce, a hash or `'strict-dynamic'` makes inert. */
function liveSources(name: string, list: readonly string[]): readonly string[] {
  const isCancelled = list.some(isProof);
  // Without a nonce or a hash no script file runs, which is a mistake of its own; event handlers are blocked either way.
  const isStrict = STRICT.includes(name) && list.includes("'strict-dynamic'") && (isCancelled || name === "script-src-attr");
  return list.filter((source) => !(isStrict && isInertUnderStrictDynamic(source)) && !(isCancelled && source === INLINE));
}

/** Whether a broad source, such as `https:`, matches all that another source matches. */
function covers(wide: string, source: string): boolean {
  return !/^(?:'|data:)/.test(source) && !(isInsecure(source) && wide.startsWith("https:"));
}
