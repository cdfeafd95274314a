/** What is used of a response whose headers are about to be sent; Node's, of HTTP/1 and HTTP/2. */
export interface Committing {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  writeHead(status: number, ...rest: never[]): unknown;
}

/** Gets the status that is about to be sent. */
type Listener = (status: number) => void;
export type WriteHead = (this: Committing, status: number, ...rest: unknown[]) => unknown;

/** What a response with listeners keeps. */
interface Commit {
  readonly listeners: Listener[];
  /** The `writeHead` that ours is in front of. */
  readonly inner: WriteHead;
  /** Whether that one may set headers after us. */
  readonly foreign: boolean;
}
type Wrapped = { [COMMIT]?: Commit };

const COMMIT: unique symbol = Symbol.for("portcullis.commit@1") as never;

/**
 * Calls a listener when the headers of a response are about to be sent, after all that `writeHead` brings along; what the listener
 * sets is what is sent. Listeners run in the order in which they were added, and may run more than once.
 */
export function onCommit(res: object, listener: Listener): void {
  const wrapped = res as Wrapped & Committing;
  const commit = wrapped[COMMIT];
  if (commit !== undefined) {
    commit.listeners.push(listener);
    return;
  }
  wrapped[COMMIT] = { listeners: [listener], inner: wrapped.writeHead as WriteHead, foreign: isForeign(wrapped) };
  wrapped.writeHead = committingWriteHead;
}

/** Shared by all responses, so that it costs none of them a closure. */
function committingWriteHead(this: Committing, status: number, first?: unknown, second?: unknown): unknown {
  const { listeners, inner, foreign } = (this as Wrapped)[COMMIT] as Commit;
  if (this.headersSent) return inner.call(this, status);
  // If Node throws, an error page follows; the headers passed to this call must not be sent with it.
  const reason = isStatus(this, status) ? takeHead(this, first, second) : undefined;
  runAll(listeners, status);
  const restore = foreign ? rerun(this, () => runAll(listeners, status)) : undefined;
  try {
    return callWriteHead(inner, this, status, reason);
  } finally {
    restore?.();
  }
}

function runAll(listeners: readonly Listener[], status: number): void {
  for (const listener of listeners) listener(Number(status));
}

/** Calls a `writeHead` with exactly the arguments received: some implementations count them. */
export function callWriteHead(writeHead: WriteHead, res: Committing, status: number, reason: string | undefined): unknown {
  return reason === undefined ? writeHead.call(res, status) : writeHead.call(res, status, reason);
}

/** Whether Node sends this status. Over HTTP/2 it sends 200 for what is not a number, and refuses more. */
function isStatus(res: Committing, status: unknown): boolean {
  const code = Math.trunc(Number(status)) || 0;
  return "stream" in res ? code === 0 || (code >= 200 && code < 600) : code >= 100 && code < 1000;
}

/** Our own `writeHead`s after which no header is set: listeners need not run again. */
const quiet = new WeakSet<object>();

/** Marks a `writeHead` of ours, shared by all responses, that sets no header after those behind it have run. */
export function quietly(writeHead: WriteHead): WriteHead {
  quiet.add(writeHead);
  return writeHead;
}

/** Whether other code has replaced Node's `writeHead`, on the response or in a class, and may set headers after us. */
function isForeign(res: Committing): boolean {
  if (Object.hasOwn(res, "writeHead") && !quiet.has(res.writeHead)) return true;
  const prototype = Object.getPrototypeOf(res) as object;
  const known = overriding.get(prototype);
  if (known !== undefined) return known;
  const found = isOverriding(prototype);
  overriding.set(prototype, found);
  return found;
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

/** Sets the headers that came with `writeHead` behind the status; returns the reason phrase, where one came. */
export function takeHead(res: Committing, first: unknown, second: unknown): string | undefined {
  const headers = second ?? first;
  if (typeof headers === "object" && headers !== null) take(res, headers);
  return typeof first === "string" ? first : undefined;
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
  if (flat.length % 2 !== 0) throw new TypeError("writeHead was called with a list of headers whose last name has no value");
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);
}

/** Runs the listeners again after each header that a wrapper further in sets. Returns what undoes this. */
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
