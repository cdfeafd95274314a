import { headerNamed, type headers } from "../../headers/index.js";
import { GENERAL_STANDARD, type Standard } from "../standard.js";
import { cacheControl } from "./cache-control.js";
import { clearSiteData } from "./clear-site-data.js";
import { contentSecurityPolicy } from "./content-security-policy/index.js";
import { crossOriginEmbedderPolicy } from "./cross-origin-embedder-policy.js";
import { crossOriginOpenerPolicy } from "./cross-origin-opener-policy.js";
import { crossOriginResourcePolicy } from "./cross-origin-resource-policy.js";
import { documentIsolationPolicy } from "./document-isolation-policy.js";
import { documentPolicy } from "./document-policy.js";
import { integrityPolicy } from "./integrity-policy.js";
import type { HeaderKnowledge } from "./knowledge.js";
import { originAgentCluster } from "./origin-agent-cluster.js";
import { permissionsPolicy } from "./permissions-policy/index.js";
import { referrerPolicy } from "./referrer-policy.js";
import { reportingEndpoints } from "./reporting-endpoints.js";
import { bareRows } from "./rows.js";
import { strictTransportSecurity } from "./strict-transport-security.js";
import { unregistered } from "./unregistered.js";
import { xContentTypeOptions } from "./x-content-type-options.js";
import { xDnsPrefetchControl } from "./x-dns-prefetch-control.js";
import { xDownloadOptions } from "./x-download-options.js";
import { xFrameOptions } from "./x-frame-options.js";
import { xPermittedCrossDomainPolicies } from "./x-permitted-cross-domain-policies.js";
import { xXssProtection } from "./x-xss-protection.js";

export type HeaderKey = keyof typeof headers;

/** What an auditor knows of each header, by key. A header of the registry without a file here is a compile error. */
const KNOWLEDGE = {
  contentSecurityPolicy,
  strictTransportSecurity,
  xFrameOptions,
  xContentTypeOptions,
  referrerPolicy,
  permissionsPolicy,
  crossOriginOpenerPolicy,
  crossOriginEmbedderPolicy,
  crossOriginResourcePolicy,
  originAgentCluster,
  documentIsolationPolicy,
  documentPolicy,
  integrityPolicy,
  xDnsPrefetchControl,
  xDownloadOptions,
  xPermittedCrossDomainPolicies,
  xXssProtection,
  cacheControl,
  clearSiteData,
  reportingEndpoints,
} satisfies Record<HeaderKey, HeaderKnowledge>;

/** The same for run time: without prototypes, as only what is written here is known. */
const BY_KEY: Readonly<Record<string, HeaderKnowledge | undefined>> = bareRows<HeaderKnowledge>(KNOWLEDGE);

/**
 * What is known of a header.
 *
 * @param key its key in a policy, or that of its report-only header.
 * @returns undefined for one that is not known here: it is neither safe nor ignored.
 */
export function headerKnowledge(key: string): HeaderKnowledge | undefined {
  return BY_KEY[key.replace(/ReportOnly$/, "")];
}

/** The same by its wire name, in any case. */
export function knowledgeOf(name: string): HeaderKnowledge | undefined {
  const registered = headerNamed(name);
  return registered && headerKnowledge(registered.key);
}

const isReportOnly = (name: string) => name.toLowerCase().endsWith("-report-only");

/** What is known of a header that has no key in a policy, by its wire name or that of its report-only header. */
export function unregisteredKnowledge(name: string) {
  return unregistered[name.toLowerCase().replace(/-report-only$/, "")];
}

/** What findings about a header are classified by, by its wire name. */
export function standardOf(name: string): Standard {
  const known = knowledgeOf(name);
  if (known === undefined) return unregisteredKnowledge(name)?.standard ?? GENERAL_STANDARD;
  return (isReportOnly(name) ? known.reportOnlyStandard : undefined) ?? known.standard;
}
