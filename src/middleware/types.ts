// Here, and not in a module of its own, because the bundled declarations keep it only beside something that is exported.
declare global {
  namespace Express {
    interface Locals {
      /** The response's nonce, if the policy in force has a nonce slot. Set by Portcullis. */
      cspNonce?: string | undefined;
    }
  }
}

/** The properties of a request that are read: Node's, HTTP/2's, Express's, Connect's. */
export interface RequestLike {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly socket?: unknown;
}

/** The methods of a response that are used. */
export interface ResponseLike {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
}

/** Continues to the next handler, or to the error handlers if called with an error. */
export type Next = (error?: unknown) => void;

/** A middleware for `app.use` or a route. A direct call without `next`, `middleware(req, res)`, throws the error that `next` would receive. */
export type Middleware = (req: RequestLike, res: ResponseLike, next?: Next) => void;
