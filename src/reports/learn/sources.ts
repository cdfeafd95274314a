import { isLoopback } from "../../values/loopback.js";
import { own } from "../../values/own.js";
import { readSource, type SourceExpression } from "../../values/sources.js";
import type { Group } from "../group.js";
import { learningOf } from "./directives.js";
import type { LearnOptions } from "./options.js";

/** Schemes whose content the page itself makes. Browsers report the bare scheme. CSP3 §5.4. */
const LOCAL_SCHEMES = ["data", "blob", "filesystem", "mediastream"];

/** Schemes of the hosts that `learn` suggests; other hosts are not requests of the page. */
const HOST_SCHEMES = /^(?:https?|wss?):\/\//;

/** The sources that would allow what a group reports; none where no source should. */
export function sourcesOf({ directive, blocked, urls }: Group, width: LearnOptions["width"] = "origin"): readonly string[] {
  if (blocked === "self") return ["self"];
  if (LOCAL_SCHEMES.includes(blocked)) {
    const isHarmless = learningOf(directive) === "fetches" || (blocked === "blob" && directive === "worker-src");
    return isHarmless ? [`${blocked}:`] : [];
  }
  if (!isHostAddress(blocked)) return [];
  return width === "origin" ? [blocked] : [...new Set(urls.map(({ value }) => narrowed(value, width)))];
}

/** Whether a group reports a request to a host, rather than a keyword or a scheme. */
export function isHostAddress(blocked: string): boolean {
  return HOST_SCHEMES.test(blocked);
}

/** Whether what a group reports is an address, which sources name, rather than a keyword such as `inline`. */
export function isAddress(blocked: string): boolean {
  return blocked === "self" || LOCAL_SCHEMES.includes(blocked) || isHostAddress(blocked);
}

/** The characters that end a directive or a policy are percent-encoded. CSP3 §2.3.1. */
function narrowed(address: string, width: "directory" | "path"): string {
  const path = address.replace(/[;,]/g, encodeURIComponent);
  return width === "path" ? path : path.slice(0, path.lastIndexOf("/") + 1);
}

/**
 * How far a source may be trusted. `"own"`: the site itself, or content that its pages make. `"third-party"`: a host. `"plain-http"`: a
 * host whose answers anybody on the network can change. `"unknown"`: reports cannot justify it.
 */
export type Trust = "own" | "third-party" | "plain-http" | "unknown";

type TrustOf = { readonly [Kind in SourceExpression["kind"]]: (source: Extract<SourceExpression, { kind: Kind }>) => Trust };

const TRUST: TrustOf = {
  keyword: ({ keyword }) => (keyword === "self" ? "own" : "unknown"),
  scheme: ({ scheme }) => (LOCAL_SCHEMES.includes(scheme) ? "own" : "unknown"),
  host: ({ scheme, host }) => ((scheme === "http" || scheme === "ws") && !isLoopback(host) ? "plain-http" : "third-party"),
  nonce: () => "unknown",
  hash: () => "unknown",
  trial: () => "unknown",
};

/** How far a source may be trusted. A kind of source that this table does not have is `"unknown"`; undefined where it is not a source. */
export function trustIn(source: string): Trust | undefined {
  const read = readSource(source, "policy");
  if (read.kind === "fault") return undefined;
  const trust = own(TRUST, read.kind) as ((source: SourceExpression) => Trust) | undefined;
  return trust?.(read) ?? "unknown";
}
