import { headerOf, isSecure } from "../../middleware/transport.js";
import type { RequestLike } from "../../middleware/types.js";
import { own } from "../../values/own.js";
import { addressOf } from "../address.js";
import { type Body, type BodyStream, bodyText, loads, readBody } from "../body.js";
import { contentLengthOf } from "../collector/request.js";
import { LIMITS } from "../limits.js";

/** Something to ignore, or to stop ignoring. */
export interface Write {
  readonly subject: string;
  readonly isIgnored: boolean;
}

/**
 * Whether a request comes from a page of its own origin. Current browsers say so in `Sec-Fetch-Site`, which no script can set; else the
 * `Origin` must be that of the request. A request without either, of another site or of a sandboxed document is not the page's.
 *
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isOfOwnOrigin(req: RequestLike): boolean {
  const site = headerOf(req, "sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = addressOf(headerOf(req, "origin") ?? "");
  const host = headerOf(req, "host") ?? headerOf(req, ":authority");
  if (origin === undefined || host === undefined || (origin.protocol === "http:" && isSecure(req))) return false;
  return origin.host === addressOf(`${origin.protocol}//${host}/`)?.host;
}

/** Bytes of a form's body. */
const FORM_BYTES = 16_384;

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Reads the form of one row; undefined where the body is something else, too long or too slow. A body parser may have read it. */
export async function readWrite(req: RequestLike & BodyStream): Promise<Write | undefined> {
  if (!FORM_TYPE.test(headerOf(req, "content-type") ?? "")) return undefined;
  const limits = { ...LIMITS, bodyBytes: FORM_BYTES };
  const load = loads(FORM_BYTES * 1_000)("page");
  const body = await new Promise<Body | string>((resolve) => {
    readBody(req, { limits, load, contentLength: contentLengthOf(req), pays: () => true }, resolve);
  });
  if (typeof body === "string") return undefined;
  const member = membersOf(body);
  const [subject, action] = [member("subject"), member("action")];
  if (subject === undefined || (action !== "ignore" && action !== "restore")) return undefined;
  return { subject, isIgnored: action === "ignore" };
}

function membersOf(body: Body): (name: string) => string | undefined {
  const text = bodyText(body);
  if (text !== undefined) {
    const form = new URLSearchParams(text);
    return (name) => form.get(name) ?? undefined;
  }
  return (name) => {
    const value = own("parsed" in body ? body.parsed : undefined, name);
    return typeof value === "string" ? value : undefined;
  };
}
