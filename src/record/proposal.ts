import { audit } from "../audit/index.js";
import { PolicyError } from "../errors.js";
import type { Patch } from "../headers/patch.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { renderHeaders } from "../policy/render.js";
import type { Group } from "../reports/group.js";
import type { Suggestion } from "../reports/learn/learned.js";
import { learn } from "../reports/learn.js";
import { edit } from "../values/edits.js";
import type { Evidence, InlineCode } from "./evidence.js";

/** What has to be confirmed before a proposal allows it. */
export type Consent = "inline" | "runtime" | "eval";

export const CONSENTS: readonly Consent[] = ["inline", "runtime", "eval"];

/** A source that the proposal allows, and why. */
export interface Allowed {
  /** The key in a CSP: `"imgSrc"`. */
  readonly directive: string;
  /** As a policy spells it: `"self"`, `"https://cdn.example"`, `"'sha256-…'"`. */
  readonly source: string;
  /** What was seen, in a few words: `"script-src-elem blocked it on /, /about"`. */
  readonly why: string;
  /** Of a hash, the code that it allows. */
  readonly code: InlineCode | undefined;
}

/** What the proposal does not allow before somebody has looked at it. */
export interface Pending {
  readonly consent: Consent;
  readonly message: string;
  readonly code: InlineCode | undefined;
  readonly pages: readonly string[];
}

/** What the site has to change before the policy can be enforced. */
export interface Needed {
  readonly message: string;
  readonly pages: readonly string[];
  readonly code: InlineCode | undefined;
}

/** A policy made from what was seen. */
export interface Proposal {
  /** The layer to put on the policy that was observed. */
  readonly patch: Patch;
  readonly policy: Policy;
  readonly allowed: readonly Allowed[];
  readonly pending: readonly Pending[];
  readonly needed: readonly Needed[];
  /** Remarks on the policy as a whole, such as on its size. */
  readonly notes: readonly string[];
}

/** Beyond that, style attributes are allowed as a whole: their hashes would fill the header. */
const MOST_STYLE_HASHES = 12;

/** A longer policy is told: some proxies refuse responses whose headers are longer than 8 kB. */
const LONG_POLICY = 4_096;

/**
 * Makes a policy that allows what the pages of a walk needed.
 *
 * @param policy the policy that was observed.
 * @param accepted what somebody has confirmed.
 */
export function propose(policy: Policy, evidence: Evidence, accepted: ReadonlySet<Consent>): Proposal {
  const inline = inlineProposal(evidence, accepted);
  const evals = evalProposal(evidence.groups, accepted);
  const hosts = hostProposal(policy, evidence.groups);
  const parts = [hosts, inline, evals];
  const allowed = parts.flatMap((part) => part.allowed);
  const patch = patchOf(allowed);
  const next = makePolicy([policy, patch]);
  return {
    patch,
    policy: next,
    allowed,
    pending: parts.flatMap((part) => part.pending),
    needed: parts.flatMap((part) => part.needed),
    notes: sizeNotes(next),
  };
}

interface Part {
  readonly allowed: readonly Allowed[];
  readonly pending: readonly Pending[];
  readonly needed: readonly Needed[];
}

/** Hosts and schemes. Its evidence is a walk of one's own: the thresholds against made-up reports do not apply. */
function hostProposal(policy: Policy, groups: readonly Group[]): Part {
  const learned = learn(policy, groups, { minClients: 1, minDays: 1, minRoutes: 1, anyPolicy: true });
  const isIn = ({ confidence }: Suggestion) => confidence === "high" || confidence === "medium";
  return {
    allowed: learned.suggestions.filter(isIn).map(({ directive, source, evidence }) => ({
      directive,
      source,
      why: `requested on ${evidence.routes.join(", ")}`,
      code: undefined,
    })),
    pending: [],
    needed: [
      ...learned.suggestions
        .filter((one) => !isIn(one))
        .map(({ directive, source, why, evidence }) => ({
          message: `${directive} ${source}: ${why}`,
          pages: evidence.pages,
          code: undefined,
        })),
      ...learned.advice
        .filter(({ blocked }) => !HANDLED.includes(blocked))
        .map(({ message, evidence }) => ({ message, pages: evidence.pages, code: undefined })),
    ],
  };
}

/** What the other parts of the proposal are about. */
const HANDLED: readonly string[] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"];

function inlineProposal({ inline, pages: visited }: Evidence, accepted: ReadonlySet<Consent>): Part {
  const allowed: Allowed[] = [];
  const pending: Pending[] = [];
  const needed: Needed[] = [];
  const attributes = inline.filter(({ kind }) => kind === "style attribute");
  const manyAttributes = attributes.length > MOST_STYLE_HASHES || attributes.some(({ isStable }) => !isStable);
  if (manyAttributes) {
    const why = `${attributes.length} different style attributes, on ${pagesOf(attributes).join(", ")}`;
    allowed.push({ directive: "styleSrcAttr", source: "unsafe-inline", why, code: undefined });
  }
  for (const code of inline) {
    if (code.kind === "style attribute" && manyAttributes) continue;
    const { pages } = code;
    const what = `${WHAT[code.kind]} (${code.place})`;
    if (code.kind === "javascript: URL")
      needed.push({
        message: `${what}: no hash of it works in all browsers. Write a button, and addEventListener in a script.`,
        pages,
        code,
      });
    else if (!code.isStable) needed.push({ message: `${what} differs between loads: write nonce="…" on its element.`, pages, code });
    else if (!code.isServed && !accepted.has("runtime"))
      pending.push({ consent: "runtime", message: `A script added ${what}: a user's content may have put it there.`, code, pages });
    else if (code.isServed && isSuspect(code, visited) && !accepted.has("inline"))
      pending.push({
        consent: "inline",
        message: `${what} is on one page of ${visited.length}: it may be somebody's stored script.`,
        code,
        pages,
      });
    else for (const one of sourcesOf(code)) allowed.push({ ...one, why: `on ${pages.join(", ")}`, code });
  }
  return { allowed, pending, needed };
}

const WHAT: Readonly<Record<InlineCode["kind"], string>> = {
  script: "an inline script",
  style: "an inline style",
  "event handler": "an event handler",
  "style attribute": "a style attribute",
  "javascript: URL": "a javascript: URL",
};

/** Whether a single page of many has the code. */
function isSuspect({ pages }: InlineCode, visited: readonly string[]): boolean {
  return pages.length === 1 && visited.length > 1;
}

function sourcesOf({ kind, hash }: InlineCode): readonly { readonly directive: string; readonly source: string }[] {
  const one = (directive: string) => ({ directive, source: hash });
  switch (kind) {
    case "script":
      return [one("scriptSrc")];
    case "style":
      return [one("styleSrc")];
    case "event handler":
      return [{ directive: "scriptSrcAttr", source: "unsafe-hashes" }, one("scriptSrcAttr")];
    case "style attribute":
      return [{ directive: "styleSrcAttr", source: "unsafe-hashes" }, one("styleSrcAttr")];
    case "javascript: URL":
      return [];
  }
}

/** `eval` only where somebody wants it; WebAssembly compiles without it. */
function evalProposal(groups: readonly Group[], accepted: ReadonlySet<Consent>): Part {
  const of = (blocked: string) => groups.filter((group) => group.type === "csp-violation" && group.blocked === blocked);
  const [evals, wasm] = [of("eval"), of("wasm-eval")];
  const where = (some: readonly Group[]) => [...new Set(some.flatMap(({ files }) => files.map(({ value }) => value)))];
  const allowed: Allowed[] = [];
  if (wasm.length > 0)
    allowed.push({
      directive: "scriptSrc",
      source: "wasm-unsafe-eval",
      why: `WebAssembly, from ${where(wasm).join(", ")}`,
      code: undefined,
    });
  if (evals.length === 0) return { allowed, pending: [], needed: [] };
  const pages = [...new Set(evals.flatMap(({ pages }) => pages.map(({ value }) => value)))];
  const message = `eval, new Function or a timer with a string, from ${where(evals).join(", ")}. With it, whoever can change a text that is evaluated can run code.`;
  if (accepted.has("eval")) allowed.push({ directive: "scriptSrc", source: "unsafe-eval", why: message, code: undefined });
  return { allowed, pending: accepted.has("eval") ? [] : [{ consent: "eval", message, code: undefined, pages }], needed: [] };
}

const pagesOf = (codes: readonly InlineCode[]) => [...new Set(codes.flatMap(({ pages }) => pages))];

/** The directives of attributes are written anew: an append would begin with the sources of the directive for elements. */
const ATTRIBUTES: readonly string[] = ["scriptSrcAttr", "styleSrcAttr"];

function patchOf(allowed: readonly Allowed[]): Patch {
  const byDirective = new Map<string, Set<string>>();
  for (const { directive, source } of allowed) byDirective.set(directive, (byDirective.get(directive) ?? new Set()).add(source));
  if (byDirective.size === 0) return {};
  const directives = [...byDirective].map(([name, sources]) => [
    name,
    ATTRIBUTES.includes(name) ? [...sources] : edit("append", [...sources]),
  ]);
  return { contentSecurityPolicy: Object.fromEntries(directives) } as Patch;
}

function sizeNotes(policy: Policy): readonly string[] {
  try {
    const { "Content-Security-Policy": csp = "" } = renderHeaders(policy, { nonce: "bm9uY2U=" });
    if (csp.length <= LONG_POLICY) return [];
    return [
      `The policy has ${csp.length} bytes: some proxies refuse responses whose headers are longer than 8 kB. Move inline code into files, or write nonce="…" on its elements: a nonce takes the place of all hashes.`,
    ];
  } catch (error) {
    if (error instanceof PolicyError) return [error.message];
    throw error;
  }
}

/** What an audit says of a policy: its points. */
export const pointsOf = (policy: Policy): number => audit(policy).score.points;
