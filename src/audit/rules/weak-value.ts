import { headers } from "../../headers/index.js";
import { kebabCase } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { featureKnowledge } from "../headers/permissions-policy/features.js";
import { readHeader, type Subject } from "../subject.js";

/** A header is present and valid, and protects less than it could. */
export const weakValue: AuditRule<"weak-value"> = {
  rule: "weak-value",
  check: (subject) => [...transportSecurity(subject), ...referrerPolicy(subject), ...permissions(subject), ...weakWords(subject)],
};

const SIX_MONTHS = 15_552_000;

function transportSecurity(subject: Subject): readonly Found[] {
  const hsts = readHeader(subject, headers.strictTransportSecurity);
  if (hsts.kind !== "read") return [];
  const { maxAge, includeSubDomains } = hsts.value;
  const header = "Strict-Transport-Security";
  const fix = "Raise max-age to 31536000 once the whole site is known to work over https.";
  const found: Found[] = [];
  const path = "strictTransportSecurity.maxAge";
  if (maxAge === 0)
    found.push({ header, path, severity: "high", message: "max-age=0 makes browsers forget that the site is https only.", fix });
  else if (maxAge < SIX_MONTHS) {
    const message = `max-age=${maxAge} is less than six months: visitors who return later than that are not protected.`;
    found.push({ header, path, severity: "medium", message, fix });
  }
  if (!includeSubDomains && maxAge > 0) {
    const message = "Subdomains are not included: one of them over http can set cookies for the whole site.";
    const fix = "Add includeSubDomains once every subdomain is known to work over https.";
    found.push({ header, path: "strictTransportSecurity.includeSubDomains", severity: "low", message, fix });
  }
  return found;
}

const REFERRERS: Readonly<Record<string, Pick<Found, "severity" | "message">>> = {
  "unsafe-url": { severity: "medium", message: "unsafe-url sends every site the whole URL, over plain http too." },
  "no-referrer-when-downgrade": {
    severity: "low",
    message: "no-referrer-when-downgrade sends every https site the whole URL, with its query.",
  },
  origin: { severity: "low", message: "origin sends the origin over plain http too." },
  "origin-when-cross-origin": { severity: "low", message: "origin-when-cross-origin sends the origin over plain http too." },
};

function referrerPolicy(subject: Subject): readonly Found[] {
  const reading = readHeader(subject, headers.referrerPolicy);
  const word = reading.kind === "read" ? [reading.value].flat().at(-1) : undefined;
  const weak = word === undefined ? undefined : REFERRERS[word];
  return weak === undefined
    ? []
    : [{ header: "Referrer-Policy", ...weak, fix: "Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer." }];
}

function permissions(subject: Subject): readonly Found[] {
  const reading = readHeader(subject, headers.permissionsPolicy);
  if (reading.kind !== "read") return [];
  return Object.entries(reading.value).flatMap(([key, value]): Found[] => {
    const allow = typeof value === "object" && "allow" in value ? value.allow : value;
    if (allow !== "*" || !featureKnowledge(key)?.sensitive) return [];
    const name = kebabCase(key);
    const message = `${name}=* sets no limit: every frame with allow="${name}" can ask for it.`;
    const fix = `Write ${name}=(self), add the origins that need it, or ${name}=() for nobody.`;
    return [{ header: "Permissions-Policy", path: `permissionsPolicy.${key}`, severity: "low", message, fix }];
  });
}

interface WeakWord extends Pick<Found, "severity" | "message" | "fix"> {
  readonly key: keyof typeof headers;
  readonly word: string;
}

const WEAK_WORDS: readonly WeakWord[] = [
  {
    key: "crossOriginOpenerPolicy",
    word: "unsafe-none",
    severity: "low",
    message: "unsafe-none is the default: windows of other sites keep a handle on this one.",
    fix: "Send Cross-Origin-Opener-Policy: same-origin.",
  },
  {
    key: "crossOriginEmbedderPolicy",
    word: "unsafe-none",
    severity: "info",
    message: "unsafe-none is the default: the page is not cross-origin isolated.",
    fix: "Send Cross-Origin-Embedder-Policy: require-corp.",
  },
  {
    key: "crossOriginResourcePolicy",
    word: "cross-origin",
    severity: "info",
    message: "cross-origin lets any site load this response.",
    fix: "Send Cross-Origin-Resource-Policy: same-origin, except for files that other sites embed.",
  },
  {
    key: "xPermittedCrossDomainPolicies",
    word: "all",
    severity: "medium",
    message: "all lets any file on the site decide who may read its data.",
    fix: "Send X-Permitted-Cross-Domain-Policies: none.",
  },
  {
    key: "originAgentCluster",
    word: "?0",
    severity: "info",
    message: "?0 requests a process shared with the site's other subdomains.",
    fix: "Send Origin-Agent-Cluster: ?1.",
  },
];

function weakWords(subject: Subject): readonly Found[] {
  return WEAK_WORDS.flatMap(({ key, word, ...rest }) => {
    const reading = readHeader<unknown>(subject, headers[key]);
    const value = reading.kind === "read" ? reading.value : undefined;
    const said = typeof value === "object" && value !== null && "policy" in value ? value.policy : value;
    return said === word ? [{ header: headers[key].name, ...rest }] : [];
  });
}
