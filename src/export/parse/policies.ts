import { PolicyError } from "../../errors.js";
import { headerNamed } from "../../headers/index.js";
import { byBreadth } from "../../middleware/routes.js";
import { parseHeaders } from "../../policy/parse.js";
import { makePolicy, type Policy } from "../../policy/policy.js";
import { show } from "../../values/text.js";
import { patternText, type RoutePath } from "../target.js";
import { LIMITS, type Note, STEPS_OF_A_COPY } from "./limits.js";
import { keyOf, SITE } from "./paths.js";
import { dynamicPart, type Field, type Fields, fieldsOf, isSite, narrowest, type ReadSite, type Written, withNonces } from "./site.js";
import { mended } from "./tokens.js";

/** Policies by path. */
export interface ReadPolicies {
  readonly policy: Policy;
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
}

/** The headers of a path, and of the paths below it without a place of their own. */
export interface ReadPlace {
  readonly path: RoutePath;
  readonly fields: Fields;
}

/** The places of a server, the broadest first, without paths that have the same headers as the paths around them. */
export function placesOf(site: ReadSite, note: Note): readonly ReadPlace[] {
  const others = new Map<string, RoutePath>();
  for (const path of site.paths) if (!isSite(path)) others.set(keyOf(path), path);
  note.cap("paths", others.size);
  const kept: ReadPlace[] = [];
  for (const path of [SITE, ...others.values()].sort(byBreadth)) {
    const fields = fieldsOf(site.at(path), note);
    note.cap("headers", fields.size);
    note.spend("work", 1 + kept.length);
    const around = narrowest(kept, path);
    if (around === undefined || !areSame(around.fields, fields)) kept.push({ path, fields });
  }
  return kept;
}

/** Whether two servers send the same headers. */
export function areSamePlaces(some: readonly ReadPlace[], others: readonly ReadPlace[]): boolean {
  if (some.length !== others.length) return false;
  const known = new Map(others.map((place) => [keyOf(place.path), place]));
  return some.every(({ path, fields }) => {
    const other = known.get(keyOf(path));
    return other !== undefined && areSame(fields, other.fields);
  });
}

/** The policies of a server. */
export function policiesOf(site: ReadSite, note: Note): ReadPolicies {
  const policyOf = policyMaker(note);
  const [all, ...routes] = placesOf(site, note).map(({ path, fields }) => ({ path, policy: policyOf(fields) }));
  return { policy: all?.policy ?? makePolicy(["none"]), routes: routes.map(({ path, policy }) => ({ path: patternText(path), policy })) };
}

function areSame(some: Fields, others: Fields): boolean {
  return some.size === others.size && [...some].every(([name, field]) => haveSame(field, others.get(name)));
}

/** Whether two places send the same headers. Equal texts are mostly identical strings, which are compared fast. */
function haveSame(one: Field, other: Field | undefined): boolean {
  if (one.values.length !== other?.values.length) return false;
  return one.values.every(({ value }, index) => value === other.values[index]?.value);
}

/** Steps to check an empty policy. */
const STEPS_OF_A_POLICY = 500;

/** Steps to read and check a character of a header, which may belong to one of a thousand sources. */
const STEPS_OF_A_CHARACTER = 15;

/** A header to send. */
interface Sent {
  readonly name: string;
  readonly written: Written;
}

/** Makes policies of headers. Places with the same headers share their policy: a site repeats a large one on a thousand paths. */
function policyMaker(note: Note): (fields: Fields) => Policy {
  const made = new Map<string, Policy>();
  const once = (key: unknown, make: () => Policy | undefined): Policy | undefined => {
    const text = JSON.stringify(key);
    note.spend("work", STEPS_OF_A_COPY + text.length / 10);
    const policy = made.get(text) ?? make();
    if (policy !== undefined) made.set(text, policy);
    return policy;
  };
  return (fields) => {
    // Other headers refer to the endpoints of this one.
    const ordered = [...fields].sort(([one], [other]) => Number(other === ENDPOINTS) - Number(one === ENDPOINTS)).map(([, field]) => field);
    const headers = ordered.flatMap((field) => sent(field, note).map((written): Sent => ({ name: field.name, written })));
    const removed = ordered.filter((field) => field.removed !== undefined);
    const names = removed.map(({ name }) => name);
    const texts = headers.map(({ name, written }) => [name, written.value]);
    // Where something is not valid there are notes, which name lines.
    const lines = [headers.map(({ written }) => written.line), removed.map((field) => field.removed)];
    return (
      once([texts, names], () => wholePolicy(headers, names, note)) ??
      (once([texts, names, lines], () => policyInParts(headers, removed, note)) as Policy)
    );
  };
}

/** Makes a policy, and spends the work that this is; returns why it is not valid. */
function attempt(headers: readonly (readonly [name: string, value: string])[], note: Note, make: () => Policy): Policy | PolicyError {
  const characters = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  note.spend("work", STEPS_OF_A_POLICY + STEPS_OF_A_CHARACTER * characters);
  try {
    return make();
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

/** A policy of these headers only; undefined if anything of it is not valid. */
function wholePolicy(headers: readonly Sent[], removed: readonly string[], note: Note): Policy | undefined {
  const all = headers.map(({ name, written }) => [name, written.value] as const);
  const known = all.filter(([name]) => headerNamed(name) !== undefined);
  const custom = all.filter(([name]) => headerNamed(name) === undefined);
  const off = removed.flatMap((name) => headerNamed(name)?.key ?? []);
  const strip = removed.filter((name) => headerNamed(name) === undefined);
  const patches = [
    ...(custom.length === 0 ? [] : [{ custom: Object.fromEntries(custom) }]),
    ...(strip.length === 0 ? [] : [{ stripHeaders: strip }]),
    ...(off.length === 0 ? [] : [Object.fromEntries(off.map((key) => [key, false]))]),
  ];
  const policy = attempt(all, note, () => {
    const read = parseHeaders(known);
    return patches.length === 0 ? read : makePolicy([read, ...patches]);
  });
  return policy instanceof PolicyError ? undefined : policy;
}

/** A policy of these headers only, one after the other. Those that are not valid become notes. */
function policyInParts(headers: readonly Sent[], removed: readonly Field[], note: Note): Policy {
  let policy = makePolicy(["none"]);
  const refusalOf = (make: () => Policy): PolicyError | undefined => {
    const made = attempt(
      headers.map(({ name, written }) => [name, written.value] as const),
      note,
      make,
    );
    if (made instanceof PolicyError) return made;
    policy = made;
    return undefined;
  };
  const add = (line: number, make: () => Policy): void => {
    const refusal = refusalOf(make);
    if (refusal !== undefined) note(line, refusal.message.replace(/\n */g, " "));
  };
  const known: (readonly [string, string])[] = [];
  const addKnown = (name: string, { value, line }: Written): void => {
    const settings = customHeaders(policy);
    const fits = (text: string) => refusalOf(() => makePolicy([parseHeaders([...known, [name, text]]), settings]));
    const refusal = fits(value);
    const alone = (text: string) => {
      note.spend("work", STEPS_OF_A_POLICY);
      return refusalOfText(name, text);
    };
    const rest = refusal === undefined ? undefined : mended(name.toLowerCase(), value, { alone, whole: fits });
    for (const { part, why } of rest?.dropped ?? []) note(line, `${name} is read without ${show(part)}: ${why}`);
    if (rest !== undefined) fits(rest.value);
    if (refusal === undefined || rest !== undefined) known.push([name, rest?.value ?? value]);
    else {
      // The last attempt is not the server's policy.
      if (known.length > 0) refusalOf(() => makePolicy([parseHeaders(known), settings]));
      else policy = makePolicy(["none", settings]);
      note(line, refusal.message.replace(/\n */g, " "));
    }
  };
  for (const { name, written } of headers) {
    if (headerNamed(name) !== undefined) addKnown(name, written);
    else add(written.line, () => makePolicy([policy, { custom: { [name]: written.value } }]));
  }
  for (const { name, removed: line } of removed) {
    const key = headerNamed(name)?.key;
    const strip = (policy.resolved["stripHeaders"] ?? []) as readonly string[];
    add(line as number, () => makePolicy([policy, key === undefined ? { stripHeaders: [...strip, name] } : { [key]: false }]));
  }
  return policy;
}

function refusalOfText(name: string, text: string): PolicyError | undefined {
  try {
    headerNamed(name)?.header.parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

const ENDPOINTS = "reporting-endpoints";

function customHeaders({ resolved }: Policy): object {
  return resolved["custom"] === undefined ? {} : { custom: resolved["custom"] };
}

/** The values that a policy can have: static, on one line, and sent once. */
function sent({ name, values }: Field, note: Note): readonly Written[] {
  const fixed = values.flatMap((written) => fixedValue(name, written, note));
  const [first, ...others] = fixed;
  if (first === undefined || others.length === 0) return fixed;
  if (others.every(({ value }) => value === first.value)) {
    for (const { line } of others) note(line, `${name} is sent twice: read once`);
    return [first];
  }
  // Several lines of a list header are one list. RFC 9110 §5.3.
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
  if (value !== written) note(line, "has a nonce made by the server: read as the nonce slot, which Portcullis fills");
  else if (/^content-security-policy/i.test(name) && /'nonce-/i.test(value)) {
    note(line, "has a fixed nonce, which protects nothing: read as the nonce slot, which Portcullis fills");
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
  if (/[\r\n]/.test(value)) note(line, `${name} has line breaks, which a header cannot have: read as one line`);
  return [{ value: joined, line }];
}
