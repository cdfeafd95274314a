import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import type { ProxySettings } from "./options.js";
import type { Place } from "./places.js";

/** `uri-host [ ":" port ]`, RFC 9110 §7.2; a reg-name only of the characters of host names. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*\.?|\[([\da-f:.]+)\])(?::\d{0,5})?$/i;

/** Whether a text is a valid value of Host. */
export function isHost(text: string): boolean {
  const [whole, address] = HOST.exec(text) ?? [];
  return whole !== undefined && (address === undefined || isIPv6(address));
}

/** absolute-form, as sent to a proxy. RFC 9112 §3.2.2. */
const ABSOLUTE = /^http(s?):\/\/([^/?#]*)/i;

/** The characters of a request target that is passed on: no `#`, RFC 9112 §3.2.1; Node's parser accepts tabs too. */
const PATH = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/;

/**
 * Turns the request target into a path, or into the `*` of OPTIONS, and writes it to `req.url`.
 *
 * @param host the value of the Host header.
 * @returns whether the target is a path of this host.
 */
export function pathFor(req: IncomingMessage, host: string | undefined): boolean {
  const isOptions = req.method === "OPTIONS";
  const [origin, s, authority = ""] = ABSOLUTE.exec(req.url ?? "") ?? [];
  if (origin !== undefined) {
    const port = s === "" ? /:(?:80)?$/ : /:(?:443)?$/;
    if (host === undefined || withoutPort(authority, port) !== withoutPort(host, port)) return false;
    const rest = (req.url as string).slice(origin.length);
    // RFC 9112 §3.2.4.
    req.url = rest === "" && isOptions ? "*" : rest.startsWith("/") ? rest : `/${rest}`;
  }
  return PATH.test(req.url as string) || (req.url === "*" && isOptions);
}

/** An authority in lower case, without the default port of its scheme. RFC 9110 §4.2.3. */
function withoutPort(authority: string, port: RegExp): string {
  return authority.toLowerCase().replace(port, "");
}

/**
 * A segment `..` as any server may read it: encoded, behind another separator, or with parameters, which Tomcat removes. Browsers send
 * none.
 */
const LEADING_OUT = /(?:[/\\]|%2f|%5c)(?:\.|%2e){2}(?:$|[/\\;]|%2f|%5c|%3b)/i;

/** Whether a path may lead out of the folder it is appended to. */
export function leadsOut(path: string): boolean {
  return LEADING_OUT.test(path);
}

/** The route that a request belongs to; the site itself if its path belongs to two. */
export function placeFor({ url = "" }: IncomingMessage, { placeOf }: ProxySettings): Place {
  return placeOf(pathOf(url)) ?? (placeOf("") as Place);
}

/** A path without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
