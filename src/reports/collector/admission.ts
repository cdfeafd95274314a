import type { Load } from "../body.js";
import { type Limits, type RateLimit, type ShedCause, TOKEN_BYTES } from "../limits.js";
import { contentLengthOf, hasReportType, type IncomingRequest, isCompressed } from "./request.js";

/** Why the body of a request is not read; undefined where it is. */
export function refusalOf(req: IncomingRequest, client: string, load: Load, limits: Limits, admit: RateLimit): ShedCause | undefined {
  if (admit(client, 1) === 0) return "over-rate";
  if (!hasReportType(req)) return "content-type";
  if (isCompressed(req)) return "encoded";
  if ((contentLengthOf(req) ?? 0) > limits.bodyBytes) return "too-large";
  return load.isFull() ? "busy" : undefined;
}

/**
 * Takes a token for each 16 kB that a body starts; the token of the request pays for the first.
 *
 * @returns a function that takes the size so far, and returns whether the client has the tokens for it.
 */
export function bodyPayment(admit: RateLimit, client: string): (size: number) => boolean {
  let paid = 1;
  return (size) => {
    const wanted = Math.ceil(size / TOKEN_BYTES) - paid;
    if (wanted <= 0) return true;
    paid += wanted;
    return admit(client, wanted) === wanted;
  };
}
