import type { ReportType } from "./parse.js";

/** What was blocked, and by which header's key it would be allowed. */
export interface Blocked {
  readonly type: ReportType;
  readonly directive: string;
  readonly blocked: string;
  /** `contentSecurityPolicy`, or its twin. */
  readonly key: string;
}

type Row = readonly [type: ReportType, directive: RegExp, blocked: RegExp, message: (what: Blocked) => string];

const ANY = /^/;

/** What to do where no source is worth it; the first row that fits. */
const ROWS: readonly Row[] = [
  [
    "csp-violation",
    /^script-src-attr$/,
    /^inline$/,
    () => "Inline handlers such as onclick: write element.addEventListener(…) in a script. No source is worth allowing them.",
  ],
  ["csp-violation", /^style-src-attr$/, /^inline$/, () => "style attributes: write a class, or element.style in a script."],
  [
    "csp-violation",
    /^script-src/,
    /^inline$/,
    ({ key }) =>
      `Inline scripts, perhaps an attacker's: give yours a nonce, ${key}: { scriptSrc: append(nonce) } and nonce="…" on the element; where they never change, take hashes (portcullis/hashes).`,
  ],
  [
    "csp-violation",
    /^style-src/,
    /^inline$/,
    ({ key }) =>
      `Inline styles: give them a nonce, ${key}: { styleSrc: append(nonce) }, or hashes (portcullis/hashes), or move them to a file.`,
  ],
  [
    "csp-violation",
    ANY,
    /^eval$/,
    () => "eval, new Function, or a timer that got text: find the library that does it, and replace or configure it.",
  ],
  ["csp-violation", ANY, /^wasm-eval$/, ({ key }) => `WebAssembly: where it is yours, ${key}: { scriptSrc: append("wasm-unsafe-eval") }.`],
  [
    "csp-violation",
    /^require-trusted-types-for$/,
    ANY,
    () => "A sink such as innerHTML got text: give it what a Trusted Types policy has made.",
  ],
  [
    "csp-violation",
    /^trusted-types$/,
    ANY,
    ({ key }) => `A Trusted Types policy of another name was made: where it is yours, add it to ${key}.trustedTypes.`,
  ],
  [
    "csp-violation",
    /^frame-ancestors$/,
    ANY,
    ({ blocked, key }) =>
      `Shown in a frame by ${blocked || "another page"}. Where it may: ${key}: { frameAncestors: append(…) }, on that route alone.`,
  ],
  ["csp-violation", /^base-uri$/, ANY, () => "A <base> element, which an attacker would write too: write addresses that need none."],
  ["csp-violation", /^sandbox$/, ANY, () => "The sandbox kept the page from something: add the allowance only where the page is trusted."],
  [
    "csp-violation",
    ANY,
    /^(?:data|blob|filesystem|mediastream)$/,
    ({ blocked }) => `Code from a ${blocked}: address, which anybody's script can make: serve it as a file.`,
  ],
  ["csp-violation", ANY, ANY, () => "Nothing that a source could allow. See what the pages do."],
  [
    "permissions-policy-violation",
    ANY,
    ANY,
    ({ directive }) => `A page used ${directive}. Where it may: permissionsPolicy: { …: ["self"] }, on that route alone.`,
  ],
  [
    "coep",
    ANY,
    ANY,
    () =>
      'Loaded without agreeing to be embedded: crossOriginResourcePolicy: "cross-origin" on it, or crossOriginEmbedderPolicy: "credentialless".',
  ],
  ["coop", ANY, ANY, () => 'A window lost its opener: where it needs it, crossOriginOpenerPolicy: "same-origin-allow-popups".'],
  ["integrity-violation", ANY, ANY, () => "Loaded without an integrity hash: write integrity=… on the element."],
  [
    "connection-allowlist",
    ANY,
    ANY,
    ({ blocked }) => `A page connected to ${blocked || "a host"}, which Connection-Allowlist does not list: add it where the page may.`,
  ],
  ["deprecation", ANY, ANY, ({ directive }) => `Browsers will drop ${directive}.`],
  ["intervention", ANY, ANY, ({ directive }) => `A browser stepped in: ${directive}.`],
  ["crash", ANY, ANY, () => "The page crashed."],
  ["network-error", ANY, ANY, ({ directive }) => `The site could not be reached: ${directive}.`],
];

/** In a sentence what to do; the author has to do it. */
export function adviceFor(what: Blocked): string {
  const row = ROWS.find(([type, directive, blocked]) => type === what.type && directive.test(what.directive) && blocked.test(what.blocked));
  // Of a type that only a later version knows, where it writes to the same store.
  return row === undefined ? `Nothing is known of reports of type ${what.type}.` : row[3](what);
}
