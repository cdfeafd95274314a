import { nonceAdvice } from "../headers/content-security-policy/nonce-advice.js";
import { readSource } from "../values/sources.js";
import { show } from "../values/text.js";
import type { Logged } from "./console.js";
import { directivesIn } from "./directives.js";
import { baseOf, type Violation } from "./violation.js";

/** Describes a violation, and what to add to the policy. */
export function describeViolation(violation: Violation, logged: readonly Logged[], page: string): string {
  const { directive, blockedURL, documentURL, sourceFile, lineNumber, columnNumber, disposition, sample } = violation;
  const verb = disposition === "report" ? "would block" : "blocked";
  const where = sourceFile === "" ? documentURL : [sourceFile, lineNumber, columnNumber].filter((part) => part !== 0).join(":");
  const framed = documentURL === "" || documentURL === page || documentURL === sourceFile ? [] : [`    document: ${documentURL}`];
  return [
    `  ${violation.header}: ${directive} ${[verb, blockedURL, sample && `(${show(sample)})`].filter(Boolean).join(" ")}`,
    // Not "at": test runners take such a line for one of a stack, and look for its file.
    `    place: ${where || page}`,
    ...framed,
    `    ${adviceFor(violation, logged, page)}`,
  ].join("\n");
}

/** What some advice depends on besides the violation. */
interface Context {
  readonly page: string;
  /** The one hash that Chromium suggests for the same place. */
  readonly hash: string | undefined;
}

type Advise = (violation: Violation, context: Context) => string;

function adviceFor(violation: Violation, logged: readonly Logged[], page: string): string {
  const list = dynamicList(violation);
  if (list !== undefined) {
    const hasNonce = list.some((source) => readSource(source, "wire").kind === "nonce");
    return nonceAdvice(violation.blockedURL, hasNonce ? undefined : inCsp(violation, keyOf(violation), "append(nonce)"));
  }
  const { sourceFile, lineNumber, directive } = violation;
  const there = logged.filter(({ violation: one }) => one.sourceFile === sourceFile && one.lineNumber === lineNumber);
  const hashes = new Set(there.flatMap(({ violation: one, hash }) => (baseOf(one.directive) === baseOf(directive) ? [hash] : [])));
  const [hash] = hashes.size === 1 ? hashes : [];
  const [, , advise] = ADVICE.find(([what, blocked]) => what.test(subjectOf(violation)) && blocked.test(violation.blockedURL)) as AdviceRow;
  return advise(violation, { page, hash });
}

/** The list that blocked a script of the HTML, if it has `'strict-dynamic'`, with which hosts in it have no effect. CSP3 §8.2. */
function dynamicList({ directive, blockedURL, originalPolicy }: Violation): readonly string[] | undefined {
  if (!/^script-src(?:-elem)?$/.test(directive) || !/^https?:/.test(blockedURL)) return undefined;
  const lists = directivesIn(originalPolicy);
  const list = (lists.get("script-src-elem") ?? lists.get("script-src") ?? lists.get("default-src") ?? "").split(" ");
  return list.some(isStrictDynamic) ? list : undefined;
}

function isStrictDynamic(source: string): boolean {
  const read = readSource(source, "wire");
  return read.kind === "keyword" && read.keyword === "strict-dynamic";
}

function subjectOf({ header, directive }: Violation): string {
  return header === "Content-Security-Policy" ? directive : header;
}

const allowFeature: Advise = (violation, { page }) => {
  const { directive, documentURL } = violation;
  const key = `permissionsPolicy${suffixOf(violation)}: { ${camelCase(directive)}:`;
  const source = sourceOf(documentURL, page);
  if (source === "self") return `Add ${key} ["self"] }.`;
  return `Add ${key} ["self", ${JSON.stringify(source)}] } to the page, and allow="${directive}" to the frame.`;
};

const allowEmbedding: Advise = (violation) =>
  violation.directive === "navigation"
    ? 'Put crossOriginEmbedderPolicy: "require-corp" on the framed page as well.'
    : `Put crossOriginResourcePolicy: "cross-origin" on the resource, or write crossOriginEmbedderPolicy${suffixOf(violation)}: "credentialless".`;

const allowFraming: Advise = ({ blockedURL }, { page }) => {
  const source = sourceOf(page, blockedURL);
  if (source === "self") return 'Write xFrameOptions: "SAMEORIGIN" on the framed page.';
  const list = `["self", ${JSON.stringify(source)}]`;
  return `Write xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ${list} } on the framed page.`;
};

const allowName: Advise = (violation) => {
  const { sample, originalPolicy } = violation;
  const names = (directivesIn(originalPolicy).get("trusted-types") ?? "").split(" ").filter((name) => name !== "" && name !== "'none'");
  const all = [...names, names.includes(sample) ? "allow-duplicates" : sample].map((name) => show(name.replaceAll("'", "")));
  return `Add ${inCsp(violation, "trustedTypes", `[${all.join(", ")}]`)}.`;
};

const allowInline: Advise = (violation, { hash }) => {
  const key = keyOf(violation);
  const hashed =
    hash === undefined ? 'hashInlineScripts() of "portcullis/hashes"' : inCsp(violation, key, `append(${JSON.stringify(hash)})`);
  return `Add ${inCsp(violation, key, "append(nonce)")}, and nonce="…" to the element; or, if it never changes, ${hashed}.`;
};

type AdviceRow = readonly [subject: RegExp, blocked: RegExp, advise: Advise];

/** What to write: the first row that matches. Never 'unsafe-inline', 'unsafe-eval', or a scheme from which any script can load. */
const ADVICE: readonly AdviceRow[] = [
  [/^Permissions-Policy$/, /^/, allowFeature],
  [/^Cross-Origin-Embedder-Policy$/, /^/, allowEmbedding],
  [/^X-Frame-Options$/, /^/, allowFraming],
  [/^frame-ancestors$/, /^/, (one, { page }) => `Add ${appended(one, sourceOf(page, one.blockedURL))} to the framed page.`],
  [/^require-trusted-types-for$/, /^/, () => "No source allows this: assign a value that a Trusted Types policy created."],
  [/^trusted-types$/, /^/, allowName],
  [
    /^script-src-attr$/,
    /^inline$/,
    () => "Do not allow this with a source: write element.addEventListener(…) in a script instead of the attribute.",
  ],
  [
    /^style-src-attr$/,
    /^inline$/,
    () => "Do not allow this with a source: write a class, or element.style in a script, instead of the attribute.",
  ],
  [/^(?:script|style)-src/, /^inline$/, allowInline],
  [/^script-src/, /^eval$/, () => "Do not allow this with a source: avoid eval, new Function, and timers with a string."],
  [/^script-src/, /^wasm-eval$/, (one) => `Add ${appended(one, "wasm-unsafe-eval")}.`],
  [/^script-src/, /^[a-z-]*$/, () => "Do not allow this with a source: serve the script as a file."],
  [/^/, /^[a-z-]+$/, (one) => `Add ${appended(one, `${one.blockedURL}:`)}.`],
  [/^/, /^/, (one) => `Add ${appended(one, sourceOf(one.blockedURL, one.documentURL))}.`],
];

function appended(violation: Violation, source: string): string {
  return inCsp(violation, keyOf(violation), `append(${JSON.stringify(source)})`);
}

function inCsp(violation: Violation, key: string, value: string): string {
  return `contentSecurityPolicy${suffixOf(violation)}: { ${key}: ${value} }`;
}

function suffixOf({ disposition }: Violation): string {
  return disposition === "report" ? "ReportOnly" : "";
}

/** The key to write it under: scriptSrc, unless the policy has scriptSrcElem itself. */
function keyOf({ directive, originalPolicy }: Violation): string {
  return camelCase(directivesIn(originalPolicy).has(directive) ? directive : baseOf(directive));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `self`, or the origin of an address, as a source for a page at another address. */
function sourceOf(address: string, from: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host, origin } = new URL(address);
  const self = URL.canParse(from) ? new URL(from) : undefined;
  if (host !== "" && host === self?.host && protocol.replace("ws", "http") === self.protocol) return "self";
  return origin === "null" ? protocol : origin;
}
