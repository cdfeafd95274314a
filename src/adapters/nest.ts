import { policyError } from "../errors.js";
import { override } from "../middleware/override.js";
import { securityHeaders } from "../middleware/security-headers.js";
import { declareForwarded, type Forwarded } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import type { CheckedLayers } from "../policy/check-types.js";
import type { Layer } from "../policy/policy.js";
import { show } from "../values/text.js";
import { type AnyClass, overridesFor } from "./decorators.js";

export { type AnyClass, overridesFor, SecurityHeaders, type SecurityHeadersDecorator } from "./decorators.js";

/** Nest's application, as far as it is used. */
export interface NestApplicationLike {
  use(middleware: Middleware): unknown;
  useGlobalGuards(guard: SecurityHeadersGuard): unknown;
  getHttpAdapter(): { getType(): string; getInstance(): unknown };
}

/** Nest's `ExecutionContext`, as far as it is used. */
export interface NestContextLike {
  getType(): string;
  getClass(): AnyClass;
  getHandler(): unknown;
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown };
}

/**
 * Puts a policy in force for all that a Nest application answers, on Express and on Fastify, and applies the
 * `@SecurityHeaders` of controllers and their methods before any other guard runs.
 *
 * @param app the application, right after `NestFactory.create`: what is mounted before may answer without headers.
 * @param layers as for `securityHeaders`; without any, `recommended`.
 * @throws {PolicyError} at once: with all that is wrong with the policy, and where the application is initialised already.
 *   Errors of a request go to Nest's exception filters.
 */
export function secureNest<const L extends readonly Layer[]>(app: NestApplicationLike, ...layers: CheckedLayers<L>): void {
  refuseOthers(app);
  const middleware = (securityHeaders as (...layers: readonly unknown[]) => Middleware)(...layers);
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === "fastify") hookFastify(adapter, middleware);
  else app.use(middleware);
  guardFirst(app, new SecurityHeadersGuard());
}

/**
 * The guard that applies `@SecurityHeaders`; `secureNest` installs it. What answers no HTTP request passes.
 *
 * A route's layers lie on the policy in force; where they do not fit, or nothing is in force, PolicyError goes to Nest's
 * exception filters.
 */
export class SecurityHeadersGuard {
  canActivate(context: NestContextLike): true {
    if (context.getType() !== "http") return true;
    const http = context.switchToHttp();
    const failed = run(overrideOf(context.getClass(), context.getHandler()), rawOf(http.getRequest()), rawOf(http.getResponse()));
    if (failed !== undefined) throw failed;
    return true;
  }
}

const overrides = new WeakMap<AnyClass, Map<unknown, Middleware | undefined>>();

/** Made at a handler's first request and kept, so that it meets each policy once. */
function overrideOf(Class: AnyClass, handler: unknown): Middleware | undefined {
  const known = overrides.get(Class) ?? new Map<unknown, Middleware | undefined>();
  overrides.set(Class, known);
  if (!known.has(handler)) {
    const layers = overridesFor(Class, nameOf(Class, handler));
    known.set(handler, layers.length === 0 ? undefined : override(...layers));
  }
  return known.get(handler);
}

/** Runs a middleware that answers at once; gives what it hands to `next`. */
function run(middleware: Middleware | undefined, req: unknown, res: unknown): unknown {
  let failed: unknown;
  middleware?.(req as RequestLike, res as ResponseLike, (error) => {
    failed = error;
  });
  return failed;
}

/** Fastify's requests and replies carry Node's; Express's are Node's. */
function rawOf(value: unknown): unknown {
  return (value as { readonly raw?: unknown }).raw ?? value;
}

/** The name of the method that a handler is: Nest tells the function only. */
function nameOf(Class: AnyClass, handler: unknown): string | undefined {
  for (let prototype = Class.prototype as object | null; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) if (value === handler) return name;
  }
  // A method that was bound in the constructor stands on the instance.
  return (handler as { readonly name?: string } | undefined)?.name?.replace(/^bound /, "");
}

type RequestHook = (request: unknown, response: unknown) => unknown;

/**
 * Runs a middleware before whatever answers on Fastify. Nest's adapter runs one hook of its own ahead of middleware and on malformed
 * URLs, where its CSRF protection stands; an `onRequest` hook added now would come after both. The place is shared with what
 * Nest puts there, before or after; where an adapter has no such place, `onRequest` has to do.
 */
function hookFastify(adapter: { getInstance(): unknown }, middleware: Middleware): void {
  const ours: RequestHook = (request, response) => {
    declareForwarded(request as Forwarded);
    return run(middleware, rawOf(request), response);
  };
  if (!Object.hasOwn(adapter, "securityHook")) {
    const fastify = adapter.getInstance() as { addHook(name: "onRequest", hook: FastifyHook): unknown };
    fastify.addHook("onRequest", (request, reply, done) => done(ours(request, reply.raw)));
    return;
  }
  let theirs = (adapter as { securityHook?: RequestHook }).securityHook;
  const both: RequestHook = (request, response) => ours(request, response) ?? theirs?.(request, response);
  Object.defineProperty(adapter, "securityHook", {
    configurable: true,
    enumerable: true,
    get: () => both,
    set(hook: RequestHook | undefined) {
      theirs = hook;
    },
  });
}

type FastifyHook = (request: unknown, reply: { readonly raw: unknown }, done: (error?: unknown) => void) => void;

/** Guards of modules (`APP_GUARD`) stand there already, and what they reject needs the route's headers too. */
function guardFirst(app: NestApplicationLike, guard: SecurityHeadersGuard): void {
  app.useGlobalGuards(guard);
  const { config } = app as { config?: { getGlobalGuards?(): unknown[] } };
  const guards = config?.getGlobalGuards?.();
  if (guards !== undefined && guards.length > 1) guards.unshift(guards.pop());
}

function refuseOthers(app: unknown): void {
  const { getHttpAdapter, isInitialized } = (app ?? {}) as { getHttpAdapter?: unknown; isInitialized?: unknown };
  if (typeof getHttpAdapter !== "function") {
    const hint = "Write secureNest(app, …), with what NestFactory.create gave.";
    throw policyError("wrong-type", ["secureNest"], `${show(app)} is no Nest application`, hint);
  }
  if (isInitialized === true) {
    const hint = "Write secureNest(app, …) right after NestFactory.create, before app.init() and app.listen().";
    throw policyError("conflict", ["secureNest"], "the application is initialised already, and its routes would not know the guard", hint);
  }
}
