import * as z from "zod/mini";
import type { Path } from "../../errors.js";
import { editKind } from "../../values/edits.js";
import { unreachable } from "../../values/never.js";
import { expecting } from "../../values/schema.js";
import { isNonce, isPerRequest, isSlot } from "../../values/slots.js";
import { USE_NONCE_SLOT } from "../../values/source-faults.js";
import { readSource, type SourceExpression, sourceText } from "../../values/sources.js";
import { awaited, show } from "../../values/text.js";
import type { Schema } from "../header.js";
import { placesOf, type SourceListKind } from "./directives.js";
import { readItem } from "./values.js";

/** What is wrong with a value: what came, and what to write. */
export type Problem = readonly [message: string, hint: string];

const INLINE_ONLY = "It belongs in scriptSrc or styleSrc.";

/** Why a list of this kind does not take this source; undefined where it does. */
export function misplaced(read: SourceExpression, takes: SourceListKind, directive: string): Problem | undefined {
  switch (read.kind) {
    case "keyword":
      if (read.keyword === "unsafe-allow-redirects") {
        return [`${show(read.keyword)} belonged to navigate-to, which browsers have removed`, "Take it out."];
      }
      if (takes.keywords.includes(read.keyword)) return undefined;
      return [`${show(read.keyword)} has no meaning in ${directive}`, `It belongs in ${placesOf(read.keyword).join(", ")}.`];
    case "trial":
      return takes.keywords.includes("strict-dynamic")
        ? undefined
        : [`${show(read.text)} has no meaning in ${directive}`, "It belongs in scriptSrc."];
    case "hash":
    case "nonce":
      return takes.inline ? undefined : [`a ${read.kind} has no meaning in ${directive}`, INLINE_ONLY];
    case "scheme":
    case "host":
      return undefined;
    default:
      return unreachable(read);
  }
}

function sourceProblem(item: unknown, takes: SourceListKind, directive: string): Problem | undefined {
  if (isPerRequest(item)) return undefined;
  if (isNonce(item)) return takes.inline ? undefined : [`a nonce has no meaning in ${directive}`, INLINE_ONLY];
  const read = readItem(item);
  if (read === undefined) return notASource(item, directive);
  if (read.kind === "fault") return [read.message, read.hint];
  if (read.kind === "nonce") return [`${show(read.text)} is a nonce written as text, the same on every response`, USE_NONCE_SLOT];
  return misplaced(read, takes, directive);
}

function notASource(item: unknown, directive: string): Problem {
  const kind = editKind(item);
  if (kind !== undefined)
    return [`${kind}(…) cannot be a member of a list`, `Write it instead of the list: ${directive}: ${kind}("https://cdn.example").`];
  return [`${show(item)} is not a source`, hintForMember(item)];
}

/** What to write instead of a value that is not a source. */
export function hintForMember(item: unknown): string {
  if (Array.isArray(item)) return "Spread it: ...sources, or ...hosts.map(source) for strings that are not literals.";
  if (typeof item === "function") return 'Write perRequest((req) => …), or for a nonce the slot: import { nonce } from "portcullis".';
  if (item === undefined) return "Take it out, or check it with source(…): is the environment variable set?";
  if (item === false || item === null) return "Take it out: ...(condition ? [source] : []) adds a source on a condition.";
  return awaited(item, 'Write a string such as "self", or nonce, or perRequest(…).');
}

function isNone(item: unknown): boolean {
  const read = readItem(item);
  return read?.kind === "keyword" && read.keyword === "none";
}

/** The schema of a source list. Errors name each member. */
export function sourceList(directive: string, takes: SourceListKind): Schema {
  return z.array(z.unknown(), { error: ({ input }) => notAList(input) }).check((context) => {
    const list = context.value;
    const push = (path: Path, [message, hint]: Problem) => {
      context.issues.push({ code: "custom", input: list, path: [...path], params: { message, hint } });
    };
    if (list.length === 0) push([], ["an empty list says nothing", 'Write ["none"] to allow nothing, or false to fall back.']);
    list.forEach((item, index) => {
      const problem = sourceProblem(item, takes, directive);
      if (problem !== undefined) push([index], problem);
      else if (isNone(item) && list.length > 1)
        push([index], ['"none" has no effect beside other sources', 'Write ["none"] alone, or take it out.']);
    });
  });
}

/** The error text for a value that is not a list, with the list to write instead. */
function notAList(value: unknown): string {
  return expecting("a list", value === null ? "Leave the key out, or write false." : `Write ${meantList(value)}.`);
}

const EXAMPLE = 'a list such as ["self", "https://cdn.example"]';

function meantList(value: unknown): string {
  if (isSlot(value)) return isNonce(value) ? '["self", nonce]' : '["self", perRequest(…)]';
  if (sourceText(value) !== undefined) return '["self", source(…)]';
  if (typeof value === "function") return '["self", perRequest((req) => …)]';
  if (typeof value !== "string" || value.length > 200) return EXAMPLE;
  const sources = value
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => readSource(word, "policy"));
  const texts = sources.map((read) =>
    read.kind === "fault" || read.kind === "nonce" ? undefined : read.kind === "keyword" ? read.keyword : read.text,
  );
  return texts.length > 0 && texts.every((text) => text !== undefined) ? `[${texts.map(show).join(", ")}]` : EXAMPLE;
}
