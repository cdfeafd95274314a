import { policyError } from "../../errors.js";
import type { Directives } from "../../headers/content-security-policy/index.js";
import { cspPolicies } from "../../headers/content-security-policy/wire.js";
import { type Registered, registered } from "../../headers/index.js";
import { fieldText } from "../../policy/field-text.js";
import { byName, type HeaderLine } from "../../policy/incoming.js";
import type { Policy } from "../../policy/policy.js";
import { compiledOf } from "../../policy/render.js";
import { bare } from "../../values/own.js";
import { show } from "../../values/text.js";
import { headerKnowledge } from "../headers/index.js";
import { policyIn, readHeaderLines } from "../input.js";
import { ignoredTwice, readLines } from "../repeated.js";
import { asSent, directivesOf } from "./sent-directives.js";

/** A header as one side has it. */
export interface ComparedField {
  readonly text: string;
  /** As its header reads it, of a Content-Security-Policy every policy; undefined where browsers ignore it, or where it has a fault. */
  readonly value: unknown;
  /** Why browsers go on as if it were not there. */
  readonly ignored?: string;
  /** Why it is not known here what browsers do with it. */
  readonly fault?: string;
}

/** The headers of one side. */
export interface HeadersSide {
  /** Undefined where the header is absent. */
  readonly field: (one: Registered) => ComparedField | undefined;
  /** The value of a header that has no key. */
  readonly other: (name: string) => string | undefined;
  /** Every line of a header that has no key, of a response. */
  readonly lines: (name: string) => readonly string[];
  /** Whether these are all headers of one response, and not those of a policy. */
  readonly isResponse: boolean;
  readonly custom: readonly string[];
  readonly strip: readonly string[];
  /** Whether a header of this name is certainly not sent. */
  readonly lacks: (name: string) => boolean;
}

/**
 * Reads one argument of `compare`, which is called `name`.
 *
 * @throws {PolicyError} where it is neither a policy nor a set of headers.
 */
export function sideOf(input: unknown, name: string): HeadersSide {
  const policy = policyIn(["compare", name], input);
  return policy === undefined ? ofHeaders(readLinesOf(input, name)) : ofPolicy(policy);
}

/** The field of a header, by its key. */
export function fieldOf(side: HeadersSide, key: string): ComparedField | undefined {
  const one = registered.find((candidate) => candidate.key === key);
  return one && side.field(one);
}

function readLinesOf(input: unknown, name: string): readonly HeaderLine[] {
  const { lines, odd } = readHeaderLines(["compare", name], input);
  if (odd.length > 0) {
    throw policyError(
      "wrong-type",
      ["compare", name],
      `the value of ${show(odd[0])} is not a string`,
      "Write a string, or a list of strings.",
    );
  }
  return lines;
}

function ofPolicy(policy: Policy): HeadersSide {
  const { names, values } = compiledOf(policy).secure;
  const texts = new Map(names.map((name, index) => [name.toLowerCase(), fieldText(values[index] as string)]));
  const other = (name: string) => texts.get(name.toLowerCase());
  const strip = (policy.resolved["stripHeaders"] ?? []) as readonly string[];
  return {
    field: ({ key, name }) => {
      const value = policy.resolved[key];
      if (value === undefined) return undefined;
      return bare({ text: other(name) ?? "", value: key === "contentSecurityPolicy" ? [asSent(value as Directives)] : value });
    },
    other,
    lines: () => [],
    isResponse: false,
    custom: Object.keys((policy.resolved["custom"] ?? {}) as object),
    strip,
    lacks: (name) => strip.some((one) => one.toLowerCase() === name.toLowerCase()),
  };
}

function ofHeaders(lines: readonly HeaderLine[]): HeadersSide {
  const values = byName(lines);
  const fields = new Map<string, ComparedField | undefined>();
  return {
    field: (one) => {
      if (!fields.has(one.key)) {
        const field = readField(one, values.get(one.name.toLowerCase()) ?? []);
        fields.set(one.key, field && bare(field));
      }
      return fields.get(one.key);
    },
    other: (name) => values.get(name.toLowerCase())?.join(", "),
    lines: (name) => values.get(name.toLowerCase()) ?? [],
    isResponse: true,
    custom: [],
    strip: [],
    lacks: (name) => !values.has(name.toLowerCase()),
  };
}

function readField({ key, header }: Registered, texts: readonly string[]): ComparedField | undefined {
  const text = texts.join(", ");
  if (key.startsWith("contentSecurityPolicy")) return readPolicies(texts);
  const reading = readLines<unknown>(header, texts);
  if (reading.kind === "absent") return undefined;
  if (reading.kind === "read") return { text, value: reading.value };
  if (reading.inForce !== undefined) return { text, value: reading.inForce };
  const why = texts.length > 1 ? `it is sent ${texts.length} times` : (reading.issues[0]?.message ?? "");
  const isIgnored = ignoredTwice(header.name, texts, () => true) !== undefined;
  const mayBeKnown = !isIgnored && headerKnowledge(key)?.isUnknownWord?.(texts[0] as string) === true;
  return { text, value: undefined, ...(mayBeKnown ? { fault: why } : { ignored: why }) };
}

/** More policies than any site sends: comparing each with each takes too long beyond. */
const MOST_COMPARED = 16;

function readPolicies(texts: readonly string[]): ComparedField | undefined {
  if (texts.length === 0) return undefined;
  const text = texts.join(", ");
  const policies = [...new Map(texts.flatMap(cspPolicies).map((one) => [one.text, one])).values()];
  if (policies.length > MOST_COMPARED) return { text, value: undefined, fault: `it contains ${policies.length} policies` };
  return { text, value: policies.map(directivesOf) };
}
