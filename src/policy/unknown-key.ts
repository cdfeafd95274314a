import type { ReportIssue } from "../errors.js";
import { headerNamed, keys } from "../headers/index.js";
import { soleMember } from "../values/schema.js";
import { didYouMean, lettersOf, property, show, TOKEN } from "../values/text.js";
import { presetNamed, RECIPES } from "./not-a-layer.js";

const WRAPPED = 'or wrap helmet options in fromHelmet() from "portcullis/helmet".';
const POWERED_BY = 'stripHeaders: ["X-Powered-By"]';
const REPORTING = 'Write reporting: "/csp-report", which every header that reports follows.';
const DIRECTIVES = `Write the directives into contentSecurityPolicy: { … }, ${WRAPPED}`;

/** helmet's options, in lower case, and the key that replaces each. */
const OF_HELMET: Readonly<Record<string, string>> = {
  hsts: "strictTransportSecurity",
  nosniff: "xContentTypeOptions",
  dnsprefetchcontrol: "xDnsPrefetchControl",
  ienoopen: "xDownloadOptions",
  frameguard: "xFrameOptions",
  permittedcrossdomainpolicies: "xPermittedCrossDomainPolicies",
  crossdomain: "xPermittedCrossDomainPolicies",
  xssfilter: "xXssProtection",
};

/** What to write for names of other tools, in lower case. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  hidepoweredby: ofHelmet(POWERED_BY),
  xpoweredby: ofHelmet(POWERED_BY),
  nocache: ofHelmet('cacheControl: "no-store"'),
  expectct: "Take it out: browsers have removed Expect-CT.",
  hpkp: "Take it out: browsers have removed Public-Key-Pins.",
  publickeypins: "Take it out: browsers have removed Public-Key-Pins.",
  featurepolicy: "Permissions-Policy replaces it: write permissionsPolicy: { camera: [] }.",
  directives: DIRECTIVES,
  usedefaults: DIRECTIVES,
  reportonly: "Write contentSecurityPolicyReportOnly, or wrap the policy: reportOnly(definePolicy(…)).",
  enablecspnonces: 'Write the nonce slot into a list: contentSecurityPolicy: { scriptSrc: ["self", nonce] }.',
  nonce: 'Write the nonce slot into a list: contentSecurityPolicy: { scriptSrc: ["self", nonce] }.',
  csp: "Write contentSecurityPolicy.",
  cspreportonly: "Write contentSecurityPolicyReportOnly.",
  coop: "Write crossOriginOpenerPolicy.",
  coep: "Write crossOriginEmbedderPolicy.",
  corp: "Write crossOriginResourcePolicy.",
  contenttypenosniff: "Write xContentTypeOptions: true.",
  browserxssfilter: 'Write xXssProtection: "0": browsers have removed their filters.',
  frameoptions: "Write xFrameOptions.",
  reporturi: REPORTING,
  reportto: REPORTING,
  cors: "CORS headers depend on the request: use the cors package.",
  accesscontrolalloworigin: "CORS headers depend on the request: use the cors package.",
  preset: 'Write the preset as a layer: securityHeaders("strict", { … }).',
  services: RECIPES,
  forcehttps: "Mount httpsRedirect() before securityHeaders().",
  sessioncookiesecure: "Mount secureCookies() before securityHeaders().",
};

function ofHelmet(written: string): string {
  return `This is a helmet option: write ${written}, ${WRAPPED}`;
}

/** What to write instead of a name that is not a key of a policy. */
export function reportUnknownKey(name: string, value: unknown, report: ReportIssue): void {
  const unknown = (message: string, hint: string | (() => string)) => report({ path: [name], code: "unknown-name", message, hint });
  const letters = lettersOf(name);
  const key = headerNamed(name)?.key ?? [...keys.keys()].find((known) => lettersOf(known) === letters && known !== name);
  if (key !== undefined && /[-_]|^[A-Z]/.test(name)) return unknown("headers are written in camelCase", `Write ${key}.`);
  if (/^x-powered-by$/i.test(name)) return unknown("unknown header", `Write ${POWERED_BY}.`);
  unknown("unknown header", () => hintFor(name, letters, value));
}

function hintFor(name: string, letters: string, value: unknown): string {
  if (Object.hasOwn(OF_HELMET, letters)) return ofHelmet(helmetOption(OF_HELMET[letters] as string, value));
  if (Object.hasOwn(ELSEWHERE, letters)) return ELSEWHERE[letters] as string;
  const base = name.endsWith("ReportOnly") ? keys.get(name.slice(0, -"ReportOnly".length)) : undefined;
  if (base !== undefined) return "This header has no report-only form.";
  const preset = presetNamed(name);
  if (preset !== undefined) return `This is a preset: write securityHeaders(${show(preset)}, { … }).`;
  return belonging(name) || didYouMean(name, [...keys.keys()]) || otherHeader(name, value);
}

/** helmet's option with its value, where the value is one that can be written here. */
function helmetOption(key: string, value: unknown): string {
  if (typeof value === "boolean") return property(key, String(value));
  const inner = soleMember(value);
  if (key === "xFrameOptions" && typeof inner === "string" && /^(?:deny|sameorigin)$/i.test(inner))
    return property(key, show(inner.toUpperCase()));
  if (key === "xDnsPrefetchControl" && typeof inner === "boolean") return property(key, inner ? '"on"' : '"off"');
  return key;
}

/** Where a directive, a feature or an option belongs that was written as a header; undefined if no header has it. */
function belonging(name: string): string {
  const field = name.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const owners = [...keys].filter(([, { entry, reportOnly }]) => !reportOnly && Object.hasOwn(entry.fields?.() ?? {}, field));
  const [first] = owners;
  if (first === undefined) return "";
  const places = owners.map(([key]) => `${key}: { ${field}: … }`);
  const noun = first[1].entry.fieldNoun;
  return `This is ${noun === undefined ? "an option" : `a ${noun}`}: write ${places.join(" or ")}.`;
}

/** How to write or remove a header without its own key; `false` removes it. */
function otherHeader(name: string, value: unknown): string {
  const wire = name.includes("-") ? name : titleCase(name);
  if (value === false && TOKEN.test(wire)) return `To remove a header write stripHeaders: [${show(wire)}].`;
  if (typeof value !== "string" && !wire.includes("-")) return "Write a key such as xFrameOptions; other headers are written under custom.";
  return `For a header without a key of its own write custom: { ${show(wire)}: "…" }.`;
}

/** `Public-Key-Pins` for `publicKeyPins` or `public_key_pins`. */
function titleCase(key: string): string {
  return key
    .replace(/_/g, "-")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
    .replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
