import { keyOfName, rows, takesOf } from "../headers/content-security-policy/directives.js";
import { cspPolicies, directiveTexts, isAscii, isProof } from "../headers/content-security-policy/wire.js";
import { headerNamed } from "../headers/index.js";
import type { HeadersInput } from "../policy/parse.js";
import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { readSource } from "../values/sources.js";
import { ignoredTwice } from "./reading.js";
import { overruledBy } from "./rules/frame-options-overruled.js";
// from "./reading.js";
import { and, sentences } from "./sentences.js";
import { readHeader, readSubject, type Subject } from "./subject.js";

/** A header, and what browsers make of it. */
export interface Explained {
  /** As it was written, in any case. */
  readonly header: string;
  readonly value: string;
  /** One or more plain sentences; of a CSP, what it is at all. */
  readonly text: string;
  /** The directives of a CSP, in the order in which they stand. */
  readonly directives: readonly { readonly directive: string; readonly text: string }[];
}

/**
 * Says in plain sentences what each header does, and each directive of a CSP.
 *
 * @param subject a policy, or the headers of a response: a record as Node gives it, pairs, or a Fetch `Headers`.
 * @returns frozen plain data, a row for every value that is no matter of one response alone, such as `Date`.
 * @throws {PolicyError} where the subject is of the wrong type; a broken header is explained as broken.
 */
export function explain(subject: Policy | HeadersInput): readonly Explained[] {
  const read = readSubject(subject, undefined);
  // In two spellings a name is one header.
  const names = read.names.filter((name, index) => read.names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === index);
  return deepFreeze(
    names.flatMap((header) => read.values(header.toLowerCase()).flatMap((value, line) => explained(header, value, line, read))),
  );
}

function explained(header: string, value: string, line: number, subject: Subject): readonly Explained[] {
  const name = header.toLowerCase();
  if (name === "content-security-policy" || name === "content-security-policy-report-only") {
    const reportOnly = name.endsWith("-report-only");
    const text = reportOnly ? "Reported where a page breaks it, and nothing is blocked." : "What a page may load, run, frame and send:";
    const count = (reportOnly ? subject.reportOnly : subject.enforced).length;
    const lead = count > 1 && !reportOnly ? `One of ${count} policies, all of which have to allow. ` : "";
    const policies = cspPolicies(value);
    if (policies.length < 2) return [{ header, value, text: lead + text, directives: explainPolicy(value, reportOnly) }];
    return policies.map((one) => ({ header, value: one.text, text: lead + text, directives: explainPolicy(one.text, reportOnly) }));
  }
  const base = name.replace(/-report-only$/, "");
  const say = Object.hasOwn(sentences, base) ? sentences[base] : undefined;
  if (say === undefined) return [];
  const twin = base === name ? "" : " Only reported: nothing is blocked.";
  const lines = subject.values(name);
  if (JOINED.has(base) && line > 0)
    return [{ header, value, text: "Browsers read it as a part of the first line: see there.", directives: [] }];
  const whole = JOINED.has(base) ? lines.join(", ") : value;
  return [{ header, value, text: `${togetherText(name, line, subject) ?? say(whole, subject)}${twin}`, directives: [] }];
}

/** Lists and dictionaries: all lines are one value, of which the last member of a name may count alone. RFC 9110 §5.3, RFC 9651 §4.2. */
const JOINED = new Set([
  "permissions-policy",
  "integrity-policy",
  "document-policy",
  "reporting-endpoints",
  "clear-site-data",
  "cache-control",
]);

/** What several lines or words of one header come to, where each alone would say otherwise. */
function togetherText(name: string, line: number, subject: Subject): string | undefined {
  const lines = subject.values(name);
  const known = headerNamed(name);
  if (known === undefined) return undefined;
  const ancestors = name === "x-frame-options" ? overruledBy(subject) : undefined;
  if (ancestors !== undefined) return `Overruled: browsers go by frame-ancestors ${ancestors} instead.`;
  const reading = readHeader<unknown>(subject, known.header.name === known.name ? known.header : { ...known.header, name: known.name });
  const ignored = ignoredTwice(name, lines, () => reading.kind === "broken");
  if (ignored !== undefined) return `${ignored.charAt(0).toUpperCase()}${ignored.slice(1)}`;
  if (reading.kind === "broken" && reading.inForce !== undefined)
    return "Nobody may show this page in a frame: the values differ, and browsers then block every frame.";
  const first = name === "strict-transport-security" || name === "x-content-type-options";
  return first && line > 0 ? "Ignored: browsers read the first line alone." : undefined;
}

function explainPolicy(policy: string, reportOnly: boolean): Explained["directives"] {
  const seen = new Set<string>();
  const [siblings] = cspPolicies(policy);
  const has = (name: string) => siblings?.directives.has(name) === true;
  return directiveTexts(policy).map((one) => {
    const { directive, text } = explainDirective(one, reportOnly, has);
    const again = seen.has(directive);
    seen.add(directive);
    return { directive, text: again ? "Ignored: it stands above, and the first counts." : text };
  });
}

function explainDirective(text: string, reportOnly: boolean, has: (name: string) => boolean): { directive: string; text: string } {
  const [word = "", ...values] = text.split(/[\t\n\f\r ]+/);
  const directive = word.toLowerCase();
  if (!isAscii(text)) return { directive, text: "Ignored: browsers drop a directive that is not ASCII." };
  const row = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined;
  if (row === undefined) return { directive, text: "Browsers do not know it, and ignore it." };
  const key = keyOfName.get(directive);
  if (reportOnly && rows[key ?? ""]?.enforcedOnly) return { directive, text: "Ignored: it has no meaning where nothing is enforced." };
  if (key === undefined || takesOf(key) === undefined) return { directive, text: row(values.map(lowerKeyword), has) };
  const read = values.map((value) => [value, readSource(value.startsWith("'") ? value : value.replace(/[?#].*/, ""), "wire")] as const);
  const known = read.flatMap(([value, { kind }]) => (kind === "fault" ? [] : [lowerKeyword(value)]));
  return { directive, text: [row(known, has), ...oddities(read)].join(" ") };
}

/** Keywords and schemes are read in any case; digests, paths and names are not. */
function lowerKeyword(value: string): string {
  const caseless = value.endsWith(":") || (value.startsWith("'") && !/^'(?:nonce-|(?:url-|eval-)?sha\d+-)/i.test(value));
  return caseless ? value.toLowerCase() : value;
}

type Read = ReturnType<typeof readSource>;

/** What is on trial, what is not known, and what browsers ignore. */
function oddities(read: readonly (readonly [value: string, read: Read])[]): readonly string[] {
  const trials = read.flatMap(([, one]) => (one.kind === "trial" ? [TRIALS.find(([pattern]) => pattern.test(one.text))?.[1] ?? ""] : []));
  const faults = read.flatMap(([value, one]) => (one.kind === "fault" ? [[value, one.unknownKind === true] as const] : []));
  const unknown = faults.filter(([, isUnknown]) => isUnknown).map(([value]) => `${value} is not known here.`);
  const ignored = faults.filter(([, isUnknown]) => !isUnknown).map(([value]) => value);
  return [...new Set(trials), ...unknown, ...(ignored.length === 0 ? [] : [`Ignored: ${and(ignored)}.`])];
}

const TRIALS: readonly (readonly [RegExp, string])[] = [
  [/^'url-/, "Chromium's trial: a script whose URL has the hash runs, and hosts count for nothing there."],
  [/^'eval-/, "Chromium's trial: eval takes the text that has the hash, and 'unsafe-eval' counts for nothing there."],
  [/^'strict-/, "Chromium's trial: scripts that run may load others."],
];

/** `has`: whether a directive stands in the same policy. */
type Say = (values: readonly string[], has: (name: string) => boolean) => string;

/** What may be inline: elements, or attributes, which carry no nonce. `evals`: whether it decides on eval, too. */
interface Code {
  readonly of: "script" | "style";
  readonly attribute?: true;
  readonly evals?: true;
}

/** Loads of one kind. `code` names what is inline of it, where there is such a thing. */
function loads(what: string, code?: Code): Say {
  return (values) => {
    const dynamic = code?.of === "script" ? dynamicScripts(what, values) : [];
    const said = [...(dynamic.length > 0 ? dynamic : origins(what, values)), ...(code === undefined ? [] : powers(values, code))];
    return said.length === 0 ? `${what}: none at all.` : said.join(" ");
  };
}

/** What may be given an address, such as the target of a form. */
function names(some: string, none: string): Say {
  return (values) => {
    const list = addresses(values);
    return list.length === 0 ? none : some.replace("…", and(list));
  };
}

function dynamicScripts(what: string, values: readonly string[]): readonly string[] {
  if (!values.includes("'strict-dynamic'")) return [];
  return [`${what}: what carries the nonce or hash below, and what that loads; addresses count for nothing.`];
}

/** Workers: Chromium takes them for scripts that a script loads. */
const workers =
  (what: string): Say =>
  (values, has) => {
    const dynamic = values.includes("'strict-dynamic'") ? " Under 'strict-dynamic' Chromium lets a script start any worker." : "";
    return loads(what)(values, has) + dynamic;
  };

function origins(what: string, values: readonly string[]): readonly string[] {
  const list = addresses(values);
  return list.length === 0 ? [] : [`${what}: from ${and(list)}.`];
}

function addresses(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => {
    if (value === "'self'") return ["this site"];
    if (value.startsWith("'")) return [];
    if (value === "*") return ["any site"];
    if (value === "https:" || value === "http:") return [`any ${value.slice(0, -1)} address`];
    return value.endsWith(":") ? [`${value} URLs`] : [value];
  });
}

const EVALS: Readonly<Record<string, string>> = {
  "'unsafe-eval'": "eval may turn text into code.",
  "'wasm-unsafe-eval'": "WebAssembly may be compiled.",
  "'trusted-types-eval'": "eval takes what a Trusted Types policy made.",
};

const POWERS: Readonly<Record<string, string>> = {
  ...EVALS,
  "'unsafe-hashes'": "Inline handlers and style attributes count too, by their hashes.",
  "'inline-speculation-rules'": "Inline speculation rules are read.",
  "'report-sample'": "Reports show the first 40 characters of what was blocked.",
};

function powers(values: readonly string[], { of: code, attribute, evals }: Code): readonly string[] {
  const proofs = values.filter(isProof);
  const hashes = proofs.filter((value) => !value.startsWith("'nonce-")).length;
  const what = code === "script" ? "scripts" : "style sheets";
  const said: string[] = [];
  if (hashes < proofs.length)
    said.push(attribute ? "A nonce allows none: no attribute has one." : `Inline ${what} and others need the nonce of this very response.`);
  if (hashes > 0) said.push(`${hashes === 1 ? "One inline piece is" : `${hashes} inline pieces are`} known by hash.`);
  if (values.includes("'unsafe-inline'")) {
    const off = proofs.length > 0 || (code === "script" && values.includes("'strict-dynamic'"));
    if (off) said.push("'unsafe-inline' is for old browsers: others go by the nonce or hash.");
    else said.push(code === "script" ? "Inline scripts run, an attacker's too." : "Inline styles apply, an attacker's too.");
  }
  const inert = values.filter((value) => Object.hasOwn(EVALS, value) && !evals);
  if (inert.length > 0) said.push(`${and(inert)} ${inert.length === 1 ? "counts" : "count"} for nothing here: eval goes by script-src.`);
  return [...said, ...values.flatMap((value) => (inert.includes(value) ? [] : (POWERS[value] ?? [])))];
}

const flag =
  (text: string): Say =>
  (values) =>
    values.length === 0 ? text : `${text} What follows it is ignored.`;

const DIRECTIVES: Readonly<Record<string, Say>> = {
  "default-src": (values) => {
    const [what, code] = ["All that no other directive speaks of", { of: "script", evals: true } as const];
    const said = [...origins(what, values), ...dynamicScripts("Scripts among it", values), ...powers(values, code)];
    return said.length === 0 ? "All that no other directive speaks of: not at all." : said.join(" ");
  },
  "script-src": loads("Scripts", { of: "script", evals: true }),
  "script-src-elem": loads("<script> elements", { of: "script" }),
  "script-src-attr": loads("Inline handlers such as onclick", { of: "script", attribute: true }),
  "style-src": loads("Style sheets", { of: "style" }),
  "style-src-elem": loads("<style> and linked style sheets", { of: "style" }),
  "style-src-attr": loads("style attributes", { of: "style", attribute: true }),
  "img-src": loads("Images"),
  "font-src": loads("Fonts"),
  "connect-src": loads("fetch, WebSocket and the like"),
  "media-src": loads("Audio and video"),
  "object-src": loads("Plugins"),
  "child-src": workers("Frames and workers"),
  "frame-src": loads("Frames in the page"),
  "worker-src": workers("Workers"),
  "manifest-src": loads("The manifest"),
  "fenced-frame-src": loads("Fenced frames"),
  "base-uri": names("<base> may name ….", "<base> does nothing."),
  "form-action": names("Forms may be sent to ….", "No form can be sent."),
  "frame-ancestors": names("This page may be framed by ….", "Nobody may show this page in a frame."),
  sandbox: (values) =>
    values.length === 0
      ? "The page is sandboxed, and may do nothing: no scripts, no forms."
      : `The page is sandboxed, but for: ${values.join(", ")}.`,
  "upgrade-insecure-requests": flag("http addresses in the page are asked for over https."),
  "treat-as-public-address": flag("Chromium treats the page as one from the public internet when it asks local addresses."),
  "block-all-mixed-content": flag("Obsolete: browsers do it by themselves."),
  "require-trusted-types-for": (values) =>
    !values.includes("'script'")
      ? "No effect: browsers know no other word than 'script', in its quotes."
      : "innerHTML, eval, script.src, setTimeout with a string and other sinks take only what a Trusted Types policy made. Set plain text by textContent; which policies trustedTypes.createPolicy may make, trusted-types says.",
  "trusted-types": (values) => {
    const made = values.filter((value) => !value.startsWith("'"));
    return made.length === 0 ? "No Trusted Types policy may be made." : `Trusted Types policies may be called ${and(made)}.`;
  },
  webrtc: (values) =>
    values.join(" ") === "'block'"
      ? "It asks for no WebRTC connections; no browser is known to enforce it."
      : "WebRTC connections are allowed.",
  "report-uri": (values, has) =>
    `Violations are posted to ${and(values)}${has("report-to") ? ", but by browsers that go by report-to" : ""}.`,
  "report-to": ([name = ""]) => `Violations go to the endpoint “${name}” of Reporting-Endpoints.`,
};
