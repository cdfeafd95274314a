import { nonceAdvice } from "../../headers/content-security-policy/nonce-advice.js";
import { own } from "../../values/own.js";
import type { Group } from "../group.js";
import type { ReportType } from "../report-types.js";
import { evidenceOf } from "./evidence.js";
import type { Advice } from "./learned.js";
import type { CspKey } from "./observed.js";
import { isScriptFile, type StrictDynamic } from "./strict-dynamic.js";

const MOST_SAMPLES = 5;

/** What to do about violations that no source should allow; the groups are about the same violation. */
export function adviceOn(groups: readonly Group[], key: CspKey, strictDynamic: StrictDynamic | undefined): Advice {
  const [first] = groups as readonly [Group];
  const { type, directive, blocked } = first;
  const samples = [...new Set(groups.flatMap((group) => group.samples.map(({ value }) => value)))].slice(0, MOST_SAMPLES);
  const message =
    strictDynamic !== undefined && isScriptFile(first)
      ? nonceAdvice(
          first.urls[0]?.value ?? blocked,
          strictDynamic.hasNonce ? undefined : `${key}: { ${strictDynamic.directive}: append(nonce) }`,
        )
      : messageOn({ type, directive, blocked, key });
  return { directive, blocked, message, evidence: evidenceOf(groups), samples };
}

/** A violation, and the key of the header that blocked it. */
interface Violation {
  readonly type: ReportType;
  readonly directive: string;
  readonly blocked: string;
  readonly key: CspKey;
}

type Message = (violation: Violation) => string;

/** One or two sentences on what to do. */
function messageOn(violation: Violation): string {
  // A later version, which writes to the same store, may know more types.
  const message = own(MESSAGES, violation.type) as Message | undefined;
  return message?.(violation) ?? `Reports of type ${violation.type} are not known here.`;
}

const MESSAGES: Readonly<Record<ReportType, Message>> = {
  "csp-violation": (violation) => {
    const row = CSP_ROWS.find(([directive, blocked]) => directive.test(violation.directive) && blocked.test(violation.blocked));
    return row?.[2](violation) ?? "No source allows this. Look at what the pages do.";
  },
  "permissions-policy-violation": ({ directive }) =>
    `A page used ${directive}. Where it may, write permissionsPolicy: { …: ["self"] } in an override of that route.`,
  coep: () =>
    'The resource does not allow itself to be embedded. Send it with crossOriginResourcePolicy: "cross-origin", or use crossOriginEmbedderPolicy: "credentialless".',
  coop: () => 'A window lost its opener. Where the page needs it, write crossOriginOpenerPolicy: "same-origin-allow-popups".',
  "integrity-violation": () => "The file was loaded without an integrity hash. Write integrity=… on its element.",
  "connection-allowlist": ({ blocked }) =>
    `A page connected to ${blocked || "a host"}, which Connection-Allowlist does not list. Add it where the page may connect to it.`,
  "csp-hash": () => "The hash of a file; nothing was blocked.",
  deprecation: ({ directive }) => `Browsers will remove ${directive}.`,
  intervention: ({ directive }) => `A browser intervened: ${directive}.`,
  crash: () => "The page crashed.",
  "network-error": ({ directive }) => `The site could not be reached: ${directive}.`,
};

const ANY = /^/;

/** Of CSP violations, by directive and by what was blocked; the first row that matches. */
const CSP_ROWS: readonly (readonly [directive: RegExp, blocked: RegExp, message: Message])[] = [
  [
    /^script-src-attr$/,
    /^inline$/,
    () => "Inline event handlers such as onclick are blocked. Call element.addEventListener(…) in a script instead.",
  ],
  [/^style-src-attr$/, /^inline$/, () => "style attributes are blocked. Use a class, or set element.style in a script."],
  [
    /^script-src/,
    /^inline$/,
    ({ key }) =>
      `Inline scripts are blocked; an attacker may have injected them. For your own, write ${key}: { scriptSrc: append(nonce) } and nonce="…" on the element, or use hashes (portcullis/hashes) where they never change.`,
  ],
  [
    /^style-src/,
    /^inline$/,
    ({ key }) =>
      `Inline styles are blocked. Write ${key}: { styleSrc: append(nonce) } and nonce="…" on the element, use hashes (portcullis/hashes), or move them to a file.`,
  ],
  [
    ANY,
    /^eval$/,
    () => "eval, new Function, or a timer with a string is blocked. Find the library that uses it, and configure or replace it.",
  ],
  [ANY, /^wasm-eval$/, ({ key }) => `WebAssembly is blocked. If it is yours, write ${key}: { scriptSrc: append("wasm-unsafe-eval") }.`],
  [
    /^require-trusted-types-for$/,
    ANY,
    () => "A sink such as innerHTML was assigned a string. Assign a value that a Trusted Types policy created.",
  ],
  [
    /^trusted-types$/,
    ANY,
    ({ key }) => `A script created a Trusted Types policy that is not listed. If it is yours, add its name to ${key}.trustedTypes.`,
  ],
  [
    /^frame-ancestors$/,
    ANY,
    ({ blocked, key }) =>
      `${blocked || "Another page"} shows this page in a frame. Where it may, write ${key}: { frameAncestors: append(…) } in an override of that route.`,
  ],
  [/^base-uri$/, ANY, () => "A <base> element is blocked; an attacker may have injected it. Write URLs that do not need one."],
  [/^sandbox$/, ANY, () => "The sandbox blocked something. Add an allowance only for pages you trust."],
  [
    ANY,
    /^(?:data|blob|filesystem|mediastream)$/,
    ({ blocked }) => `Code from a ${blocked}: URL is blocked, because any script can create one. Serve it as a file.`,
  ],
];
