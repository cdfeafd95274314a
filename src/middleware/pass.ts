import { type PolicyError, policyError } from "../errors.js";
import type { Next, ResponseLike } from "./types.js";
import { wrongEntry } from "./wrong-entry.js";

/** Hands on to what comes next; without a `next` an error is thrown. */
export function pass(next: Next | undefined, error: PolicyError | undefined): void {
  if (error === undefined) next?.();
  else if (next === undefined) throw error;
  else next(error);
}

export function headersSent(name: string): PolicyError {
  const hint = `Mount ${name}() before the handler that answers.`;
  return policyError("headers-sent", [name], "the headers of this response are on their way already", hint);
}

/**
 * Why nothing can be written to this response: its headers are sent, or it is none. Asked where `headersSent` is not false,
 * so that it costs other requests nothing.
 */
export function unwritable(name: string, req: unknown, res: Partial<ResponseLike>): PolicyError | undefined {
  if (res.headersSent) return headersSent(name);
  return res.setHeader === undefined ? wrongEntry(name, "portcullis", req, res) : undefined;
}

/** Nothing is in force on this response; where it is none, another framework's middleware may be needed. */
export function nothingInForce(name: string, req?: unknown, res?: Partial<ResponseLike>): PolicyError {
  const wrong = res !== undefined && res.setHeader === undefined ? wrongEntry(name, "portcullis", req, res) : undefined;
  if (wrong !== undefined) return wrong;
  return policyError(
    "no-policy",
    [name],
    "there is no policy in force on this response",
    "Write app.use(securityHeaders()) before this route.",
  );
}

/** `app.use(securityHeaders)` calls the factory with a request: say what to write instead of making nonsense of it. */
export function refuseRequest(name: string, layers: readonly unknown[]): void {
  if (!isResponse(layers[1])) return;
  throw policyError("not-called", [name], "was mounted without the call, and got a request", `Write app.use(${name}()).`);
}

function isResponse(value: unknown): boolean {
  try {
    return typeof value === "object" && typeof (value as { setHeader?: unknown } | null)?.setHeader === "function";
  } catch {
    return false;
  }
}
