import { PolicyError } from "../../errors.js";
import { headerNamed } from "../../headers/index.js";
import { byBreadth } from "../../middleware/routes.js";
import { parseHeaders } from "../../policy/parse.js";
import { makePolicy, type Policy } from "../../policy/policy.js";
import { show } from "../../values/text.js";
import { patternText, type RoutePath } from "../target.js";
import { LIMITS, type Note } from "./limits.js";
import { keyOf, SITE } from "./paths.js";
import { dynamicPart, type Field, type Fields, fieldsOf, isSite, narrowest, type ReadSite, type Written, withNonces } from "./site.js";

/** Policies by path. */
export interface ReadPolicies {
  readonly policy: Policy;
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
}

/** Makes policies of what was read; a path that has what the paths around it have is no route. */
export function policiesOf(given: readonly ReadSite[], note: Note): ReadPolicies {
  const sites = withHeaders(given, note);
  const others = new Map<string, RoutePath>();
  const named = new Map<ReadSite, ReadonlySet<string>>();
  for (const site of sites) {
    for (const path of site.paths) if (!isSite(path)) others.set(keyOf(path), path);
    note.cap("paths", others.size);
    named.set(site, new Set(site.paths.map(keyOf)));
  }
  const places = [SITE, ...others.values()];
  const kept: { readonly path: RoutePath; readonly fields: Fields; readonly policy: Policy }[] = [];
  for (const path of places.sort(byBreadth)) {
    const key = keyOf(path);
    const fields = merged(
      sites.filter((site) => isSite(path) || named.get(site)?.has(key)),
      path,
      note,
    );
    note.cap("headers", fields.size);
    note.spend("work", sites.length + kept.length);
    const around = narrowest(kept, path);
    if (around === undefined || !areSame(around.fields, fields)) kept.push({ path, fields, policy: policyOf(fields, note) });
  }
  const [all, ...routes] = kept;
  return { policy: all?.policy ?? makePolicy(["none"]), routes: routes.map(({ path, policy }) => ({ path: patternText(path), policy })) };
}

function areSame(some: Fields, others: Fields): boolean {
  return some.size === others.size && [...some].every(([name, field]) => haveSame(field, others.get(name)));
}

/** Whether two send the same; equal texts are mostly one text, and cost nothing to compare. */
function haveSame(one: Field, other: Field | undefined): boolean {
  if (one.values.length !== other?.values.length) return false;
  return one.values.every(({ value }, index) => value === other.values[index]?.value);
}

/** Of several servers those that say something of headers. */
function withHeaders(sites: readonly ReadSite[], note: Note): readonly ReadSite[] {
  const says = (site: ReadSite) => [SITE, ...site.paths].some((path) => site.at(path).length > 0);
  const some = sites.filter(says);
  for (const { line, redirects } of some.length === 0 ? [] : sites.filter((site) => !says(site))) {
    if (!redirects) note(line, "this server sends no headers of its own, and another one does: read as if it did");
  }
  return some;
}

/** Servers in one: what the first says stands, and what it does not say the others add. */
function merged(sites: readonly ReadSite[], path: RoutePath, note: Note): Fields {
  const all = sites.map((site) => ({ site, fields: fieldsOf(site.at(path), note) }));
  const together = new Map<string, Field>();
  for (const { fields } of all) {
    for (const [key, field] of fields) {
      const first = together.get(key);
      if (first === undefined) together.set(key, field);
      else if (!haveSame(first, field)) {
        note(lineOf(field), `another server does not have the same ${first.name}: that of line ${lineOf(first)} is read`);
      }
    }
  }
  for (const { site, fields } of all) {
    note.spend("work", together.size);
    const absent = [...together].filter(([key]) => !fields.has(key)).map(([, { name }]) => name);
    if (absent.length > 0) note(site.line, `another server says more, which is read as said for all: ${absent.join(", ")}`);
  }
  return together;
}

const lineOf = ({ values, removed }: Field) => values[0]?.line ?? removed ?? 1;

/** What it takes to check an empty policy; each of its headers adds to it. */
const STEPS_OF_A_POLICY = 500;

/** A policy of these headers and nothing else; what Portcullis refuses becomes a note. */
function policyOf(fields: Fields, note: Note): Policy {
  let policy = makePolicy(["none"]);
  const add = (line: number, make: () => Policy): boolean => {
    note.spend("work", STEPS_OF_A_POLICY + size);
    try {
      policy = make();
      return true;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      note(line, error.message.replace(/\n */g, " "));
      return false;
    }
  };
  const all = [...fields.values()];
  const size = all.reduce((sum, { values }) => values.reduce((length, { value }) => length + 50 + value.length, sum + 50), 0);
  // Other headers name the endpoints of this one.
  const ordered = [...fields].sort(([one], [other]) => Number(other === ENDPOINTS) - Number(one === ENDPOINTS)).map(([, field]) => field);
  const known: (readonly [string, string])[] = [];
  for (const field of ordered.filter(({ values }) => values.length > 0)) {
    const { name } = field;
    for (const { value, line } of sent(field, note)) {
      const line_ = [name, value] as const;
      if (headerNamed(name) === undefined) add(line, () => makePolicy([policy, { custom: { [name]: value } }]));
      else if (add(line, () => makePolicy([parseHeaders([...known, line_]), settingsOf(policy)]))) known.push(line_);
    }
  }
  for (const { name, removed } of ordered) {
    if (removed === undefined) continue;
    const key = headerNamed(name)?.key;
    const strip = (policy.resolved["stripHeaders"] ?? []) as readonly string[];
    add(removed, () => makePolicy([policy, key === undefined ? { stripHeaders: [...strip, name] } : { [key]: false }]));
  }
  return policy;
}

const ENDPOINTS = "reporting-endpoints";

function settingsOf({ resolved }: Policy): object {
  return resolved["custom"] === undefined ? {} : { custom: resolved["custom"] };
}

/** The values that can go into a policy: known, on one line, and sent once. */
function sent({ name, values }: Field, note: Note): readonly Written[] {
  const fixed = values.flatMap((written) => fixedValue(name, written, note));
  const [first, ...others] = fixed;
  if (first === undefined || others.length === 0) return fixed;
  if (others.every(({ value }) => value === first.value)) {
    for (const { line } of others) note(line, `${name} is sent twice, and read once`);
    return [first];
  }
  // Several lines of a list are one list. RFC 9110 §5.3.
  if (headerNamed(name) === undefined) return [{ value: fixed.map(({ value }) => value).join(", "), line: first.line }];
  for (const { line } of others) note(line, `${name} is sent ${fixed.length} times: that of line ${first.line} is read. Send it once.`);
  return [first];
}

function fixedValue(name: string, { value: written, line }: Written, note: Note): readonly Written[] {
  note.spend("work", written.length);
  if (written.length > LIMITS.value) {
    note(line, `${name} is longer than ${LIMITS.value} characters, which no server sends: not read`);
    return [];
  }
  const value = withNonces(written);
  if (value !== written) note(line, "has a nonce of the server's own: read as the nonce slot, which Portcullis fills");
  else if (/^content-security-policy/i.test(name) && /'nonce-/i.test(value)) {
    note(line, "has a nonce that never changes, and that protects nothing: read as the nonce slot, which Portcullis fills");
  }
  const unknown = dynamicPart(value);
  if (unknown !== undefined) {
    note(line, `${name} has ${show(unknown)} in it, which differs per response: not read`);
    return [];
  }
  const joined = value
    .split(/[\r\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
  if (/[\r\n]/.test(value)) note(line, `${name} stands on several lines, which no header can: read as one`);
  return [{ value: joined, line }];
}
