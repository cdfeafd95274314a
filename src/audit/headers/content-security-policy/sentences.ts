import { unreachable } from "../../../values/never.js";
import type { Keyword, SourceExpression } from "../../../values/sources.js";
import { and } from "../sentences.js";

export type Sources = readonly SourceExpression[];

/** Explains the sources of a directive that browsers read. */
export type ExplainSources = (sources: Sources) => string;

/** What may be inline: elements, or attributes, which have no address and cannot have a nonce. CSP3 §6.7.3. `evals`: whether the directive controls `eval()` too. */
interface Inline {
  readonly of: "script" | "style";
  readonly attribute?: true;
  readonly evals?: true;
}

/** Loads of one kind, such as `"Images"`. `code` says what is inline, where there is such a thing. */
export function loads(what: string, code?: Inline): ExplainSources {
  return (sources) => {
    const said = [
      ...(code?.attribute ? [] : addressesOf(what, sources, code)),
      ...(code === undefined ? [] : [...inlineContent(sources, code), ...keywordEffects(sources, code)]),
    ];
    return said.length === 0 ? `${what}: none allowed.` : said.join(" ");
  };
}

/** Where something is loaded from. `'strict-dynamic'` replaces the addresses of scripts. */
function addressesOf(what: string, sources: Sources, code: Inline | undefined): readonly string[] {
  const dynamic = code?.of === "script" ? dynamicScripts(what, sources) : [];
  return dynamic.length > 0 ? dynamic : origins(what, sources);
}

/** A directive that limits the URLs something may have, such as the target of a form. */
export function targets(some: (urls: string) => string, none: string): ExplainSources {
  return (sources) => {
    const list = addresses(sources);
    return list.length === 0 ? none : some(and(list));
  };
}

/** `default-src`. */
export const defaultSources: ExplainSources = (sources) => {
  const what = "Everything without its own directive";
  const code = { of: "script", evals: true } as const;
  const said = [
    ...origins(what, sources),
    ...dynamicScripts("Scripts", sources),
    ...inlineContent(sources, code),
    ...keywordEffects(sources, code),
  ];
  return said.length === 0 ? `${what}: blocked.` : said.join(" ");
};

/** Workers: Chromium treats them as scripts that a script loads. */
export function workers(what: string): ExplainSources {
  const say = loads(what);
  const dynamic = " With 'strict-dynamic', Chromium lets a script start any worker.";
  return (sources) => say(sources) + (hasKeyword(sources, "strict-dynamic") ? dynamic : "");
}

const hasKeyword = (sources: Sources, keyword: Keyword) => sources.some((one) => one.kind === "keyword" && one.keyword === keyword);

function dynamicScripts(what: string, sources: Sources): readonly string[] {
  if (!hasKeyword(sources, "strict-dynamic")) return [];
  return [`${what}: those with a nonce or a hash, and the scripts that these load; hosts and schemes are ignored.`];
}

function origins(what: string, sources: Sources): readonly string[] {
  const list = addresses(sources);
  return list.length === 0 ? [] : [`${what}: from ${and(list)}.`];
}

function addresses(sources: Sources): readonly string[] {
  return sources.flatMap((source) => addressText(source) ?? []);
}

function addressText(source: SourceExpression): string | undefined {
  switch (source.kind) {
    case "host":
      return source.text === "*" ? "any site" : source.text;
    case "scheme":
      return source.scheme === "https" || source.scheme === "http" ? `any ${source.scheme} URL` : `${source.scheme}: URLs`;
    case "keyword":
      return source.keyword === "self" ? "this site" : undefined;
    case "nonce":
    case "hash":
    case "trial":
      return undefined;
    default:
      return unreachable(source);
  }
}

/** What nonces, hashes and `'unsafe-inline'` allow. */
function inlineContent(sources: Sources, { of: code, attribute }: Inline): readonly string[] {
  const nonces = sources.some(({ kind }) => kind === "nonce");
  const hashes = sources.filter(({ kind }) => kind === "hash").length;
  const said: string[] = [];
  if (nonces && attribute) said.push("A nonce has no effect: attributes cannot have one.");
  else if (nonces && code === "script") said.push("Scripts with the nonce of this response run, inline ones too.");
  else if (nonces) said.push("Style sheets with the nonce of this response apply, inline ones too.");
  if (hashes > 0 && attribute && !hasKeyword(sources, "unsafe-hashes")) said.push("Hashes have no effect here without 'unsafe-hashes'.");
  else if (hashes > 0)
    said.push(hashes === 1 ? "Inline content with this hash is allowed." : `Inline content with one of ${hashes} hashes is allowed.`);
  if (hasKeyword(sources, "unsafe-inline")) {
    const isInert = nonces || hashes > 0 || (code === "script" && hasKeyword(sources, "strict-dynamic"));
    if (isInert) said.push("Current browsers ignore 'unsafe-inline' here.");
    else said.push(code === "script" ? "Inline scripts run, injected ones too." : "Inline styles apply, injected ones too.");
  }
  return said;
}

/** What a keyword allows or reports, where that takes a sentence of its own. */
const KEYWORD_EFFECTS: Readonly<Record<Keyword, string | undefined>> = {
  none: undefined,
  self: undefined,
  "unsafe-inline": undefined,
  "strict-dynamic": undefined,
  "unsafe-eval": "eval() is allowed.",
  "wasm-unsafe-eval": "WebAssembly may be compiled.",
  "trusted-types-eval": "eval() is allowed for values made by a Trusted Types policy.",
  "unsafe-hashes": "Hashes also allow inline event handlers and style attributes.",
  "inline-speculation-rules": "Inline speculation rules are allowed.",
  "report-sample": "Reports include the first 40 characters of what was blocked.",
  "report-sha256": "Reports include the SHA-256 hashes of scripts.",
  "report-sha384": "Reports include the SHA-384 hashes of scripts.",
  "report-sha512": "Reports include the SHA-512 hashes of scripts.",
  "unsafe-webtransport-hashes": undefined,
  "unsafe-allow-redirects": undefined,
};

const EVALS: readonly Keyword[] = ["unsafe-eval", "wasm-unsafe-eval", "trusted-types-eval"];

function keywordEffects(sources: Sources, { evals }: Inline): readonly string[] {
  const keywords = sources.flatMap((one) => (one.kind === "keyword" ? [one.keyword] : []));
  const inert = evals ? [] : keywords.filter((keyword) => EVALS.includes(keyword));
  const lead =
    inert.length === 0
      ? []
      : [`${and(inert.map((one) => `'${one}'`))} ${inert.length === 1 ? "has" : "have"} no effect here: script-src controls eval().`];
  return [...lead, ...keywords.flatMap((keyword) => (inert.includes(keyword) ? [] : (KEYWORD_EFFECTS[keyword] ?? [])))];
}
