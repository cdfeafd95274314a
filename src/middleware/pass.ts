import { type PolicyError, policyError } from "../errors.js";
import type { Next, ResponseLike } from "./types.js";
import { wrongCall, wrongEntry } from "./wrong-entry.js";

/** Calls `next`, with the error if there is one; without a `next` the error is thrown. */
export function pass(next: Next | undefined, error: PolicyError | undefined): void {
  if (error === undefined) next?.();
  else if (next === undefined) throw error;
  else next(error);
}

/** The error for a response whose headers are already sent. */
export function headersSent(name: string): PolicyError {
  const hint = `Mount ${name}() before the handler that responds.`;
  return policyError("headers-sent", [name], "the headers of this response are already sent", hint);
}

/**
 * The error for a response that takes no headers: they are sent, or it is not a response. To be called only if `headersSent` is not
 * false, so that other requests do not pay for it.
 */
export function unwritable(name: string, req: unknown, res: Partial<ResponseLike> | undefined): PolicyError | undefined {
  if (isResponse(res)) return res.headersSent ? headersSent(name) : undefined;
  return wrongCall(name, "portcullis", req, res);
}

/** The error for a response on which no policy is in force, or for an argument that is not a response. */
export function nothingInForce(name: string, ...call: readonly [req?: unknown, res?: unknown]): PolicyError {
  if (call.length > 0 && !isResponse(call[1])) return wrongCall(name, "portcullis", ...call);
  const hint = "Write app.use(securityHeaders()) before this route.";
  return policyError("no-policy", [name], "there is no policy in force on this response", hint);
}

/** Throws if a factory is passed to `app.use` without being called: the framework then calls it with a request. */
export function refuseRequest(name: string, layers: readonly unknown[]): void {
  if (isResponse(layers[1])) {
    const message = "was mounted without being called, and received a request";
    const call = name === "override" ? 'app.get("/path", override({ … }), handler)' : `app.use(${name}())`;
    throw policyError("not-called", [name], message, `Write ${call}.`);
  }
  const wrong = wrongEntry(name, "portcullis", layers[0]);
  if (wrong !== undefined) throw wrong;
}

/** Whether headers can be set on the value. Never throws, for any value. */
export function isResponse(value: unknown): value is ResponseLike {
  try {
    return typeof value === "object" && typeof (value as { setHeader?: unknown } | null)?.setHeader === "function";
  } catch {
    return false;
  }
}

/**
 * Fails a call of another framework: through its callback in third position, as Express, Connect and Fastify pass one, otherwise by
 * throwing. A rejection would not do: Express 4 does not handle one.
 */
export function failCall(error: PolicyError, [done]: readonly unknown[]): void {
  if (typeof done !== "function") throw error;
  done(error);
}
