import * as z from "zod/mini";
import type { Path } from "../../errors.js";
import { editKind } from "../../values/edits.js";
import { isNonce, isPerRequest, isSlot, type Slot } from "../../values/slots.js";
import { readSource, type Source, type SourceExpression, type SourceFault, sourceText } from "../../values/sources.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import type { Schema } from "../header.js";
import { isReportAddress } from "../reporting-endpoints.js";
import { endpointName } from "../reporting-word.js";
import { type Directive, placesOf, rows, SANDBOX_TOKENS, type SourceListKind, type sourceLists, takesOf } from "./directives.js";

/** One member of a list, checked: text as in a policy, a checked source, or a slot. */
export type Item = string | Source | Slot;

/** What a directive comes to. */
export type DirectiveValue = readonly Item[] | string | true;

/** How a member goes over the wire; undefined for a slot. */
export function wireText(item: Item): string | undefined {
  if (isSlot(item)) return undefined;
  if (typeof item !== "string") return sourceText(item);
  const read = readSource(item, "policy");
  return read.kind === "fault" ? item : read.text;
}

/** Reads a member of a source list that is not a slot. */
export function readItem(item: unknown): SourceExpression | SourceFault | undefined {
  if (typeof item === "string") return readSource(item, "policy");
  const text = sourceText(item);
  return text === undefined ? undefined : readSource(text, "wire");
}

/** What is wrong with this source in a list of this kind: what came, and what to write. */
export type Problem = readonly [message: string, hint: string];

/** Why a list of this kind does not take this source. */
export function misplaced(read: SourceExpression, takes: SourceListKind, directive: string): Problem | undefined {
  if (read.kind === "keyword" && read.keyword === "unsafe-allow-redirects") {
    return [`${show(read.keyword)} belonged to navigate-to, which browsers gave up`, "Take it out."];
  }
  if (read.kind === "trial") {
    if (takes.keywords.includes("strict-dynamic")) return undefined;
    return [`${show(read.text)} has no meaning in ${directive}`, "It belongs in scriptSrc."];
  }
  if (read.kind === "keyword" && !takes.keywords.includes(read.keyword)) {
    return [`${show(read.keyword)} has no meaning in ${directive}`, `It belongs in ${placesOf(read.keyword).join(", ")}.`];
  }
  if ((read.kind === "hash" || read.kind === "nonce") && !takes.inline) {
    return [`a ${read.kind} has no meaning in ${directive}`, "It belongs in scriptSrc or styleSrc."];
  }
  return undefined;
}

function sourceProblem(item: unknown, takes: SourceListKind, directive: string): Problem | undefined {
  if (isPerRequest(item)) return undefined;
  if (isNonce(item)) return takes.inline ? undefined : [`a nonce has no meaning in ${directive}`, "It belongs in scriptSrc or styleSrc."];
  const read = readItem(item);
  if (read === undefined) return notASource(item, directive);
  if (read.kind === "fault") return [read.message, read.hint];
  if (read.kind === "nonce") return [`${show(read.text)} is a nonce written as text`, 'Use the slot: import { nonce } from "portcullis".'];
  return misplaced(read, takes, directive);
}

function notASource(item: unknown, directive: string): Problem {
  const kind = editKind(item);
  if (kind !== undefined)
    return [`${kind}(…) stands in a list`, `Write it instead of the list: ${directive}: ${kind}("https://cdn.example").`];
  const hint = Array.isArray(item)
    ? 'Write its members one by one: "self", "https://cdn.example".'
    : 'Write a string such as "self", or nonce, or perRequest(…).';
  return [`${show(item)} is not a source`, hint];
}

function isNone(item: unknown): boolean {
  const read = readItem(item);
  return read?.kind === "keyword" && read.keyword === "none";
}

type Push = (path: Path, problem: Problem) => void;

/** A list whose members, and whose whole, are looked at by `look`. */
function listOf(look: (list: readonly unknown[], push: Push) => void): Schema {
  return z.array(z.unknown()).check((context) => {
    look(context.value, (path, [message, hint]) => {
      context.issues.push({ code: "custom", input: context.value, path: [...path], params: { message, hint } });
    });
  });
}

function sourceList(directive: string, takes: SourceListKind): Schema {
  return listOf((list, push) => {
    if (list.length === 0) push([], ["an empty list says nothing", 'Write ["none"] to allow nothing, or false to fall back.']);
    list.forEach((item, index) => {
      const problem = sourceProblem(item, takes, directive);
      if (problem !== undefined) push([index], problem);
      else if (isNone(item) && list.length > 1)
        push([index], ['"none" stands beside other sources', 'Write ["none"] alone, or take it out.']);
    });
  });
}

function tokenList(problem: (token: string) => Problem | undefined, mayBeEmpty: boolean): Schema {
  return listOf((list, push) => {
    if (list.length === 0 && !mayBeEmpty) push([], ["an empty list says nothing", "Write at least one, or false."]);
    list.forEach((item, index) => {
      const found: Problem | undefined = typeof item === "string" ? problem(item) : [`${show(item)} is not a string`, "Write a string."];
      if (found !== undefined) push([index], found);
    });
  });
}

// Trusted Types §4.2.2: tt-policy-name
const POLICY_NAME = /^[A-Za-z0-9\-#=_/@.%]+$/;
const TRUSTED_TYPES_WORDS = ["none", "allow-duplicates", "'none'", "'allow-duplicates'"];

function trustedTypesName(text: string): Problem | undefined {
  if (text === "*" || TRUSTED_TYPES_WORDS.includes(text) || POLICY_NAME.test(text)) return undefined;
  return [`${show(text)} is not a policy's name`, 'Write a name, "*", "allow-duplicates" or "none".'];
}

const isBareNone = (item: unknown): boolean => item === "none" || item === "'none'";

const trustedTypes = (): Schema =>
  listOf((list, push) => {
    const names = tokenList(trustedTypesName, false).safeParse(list);
    for (const issue of names.error?.issues ?? []) push(issue.path as Path, [issue.params?.message ?? "", issue.params?.hint ?? ""]);
    const none = list.findIndex(isBareNone);
    if (none >= 0 && list.length > 1) push([none], ['"none" stands beside other names', 'Write ["none"] alone, or take it out.']);
  });

// A path or an http(s) URL, RFC 3986; CSP has no way to carry the characters that end directives and policies.
function reportUrl(text: string): Problem | undefined {
  const clean = /^[\x21-\x7e]+$/.test(text) && !/[;,]/.test(text);
  const fits = clean && URL.canParse(text, "https://site.example") && isReportAddress(text);
  return fits
    ? undefined
    : [`${show(text)} is not a URL to report to`, 'Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.'];
}

const makers: Readonly<Record<Exclude<Directive["takes"], keyof typeof sourceLists>, () => Schema>> = {
  sandbox: () =>
    tokenList((text) => {
      if ((SANDBOX_TOKENS as readonly string[]).includes(text)) return undefined;
      return [`${show(text)} is not a sandbox token`, didYouMean(text, SANDBOX_TOKENS) || `Write ${oneOf(SANDBOX_TOKENS)}.`];
    }, true),
  trustedTypes,
  trustedTypesFor: () =>
    tokenList(
      (text) => (text === "script" || text === "'script'" ? undefined : [`${show(text)} is no group of sinks`, 'Write ["script"].']),
      false,
    ),
  urls: () => tokenList(reportUrl, false),
  endpoint: endpointName,
  webrtc: () => z.enum(["allow", "block", "'allow'", "'block'"]),
  flag: () => z.boolean(),
};

const schemas = new Map<string, Schema>();

/** The schema of a directive's plain value; built when a policy first writes it: most write a dozen of the twenty-seven. */
export function directiveSchema(key: string): Schema {
  let schema = schemas.get(key);
  if (schema === undefined) {
    const takes = takesOf(key);
    schema = takes === undefined ? makers[rows[key]?.takes as keyof typeof makers]() : sourceList(key, takes);
    schemas.set(key, schema);
  }
  return schema;
}

/** The same for every directive, by key. */
export function directiveSchemas(): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.keys(rows).map((key) => [key, { safeParse: (value) => directiveSchema(key).safeParse(value) }]));
}
