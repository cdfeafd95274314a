import type { ReportIssue } from "../errors.js";
import { headerNamed, keys } from "../headers/index.js";
import { didYouMean, show } from "../values/text.js";

const wrapped = 'or wrap helmet options in fromHelmet() from "portcullis/helmet".';
const ofHelmet = (key: string) => `This is a helmet option: write ${key}, ${wrapped}`;
const noPoweredBy = ofHelmet('stripHeaders: ["X-Powered-By"]');
const reporting = 'Write reporting: "/csp-report", which every header that reports follows.';

/** What to write for names from elsewhere, in lower case. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["hsts", ofHelmet("strictTransportSecurity")],
  ["nosniff", ofHelmet("xContentTypeOptions")],
  ["dnsprefetchcontrol", ofHelmet("xDnsPrefetchControl")],
  ["ienoopen", ofHelmet("xDownloadOptions")],
  ["frameguard", ofHelmet("xFrameOptions")],
  ["permittedcrossdomainpolicies", ofHelmet("xPermittedCrossDomainPolicies")],
  ["xssfilter", ofHelmet("xXssProtection")],
  ["hidepoweredby", noPoweredBy],
  ["xpoweredby", noPoweredBy],
  ["nocache", ofHelmet('cacheControl: "no-store"')],
  ["expectct", "Take it out: browsers have given Expect-CT up."],
  ["hpkp", "Take it out: browsers have given Public-Key-Pins up."],
  ["featurepolicy", "Permissions-Policy has taken its place: write permissionsPolicy: { … }."],
  ["directives", `Write the directives into contentSecurityPolicy: { … }, ${wrapped}`],
  ["csp", "Write contentSecurityPolicy."],
  ["coop", "Write crossOriginOpenerPolicy."],
  ["coep", "Write crossOriginEmbedderPolicy."],
  ["corp", "Write crossOriginResourcePolicy."],
  ["reporturi", reporting],
  ["reportto", reporting],
]);

/** Says what to write for a name that is no key of a policy. */
export function reportUnknownKey(name: string, report: ReportIssue): void {
  const header = headerNamed(name);
  if (header !== undefined) {
    return report({ path: [name], code: "unknown-name", message: "headers are written in camelCase", hint: `Write ${header.key}.` });
  }
  const hint =
    ELSEWHERE.get(name.toLowerCase()) ??
    (belonging(name) ||
      didYouMean(name, [...keys.keys()]) ||
      `For a header without a key of its own write custom: { ${show(name)}: "…" }.`);
  report({ path: [name], code: "unknown-name", message: "unknown header", hint });
}

/** Where a directive, a feature or an option belongs that stands in no header; nothing where no header has it. */
function belonging(name: string): string {
  const field = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const owners = [...keys].filter(([, { entry, reportOnly }]) => !reportOnly && Object.hasOwn(entry.fields?.() ?? {}, field));
  const [first] = owners;
  if (first === undefined) return "";
  const places = owners.map(([key]) => `${key}: { ${field}: … }`);
  return `This is a${first[1].entry.fieldNoun === undefined ? "n option" : ` ${first[1].entry.fieldNoun}`}: write ${places.join(" or ")}.`;
}
