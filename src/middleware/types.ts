// Here, and not in a module of its own, because the bundled declarations keep it only beside something that is exported.
declare global {
  namespace Express {
    interface Locals {
      /** The response's nonce, where a nonce slot stands in the policy in force. Set by Portcullis. */
      cspNonce?: string | undefined;
    }
  }
}

/** A request, as far as it is looked at: Node's, HTTP/2's, Express's, Connect's. */
export interface RequestLike {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly socket?: unknown;
}

/** A response, as far as it is written to. */
export interface ResponseLike {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
}

/** What goes on: without an argument, or with what went wrong. */
export type Next = (error?: unknown) => void;

/** For `app.use`, for a route, and to be called by hand as `middleware(req, res)`, which then throws what `next` would get. */
export type Middleware = (req: RequestLike, res: ResponseLike, next?: Next) => void;
