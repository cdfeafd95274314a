import type { Patch } from "../../headers/patch.js";
import type { Policy } from "../../policy/policy.js";
import type { Evidence, PolicyName } from "../evidence.js";
import { distinct, type Needed, NOTHING, type Other, type Part, some, valueIn } from "./part.js";

/** Browsers report as much of a name. Trusted Types §4.4. */
const LONGEST_NAME = 40;

/** The names of Trusted Types policies; sinks that get strings need a change of the site. */
export function trustedTypesPart(policy: Policy, { policyNames, groups }: Evidence): Part {
  const cut = policyNames.filter(({ name }) => name.length >= LONGEST_NAME);
  const whole = policyNames.filter(({ name }) => name !== "" && name.length < LONGEST_NAME);
  const before = valueIn(policy.resolved, "contentSecurityPolicy", "trustedTypes");
  const listed = (Array.isArray(before) ? before : []).filter((name) => name !== "none" && name !== "'none'");
  const seen = whole.filter(({ disposition }) => disposition === "report").map(({ name }) => name);
  const enforced = whole.filter(({ disposition }) => disposition !== "report").map(({ name }) => name);
  // A name that is listed and blocked nevertheless is that of a second policy.
  const isTwice = enforced.some((name) => seen.includes(name)) || whole.some(({ name }) => listed.includes(name));
  const names = distinct([...listed, ...seen, ...enforced, ...(isTwice ? ["allow-duplicates"] : [])]);
  return {
    ...NOTHING,
    others: names.slice(listed.length).map((name) => nameOf(name, names, pagesOf(whole, name))),
    needed: [...distinct(cut.map(({ name }) => name)).map((name) => tooLong(name, pagesOf(cut, name))), ...sinksOf(groups)],
  };
}

const pagesOf = (all: readonly PolicyName[], name: string) => distinct(all.filter((one) => one.name === name).map(({ page }) => page));

function nameOf(source: string, names: readonly string[], pages: readonly string[]): Other {
  const why = pages.length === 0 ? "a policy is created twice" : `created on ${some(pages, 1)}`;
  const patch = { contentSecurityPolicy: { trustedTypes: names } } as Patch;
  return { allowed: { directive: "trustedTypes", source, why, code: undefined }, patch };
}

const tooLong = (name: string, pages: readonly string[]): Needed => ({
  message: `Browsers report only the beginning of the name of a Trusted Types policy, ${JSON.stringify(name)}: add it to trustedTypes.`,
  pages,
  code: undefined,
});

function sinksOf(groups: Evidence["groups"]): readonly Needed[] {
  const sinks = groups.filter(({ type, directive }) => type === "csp-violation" && directive === "require-trusted-types-for");
  if (sinks.length === 0) return [];
  const samples = sinks.flatMap((group) => group.samples.map(({ value }) => value.split("|", 1)[0] as string));
  const files = sinks.flatMap((group) => group.files.map(({ value }) => value));
  const message = `A sink gets a string (${some(samples)}), from ${some(files) || "an unknown place"}: assign a value that a Trusted Types policy created, or write requireTrustedTypesFor: false, trustedTypes: false.`;
  return [{ message, pages: distinct(sinks.flatMap(({ pages }) => pages.map(({ value }) => value))), code: undefined }];
}
