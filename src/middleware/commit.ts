/** A response whose headers are about to go out, as far as it is looked at; Node's, of HTTP/1 and HTTP/2. */
export interface Committing {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  writeHead(status: number, ...rest: never[]): unknown;
}

/** Gets the status that is about to go out. */
type Listener = (status: number) => void;
export type WriteHead = (this: Committing, status: number, ...rest: unknown[]) => unknown;
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
  const inner = res.writeHead as WriteHead;
  const foreign = isForeign(res);
  res[COMMIT] = listeners;
  res.writeHead = function writeHead(this: Committing, status: number, ...rest: unknown[]) {
    if (this.headersSent) return inner.call(this, status);
    // Where Node throws, an error page follows, to which the headers that came along do not belong.
    const reason = isStatus(this, status) ? takeHead(this, rest) : [];
    const run = () => {
      for (const listener of listeners) listener(Number(status));
    };
    run();
    const restore = foreign ? rerun(this, run) : undefined;
    try {
      return inner.call(this, status, ...reason);
    } finally {
      restore?.();
    }
  };
}

/** Whether Node sends this status. Over http/2 it makes 200 of what is no number, and refuses more. */
function isStatus(res: Committing, status: unknown): boolean {
  const code = Math.trunc(Number(status)) || 0;
  return "stream" in res ? code === 0 || (code >= 200 && code < 600) : code >= 100 && code < 1000;
}

/** Own `writeHead`s after which no header is set: nothing has to be looked at again. */
const quiet = new WeakSet<object>();

/** Marks a `writeHead` of ours, shared by all responses, that sets no header after those behind it have run. */
export function quietly(writeHead: WriteHead): WriteHead {
  quiet.add(writeHead);
  return writeHead;
}

/** Whether a `writeHead` of somebody else lies over Node's, on the response or on a class, and may set headers after us. */
function isForeign(res: Committing): boolean {
  if (Object.hasOwn(res, "writeHead") && !quiet.has(res.writeHead)) return true;
  const prototype = Object.getPrototypeOf(res) as object;
  const known = overriding.get(prototype) ?? isOverriding(prototype);
  overriding.set(prototype, known);
  return known;
}

const overriding = new WeakMap<object, boolean>();

/** Whether more than one class has a `writeHead`: the one furthest up is Node's. */
function isOverriding(prototype: object): boolean {
  let found = 0;
  for (let target: object | null = prototype; target !== null; target = Object.getPrototypeOf(target) as object | null) {
    if (Object.hasOwn(target, "writeHead")) found += 1;
  }
  return found > 1;
}

/** Sets the headers that came with `writeHead`, behind its status; gives what is left to be handed on. */
export function takeHead(res: Committing, [first, second]: readonly unknown[]): readonly unknown[] {
  const headers = second ?? first;
  if (typeof headers === "object" && headers !== null) take(res, headers);
  return typeof first === "string" ? [first] : [];
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
function rerun(res: Committing, run: () => void): () => void {
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
