/** A response whose headers are about to go out, as far as it is looked at; Node's, of HTTP/1 and HTTP/2. */
export interface Committing {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  writeHead(status: number, ...rest: never[]): unknown;
}

type Listener = () => void;
type Wrapped = { [COMMIT]?: Listener[] };

const COMMIT: unique symbol = Symbol.for("portcullis.commit@1") as never;

/**
 * Calls a listener when the headers of a response are about to go out, after all that `writeHead` brings along; what it
 * sets then is what is sent. Listeners run in the order in which they came, and may run more than once.
 */
export function onCommit(res: object, listener: Listener): void {
  const wrapped = res as Wrapped & Committing;
  const listeners = wrapped[COMMIT];
  if (listeners === undefined) wrap(wrapped, listener);
  else listeners.push(listener);
}

function wrap(res: Wrapped & Committing, first: Listener): void {
  const listeners = [first];
  const inner = res.writeHead as (...args: unknown[]) => unknown;
  const foreign = Object.hasOwn(res, "writeHead");
  res[COMMIT] = listeners;
  res.writeHead = function writeHead(this: Committing, status: number, ...rest: unknown[]) {
    const [first, second] = rest;
    const headers = second ?? first;
    if (typeof headers === "object" && headers !== null) take(this, headers);
    const run = () => {
      for (const listener of listeners) listener();
    };
    run();
    const restore = foreign ? rerun(this, run) : undefined;
    try {
      return typeof first === "string" ? inner.call(this, status, first) : inner.call(this, status);
    } finally {
      restore?.();
    }
  };
}

/** Sets what came with `writeHead`, as Node does where headers were set before: an object, a flat list, or a list of pairs. */
function take(res: Committing, headers: object): void {
  if (!Array.isArray(headers)) {
    // A proxy's own cookie beside the upstream's, in another case: Node sends both where nothing was set before.
    let cookies: unknown;
    for (const [name, value] of Object.entries(headers)) {
      const isCookie = name.length === 10 && name.toLowerCase() === "set-cookie";
      const all = isCookie && cookies !== undefined ? [cookies, value].flat() : value;
      if (isCookie) cookies = all;
      res.setHeader(name, all as string);
    }
    return;
  }
  const pairs: unknown[][] = Array.isArray(headers[0]) ? headers : pairsOf(headers);
  const merged = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of pairs as [string, string | readonly string[]][]) {
    const key = String(name).toLowerCase();
    const entry = merged.get(key) ?? { name, values: [] };
    entry.values.push(...(Array.isArray(value) ? (value as string[]) : [value as string]));
    merged.set(key, entry);
  }
  for (const { name, values } of merged.values()) res.setHeader(name, values.length === 1 ? (values[0] as string) : values);
}

function pairsOf(flat: readonly unknown[]): unknown[][] {
  if (flat.length % 2 !== 0) throw new TypeError("writeHead got a list of headers with a name that has no value");
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);
}

/** Another wrapper lies further in, and sets headers after us: what it sets is looked at as it comes. Returns the way back. */
function rerun(res: Committing, run: Listener): Listener {
  const target = res as unknown as Record<string, unknown>;
  let running = false;
  const undo = ["setHeader", "appendHeader", "removeHeader"].flatMap((method) => {
    const inner = target[method];
    if (typeof inner !== "function") return [];
    const own = Object.getOwnPropertyDescriptor(target, method);
    target[method] = function (this: unknown, ...args: unknown[]) {
      const result: unknown = inner.apply(this, args);
      if (running || res.headersSent) return result;
      running = true;
      try {
        run();
      } finally {
        running = false;
      }
      return result;
    };
    return [() => (own === undefined ? delete target[method] : Object.defineProperty(target, method, own))];
  });
  return () => {
    for (const step of undo) step();
  };
}
