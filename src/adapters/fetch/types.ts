/** The part of a `Request` that is used. */
export interface FetchRequest {
  readonly url: string;
  /** Distinguishes a `Request` from a `Response`, which has no method. */
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

/** The part of a `Response` that is read and written. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: FetchHeaders;
}

/** The part of `Headers` that is used. */
export interface FetchHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  delete(name: string): void;
}

/** The part of Hono's context that is used. */
export interface HonoContext {
  readonly req: { readonly raw: FetchRequest };
  readonly res: FetchResponse;
}

/** A function that responds to a request: the `fetch` of a Worker, of Deno or of Bun, a route handler of Next. */
export type FetchHandler<A extends readonly [request: FetchRequest, ...rest: unknown[]], R> = (...args: A) => R | Promise<R>;

/** A wrapper of a handler, `securityHeaders()(handler)`, and a middleware of Hono, `app.use(securityHeaders())`. */
export interface FetchMiddleware {
  <A extends readonly [request: FetchRequest, ...rest: unknown[]], R>(handler: FetchHandler<A, R>): (...args: A) => Promise<R>;
  (c: HonoContext, next: () => Promise<void>): Promise<void>;
}

/** What a policy is put in force on: the request itself, or in Hono the context. */
export type Key = FetchRequest | HonoContext;

/** Whether a value is a request; never throws. */
export function isRequest(value: unknown): value is FetchRequest {
  try {
    const { url, method, headers } = value as Partial<FetchRequest>;
    return typeof url === "string" && typeof method === "string" && typeof headers?.get === "function";
  } catch {
    return false;
  }
}

/** Whether a value is Hono's context; never throws. */
export function isHono(value: unknown): value is HonoContext {
  try {
    return isRequest((value as Partial<HonoContext>).req?.raw);
  } catch {
    return false;
  }
}
