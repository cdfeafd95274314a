import type { HostSource, SourceExpression } from "../../values/sources.js";
import { isNetworkScheme, MASKS, maskOf, PORTS } from "./schemes.js";

/** The URLs that one source matches: a box of schemes, hosts, ports and paths. */
export interface Addresses {
  /** The rows of schemes that it matches, as bits. */
  readonly mask: number;
  /** A scheme that is not one of the network's, such as `data`. */
  readonly scheme: string | undefined;
  /** `""` any, also where a URL has none; `"*"` any name; `"*.a.example"`; `"'self'"`. */
  readonly host: string;
  /** `""` the scheme's default, `"*"` any. */
  readonly port: string;
  /** Decoded segment by segment; undefined for any. */
  readonly path: readonly string[] | undefined;
  /** Whether the path is a whole path, and not a folder. */
  readonly exact: boolean;
}

/** `'self'`. */
export const SELF: Addresses = { mask: MASKS.self, scheme: undefined, host: "'self'", port: "", exact: false, path: undefined };
const ANY: Addresses = { mask: MASKS["*"], scheme: undefined, host: "", port: "", exact: false, path: undefined };

type AddressSource = Extract<SourceExpression, { kind: "host" | "scheme" }>;

/** The URLs that a scheme-source or a host-source matches. CSP3 §2.3.1. */
export function addressesOf(source: AddressSource): Addresses {
  if (source.kind === "scheme") return { ...schemeOf(source.scheme), host: "", port: "", exact: false, path: undefined };
  return source.text === "*" ? ANY : hostAddresses(source);
}

function hostAddresses({ scheme, host, port = "", path = "/" }: HostSource): Addresses {
  const address = { ...schemeOf(scheme), host, port: port.replace(/^0+(?=\d)/, "") };
  if (path === "/") return { ...address, path: undefined, exact: false };
  const segments = path.split("/").map(decoded);
  const exact = !path.endsWith("/");
  return { ...address, path: exact ? segments : segments.slice(0, -1), exact };
}

function schemeOf(scheme: string | undefined): Pick<Addresses, "mask" | "scheme"> {
  if (scheme === undefined) return { mask: MASKS.bare, scheme: undefined };
  return isNetworkScheme(scheme) ? { mask: MASKS[scheme], scheme: undefined } : { mask: 0, scheme };
}

/** Percent-decodes to bytes, each one a character; an invalid escape is kept. */
function decoded(segment: string): string {
  return segment.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Whether every host of `b` is one of `a`. */
export function takesHost(a: string, b: string): boolean {
  if (a === "" || a === b) return true;
  if (b === "" || b === "'self'") return false;
  return a === "*" || (a.startsWith("*.") && b.endsWith(a.slice(1)));
}

/** Whether every port of `b` is one of `a`. `defaultPort`: that of the scheme in question; a source without a host matches every port. */
export function takesPort(a: Addresses, b: Addresses, defaultPort: string): boolean {
  if (a.host === "" || a.host === "'self'" || a.port === "*") return true;
  return (a.port || defaultPort) === (b.port || defaultPort);
}

/** Whether every path of `b` is one of `a`: path-part match, CSP3 §6.7.2.12. */
export function takesPath(a: Addresses, b: Addresses): boolean {
  if (a.path === undefined) return true;
  if (b.path === undefined || (a.exact && !b.exact)) return false;
  const enough = a.exact ? b.path.length === a.path.length : b.path.length >= a.path.length + (b.exact ? 1 : 0);
  return enough && a.path.every((segment, index) => segment === b.path?.[index]);
}

/** What `'self'` and a name have in common: the site may or may not have that name. */
export const UNSURE = "unsure";

/** The URLs that both match, again a box; undefined where there are none. */
export function meetAddresses(a: Addresses, b: Addresses): Addresses | typeof UNSURE | undefined {
  if (a.scheme !== b.scheme) return undefined;
  const path = takesPath(a, b) ? b : takesPath(b, a) ? a : undefined;
  if (path === undefined) return undefined;
  const upgraded = upgradedRows(a, b);
  const mask = a.mask & b.mask & (portRows(a, b) | upgraded);
  if (mask === 0 && a.scheme === undefined) return undefined;
  const [host, otherHost] = takesHost(a.host, b.host) ? [b.host, a.host] : [a.host, b.host];
  if (!takesHost(otherHost, host)) return [a.host, b.host].includes("'self'") ? UNSURE : undefined;
  const named = [a, b].filter((one) => one.host !== "" && one.host !== "'self'").map(({ port }) => port);
  const onePort = named.find((one) => one !== "*" && one !== "") ?? (named.includes("") ? "" : (named[0] ?? ""));
  const port = (mask & upgraded) === 0 ? onePort : "";
  if (a.scheme !== undefined && new Set(named.filter((one) => one !== "*")).size > 1) return undefined;
  return { mask, scheme: a.scheme, host, port, path: path.path, exact: path.exact };
}

/** The rows in which two sources have a port in common. */
function portRows(a: Addresses, b: Addresses): number {
  return maskOf(({ scheme }) => takesPort(a, b, PORTS[scheme]) || takesPort(b, a, PORTS[scheme]));
}

/** The rows in which one source has port 80 and the other one 443: Chromium takes the first as both, where it upgrades the scheme. */
function upgradedRows(a: Addresses, b: Addresses): number {
  const isNamed = (one: Addresses) => one.host !== "" && one.host !== "'self'";
  if (!isNamed(a) || !isNamed(b)) return 0;
  return maskOf(({ scheme }) => {
    const ports = [a, b].map(({ port }) => port || PORTS[scheme]);
    return PORTS[scheme] === "443" && ports.includes("80") && ports.includes("443");
  });
}
