import { lazyMap } from "../values/lazy.js";
import { bare } from "../values/own.js";
import { cacheControl } from "./cache-control.js";
import { clearSiteData } from "./clear-site-data.js";
import { contentSecurityPolicy } from "./content-security-policy/index.js";
import { crossOriginEmbedderPolicy } from "./cross-origin-embedder-policy.js";
import { crossOriginOpenerPolicy } from "./cross-origin-opener-policy.js";
import { crossOriginResourcePolicy } from "./cross-origin-resource-policy.js";
import { customHeaders } from "./custom.js";
import { developmentOnlySetting } from "./development-only.js";
import { documentIsolationPolicy } from "./document-isolation-policy.js";
import { documentPolicy } from "./document-policy.js";
import type { Entry, Header } from "./header.js";
import { integrityPolicy } from "./integrity-policy.js";
import { maxBytesSetting } from "./max-bytes.js";
import { originAgentCluster } from "./origin-agent-cluster.js";
import { permissionsPolicy } from "./permissions-policy/index.js";
import { referrerPolicy } from "./referrer-policy.js";
import { reportingSetting } from "./reporting.js";
import { reportingEndpoints } from "./reporting-endpoints.js";
import { strictTransportSecurity } from "./strict-transport-security.js";
import { stripHeadersSetting } from "./strip-headers.js";
import { xContentTypeOptions } from "./x-content-type-options.js";
import { xDnsPrefetchControl } from "./x-dns-prefetch-control.js";
import { xDownloadOptions } from "./x-download-options.js";
import { xFrameOptions } from "./x-frame-options.js";
import { xPermittedCrossDomainPolicies } from "./x-permitted-cross-domain-policies.js";
import { xXssProtection } from "./x-xss-protection.js";

/** Every header, in the order in which they go out. */
export const headers = {
  /** `Content-Security-Policy`: what a page may load, run, frame and send. */
  contentSecurityPolicy,
  /** `Strict-Transport-Security`: browsers use https only, from the first visit on. */
  strictTransportSecurity,
  /** `X-Frame-Options`: who may frame this page, for browsers without `frame-ancestors`. */
  xFrameOptions,
  /** `X-Content-Type-Options`: scripts and styles load only under their own media type. */
  xContentTypeOptions,
  /** `Referrer-Policy`: how much of the page's URL requests and links send. */
  referrerPolicy,
  /** `Permissions-Policy`: which features this page and its frames may use. */
  permissionsPolicy,
  /** `Cross-Origin-Opener-Policy`: no shared windows with other origins. */
  crossOriginOpenerPolicy,
  /** `Cross-Origin-Embedder-Policy`: this page embeds only what agrees to it. */
  crossOriginEmbedderPolicy,
  /** `Cross-Origin-Resource-Policy`: who may embed this response. */
  crossOriginResourcePolicy,
  /** `Origin-Agent-Cluster`: this origin does not share its process. */
  originAgentCluster,
  /** `Document-Isolation-Policy`: cross-origin isolation for this document alone. */
  documentIsolationPolicy,
  /** `Document-Policy`: features that a document turns on or off. */
  documentPolicy,
  /** `Integrity-Policy`: scripts and styles without an integrity hash are blocked. */
  integrityPolicy,
  /** `X-DNS-Prefetch-Control`: whether browsers look up the hosts of links in advance. */
  xDnsPrefetchControl,
  /** `X-Download-Options`: `noopen`, for Internet Explorer. */
  xDownloadOptions,
  /** `X-Permitted-Cross-Domain-Policies`: whether Adobe's products may read this site's data. */
  xPermittedCrossDomainPolicies,
  /** `X-XSS-Protection`: `"0"` switches old browsers' harmful filters off. */
  xXssProtection,
  /** `Cache-Control`: who may store this response, and for how long. */
  cacheControl,
  /** `Clear-Site-Data`: what the browser forgets, for the answer to a logout. */
  clearSiteData,
  /** `Reporting-Endpoints`: names and URLs of the endpoints that get reports; `reporting` writes it too. */
  reportingEndpoints,
};

export type Headers = typeof headers;

/** A header under its key, or its report-only header under its key plus `ReportOnly`. */
export interface Registered {
  readonly key: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the registry is where headers of all types of options meet
  readonly header: Header<any, string, any>;
  readonly reportOnly: boolean;
}

/** Headers and report-only headers, in the order in which they go out: a report-only header follows its header. */
export const registered: readonly Registered[] = registeredOf(headers);

function registeredOf(all: Readonly<Record<string, Registered["header"]>>): readonly Registered[] {
  const list: Registered[] = [];
  for (const key of Object.keys(all)) {
    // A missing property must not be looked up on Object.prototype.
    const header = bare(all[key] as Registered["header"]);
    list.push({ key, name: header.name, header, reportOnly: false });
    if (header.hasReportOnly) list.push({ key: `${key}ReportOnly`, name: `${header.name}-Report-Only`, header, reportOnly: true });
  }
  return list;
}

const byName = lazyMap(() => new Map(registered.map((one) => [one.name.toLowerCase(), one])));

/** Finds a header by its wire name, in any case. */
export function headerNamed(name: string): Registered | undefined {
  return byName.get(name.toLowerCase());
}

const keyOf = (name: string) => headerNamed(name)?.key;

/** Keys of a policy that are not one header. */
export const settings = {
  /** Where browsers send reports, for every header that can: `"/csp-report"`, or `{ csp: "/r", default: "/s" }`. */
  reporting: reportingSetting,
  /** Any other header, by its wire name. */
  custom: customHeaders(keyOf),
  /** Names of headers to remove, such as `["X-Powered-By"]`. */
  stripHeaders: stripHeadersSetting(keyOf),
  /** The most bytes of one header's value; default: 16384. */
  maxBytes: maxBytesSetting,
  /** What the layer is for, where it is for a development server alone, such as `"viteDev()"`: exporters refuse the policy. */
  developmentOnly: developmentOnlySetting,
};

/** A key of a patch: a header, a report-only header or a setting. */
export interface Key {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly entry: Entry<any, any>;
  readonly reportOnly: boolean;
}

/** Every key of a patch. */
export const keys: ReadonlyMap<string, Key> = keysOf(registered, settings);

function keysOf(headers: readonly Registered[], others: Readonly<Record<string, Key["entry"]>>): ReadonlyMap<string, Key> {
  const map = new Map<string, Key>();
  for (const { key, header, reportOnly } of headers) map.set(key, { entry: header, reportOnly });
  for (const key of Object.keys(others)) map.set(key, { entry: bare(others[key] as Key["entry"]), reportOnly: false });
  return map;
}
