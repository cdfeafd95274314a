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
  const script = list("script-src");
  const style = list("style-src");
  if (script.includes("'strict-dynamic'") && !script.some(isProof)) return "invalid";
  if (script.some(isUnsafe) || list("object-src").some(isBroad)) return "unsafe-inline";
  if (!overHttp && [...new Set(active)].some((name) => written(name).some(isInsecure))) return "insecure-scheme";
  if ([...script, ...style].includes("'unsafe-eval'")) return "unsafe-eval";
  if (!overHttp && PASSIVE.some((name) => written(name).some(isInsecure))) return "insecure-scheme-in-passive-content";
  if (style.some(isUnsafe)) return "unsafe-inline-in-style-only";
  return list("default-src").every((source) => source === "'none'") ? "no-unsafe-default-none" : "no-unsafe";
}

const isUnsafe = (source: string) => source === "'unsafe-inline'" || source === "data:" || isBroad(source);
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

/** Without what a nonce, a hash or `'strict-dynamic'` makes inert. */
function liveSources(name: string, list: readonly string[]): readonly string[] {
  const isStrict = name === "script-src" && list.includes("'strict-dynamic'") && list.some(isProof);
  const isCancelled = list.some(isProof);
  return list.filter((source) => !(isStrict && isInertUnderStrictDynamic(source)) && !(isCancelled && source === "'unsafe-inline'"));
}

/** Whether a broad source, such as `https:`, matches all that another source matches. */
function covers(wide: string, source: string): boolean {
  return !/^(?:'|data:)/.test(source) && !(isInsecure(source) && wide.startsWith("https:"));
}
