import { policyError } from "../errors.js";
import { override } from "../middleware/override.js";
import { securityHeaders } from "../middleware/security-headers.js";
import { declareForwarded, type Forwarded } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import type { CheckedLayers } from "../policy/check-types.js";
import type { LayerInput } from "../policy/policy.js";
import { awaited, shown } from "../values/options.js";
import { type AnyClass, overridesFor } from "./decorators.js";

export { type AnyClass, overridesFor, SecurityHeaders, type SecurityHeadersDecorator } from "./decorators.js";

/** The part of Nest's application that is used. */
export interface NestApplicationLike {
  use(middleware: Middleware): unknown;
  useGlobalGuards(guard: SecurityHeadersGuard): unknown;
  getHttpAdapter(): { getType(): string; getInstance(): unknown };
}

/** The part of Nest's `ExecutionContext` that is used. */
export interface NestContextLike {
  getType(): string;
  getClass(): AnyClass;
  getHandler(): unknown;
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown };
}

/**
 * Puts a policy in force for all responses of a Nest application, on Express and on Fastify, and applies the `@SecurityHeaders` of
 * controllers and their methods before any other guard runs.
 *
 * @param app the application, right after `NestFactory.create`: middleware that is mounted earlier may respond without the headers.
 * @param layers as for `securityHeaders`. Default: `recommended`.
 * @throws {PolicyError} at the call: with all mistakes in the policy, and if the application is already initialised. Errors of a request
 *   go to Nest's exception filters.
 */
export function secureNest<const L extends readonly LayerInput[]>(app: NestApplicationLike, ...layers: CheckedLayers<L>): void {
  refuseOthers(app);
  const middleware = (securityHeaders as (...layers: readonly unknown[]) => Middleware)(...layers);
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === "fastify") hookFastify(adapter, middleware);
  else app.use(middleware);
  guardFirst(app, new SecurityHeadersGuard());
}

/**
 * The guard that applies `@SecurityHeaders`; `secureNest` installs it. It ignores contexts other than HTTP.
 *
 * A route's layers are put on top of the policy in force; if they are not valid there, or if no policy is in force, a PolicyError goes
 * to Nest's exception filters.
 */
export class SecurityHeadersGuard {
  /** @throws {PolicyError} if the argument is not an execution context, and with the errors of the route. */
  canActivate(context: NestContextLike): true {
    if (!hasMethod(context, "getType")) {
      const hint = "Install the guard with secureNest(app, …).";
      throw policyError("wrong-type", ["SecurityHeadersGuard"], `${shown(context)} is not an execution context of Nest`, hint);
    }
    if (context.getType() !== "http") return true;
    const http = context.switchToHttp();
    const failed = run(overrideOf(context.getClass(), context.getHandler()), rawOf(http.getRequest()), rawOf(http.getResponse()));
    if (failed !== undefined) throw failed;
    return true;
  }
}

const overrides = new WeakMap<AnyClass, Map<unknown, Middleware | undefined>>();

/** The override of a handler, made at its first request and kept. */
function overrideOf(Class: AnyClass, handler: unknown): Middleware | undefined {
  const known = overrides.get(Class) ?? new Map<unknown, Middleware | undefined>();
  overrides.set(Class, known);
  if (!known.has(handler)) {
    const layers = overridesFor(Class, nameOf(Class, handler));
    known.set(handler, layers.length === 0 ? undefined : override(...layers));
  }
  return known.get(handler);
}

/** Runs a synchronous middleware; returns what it passes to `next`. */
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

/** The name of a handler's method: Nest passes the function alone. */
function nameOf(Class: AnyClass, handler: unknown): string | undefined {
  for (let prototype = Class.prototype as object | null; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) if (value === handler) return name;
  }
  // A method that is bound in the constructor is a property of the instance.
  return (handler as { readonly name?: string } | undefined)?.name?.replace(/^bound /, "");
}

type RequestHook = (request: unknown, response: unknown) => unknown;

/**
 * Runs a middleware before anything on Fastify responds. Nest's adapter runs one hook, its `securityHook`, before middleware and on
 * malformed URLs; an `onRequest` hook that is added now would run after both. The hook is shared with the one that Nest sets, before or
 * after; an adapter without it gets an `onRequest` hook.
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

/** Guards of modules (`APP_GUARD`) are registered already, and responses that they reject need the route's headers too. */
function guardFirst(app: NestApplicationLike, guard: SecurityHeadersGuard): void {
  app.useGlobalGuards(guard);
  const { config } = app as { config?: { getGlobalGuards?(): unknown[] } };
  const guards = config?.getGlobalGuards?.();
  if (guards !== undefined && guards.length > 1) guards.unshift(guards.pop());
}

function refuseOthers(app: unknown): void {
  if (!hasMethod(app, "getHttpAdapter")) {
    const hint = awaited(app, "Write secureNest(app, …), with the application of NestFactory.create.");
    throw policyError("wrong-type", ["secureNest"], `${shown(app)} is not a Nest application`, hint);
  }
  if ((app as { isInitialized?: unknown }).isInitialized === true) {
    const hint = "Write secureNest(app, …) right after NestFactory.create, before app.init() and app.listen().";
    throw policyError("conflict", ["secureNest"], "the application is already initialised, and its routes would not use the guard", hint);
  }
}

/** Whether a value has a method; never throws. */
function hasMethod(value: unknown, name: string): boolean {
  try {
    return typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
  } catch {
    return false;
  }
}
