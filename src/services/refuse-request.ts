import { policyError } from "../errors.js";
import { isOfFramework } from "../middleware/wrong-entry.js";

/**
 * Throws PolicyError for a recipe that was mounted as a middleware, and is called with a request.
 *
 * @param name the recipe's function; `call` is how a layer is made with it: `"stripe()"`.
 * @param options what it was called with.
 */
export function refuseRequest(name: string, call: string, options: unknown): void {
  if (typeof options !== "object" || options === null || !isOfFramework(options)) return;
  throw policyError("not-called", [name], "is a recipe, not a middleware", `Write app.use(securityHeaders("strict", ${call})).`);
}
