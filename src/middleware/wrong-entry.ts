import { type PolicyError, policyError } from "../errors.js";
import { awaited, shown } from "../values/options.js";

/** An entry of the package that exports functions under the same names as the other entries. */
export type Entry = "portcullis" | "portcullis/fastify" | "portcullis/fetch" | "portcullis/koa";

/** An object that a framework passes to its handlers. */
interface Kind {
  readonly what: string;
  /** The entry for this framework. */
  readonly entry: Entry;
  /** Members that no other kind has together. */
  readonly members: readonly string[];
}

const KINDS: readonly Kind[] = [
  { what: "Fastify's application", entry: "portcullis/fastify", members: ["addHook", "register"] },
  { what: "Fastify's request", entry: "portcullis/fastify", members: ["raw", "routeOptions", "id"] },
  { what: "Fastify's reply", entry: "portcullis/fastify", members: ["raw", "hijack"] },
  { what: "Koa's context", entry: "portcullis/koa", members: ["req", "res", "app", "onerror"] },
  { what: "Koa's request or response", entry: "portcullis/koa", members: ["req", "res", "app", "ctx"] },
  { what: "Hono's context", entry: "portcullis/fetch", members: ["req", "res", "newResponse"] },
  { what: "Hono's request", entry: "portcullis/fetch", members: ["raw", "routeIndex", "bodyCache"] },
  { what: "a Fetch Request", entry: "portcullis/fetch", members: ["headers", "url", "method", "arrayBuffer"] },
  { what: "a Fetch Response", entry: "portcullis/fetch", members: ["headers", "status", "arrayBuffer"] },
  { what: "a Node.js request", entry: "portcullis", members: ["rawHeaders", "socket"] },
  { what: "a Node.js response", entry: "portcullis", members: ["setHeader", "writeHead"] },
];

interface EntryFacts {
  /** The functions of the entry that take an object of the framework. */
  readonly names: readonly string[];
  /** What they take. */
  readonly takes: string;
  /** How it is written as an argument. */
  readonly argument: string;
  /** How a middleware of the entry is mounted. */
  readonly mount: (name: string) => string;
}

const ENTRIES: Readonly<Record<Entry, EntryFacts>> = {
  portcullis: {
    names: ["securityHeaders", "override", "sealHeaders", "nonceOf", "policyOf"],
    takes: "a response",
    argument: "res",
    mount: used,
  },
  "portcullis/fastify": {
    names: ["securityHeaders", "override", "nonceOf", "policyOf"],
    takes: "Fastify's reply",
    argument: "reply",
    mount: (name) =>
      name === "override" ? "Write config: { securityHeaders: override(…) } in the route." : `Write app.register(${name}(…)).`,
  },
  "portcullis/fetch": {
    names: ["securityHeaders", "override", "sealHeaders", "nonceOf", "policyOf"],
    takes: "a Request or Hono's context",
    argument: "request",
    mount: (name) => `Write ${name}(…)(handler), or app.use(${name}(…)) in Hono.`,
  },
  "portcullis/koa": {
    names: ["securityHeaders", "override", "nonceOf", "policyOf"],
    takes: "Koa's context",
    argument: "ctx",
    mount: used,
  },
};

function used(name: string): string {
  return `Write app.use(${name}(…)).`;
}

/**
 * The error that names the entry to import from, if an argument belongs to another framework.
 * It reads several members of each argument: call it only for calls that fail anyway.
 *
 * @param name the function, as errors name it.
 * @param entry the entry it was imported from.
 * @param given its arguments; the first recognised one is used.
 * @returns undefined if no argument belongs to another framework.
 */
export function wrongEntry(name: string, entry: Entry, ...given: readonly unknown[]): PolicyError | undefined {
  for (const value of given) {
    const kind = KINDS.find(({ members }) => hasMembers(value, members));
    if (kind === undefined) continue;
    const hint = hintFor(name, entry, kind);
    return hint === undefined ? undefined : policyError("wrong-type", [name], `this is ${kind.what}`, hint);
  }
  return undefined;
}

/** Whether a framework passes this object to its handlers: a request, a response, a context. Reads several members of it. */
export function isOfFramework(value: unknown): boolean {
  return KINDS.some(({ members }) => hasMembers(value, members));
}

/** The error for an argument that is not what an entry's function takes: that of {@link wrongEntry}, or one that names the value. */
export function wrongArgument(name: string, entry: Entry, given: unknown): PolicyError {
  const { takes } = ENTRIES[entry];
  const hint = awaited(given, callWith(name, entry));
  return wrongEntry(name, entry, given) ?? policyError("wrong-type", [name], `${shown(given)} is not ${takes}`, hint);
}

/** The error for a middleware that is called with what its framework never passes. */
export function wrongCall(name: string, entry: Entry, ...given: readonly unknown[]): PolicyError {
  const what = shown(given.find((value) => value === null || typeof value !== "object") ?? given[0]);
  const handler = entry === "portcullis" && typeof given[0] === "function" && ENTRIES["portcullis/fetch"].names.includes(name);
  const fetched = handler ? ` Around a Fetch handler, import { ${name} } from "portcullis/fetch".` : "";
  const hint = `${ENTRIES[entry].mount(name)}${fetched}`;
  return wrongEntry(name, entry, ...given) ?? policyError("wrong-type", [name], `the middleware was called with ${what}`, hint);
}

function hintFor(name: string, entry: Entry, kind: Kind): string | undefined {
  if (kind.entry === entry) return TAKING_ONE.has(name) ? callWith(name, entry) : undefined;
  if (ENTRIES[kind.entry].names.includes(name)) return `Write import { ${name} } from "${kind.entry}".`;
  return `${name} is for Express, Connect and node:http.`;
}

/** Functions that are called in a handler, with one argument. */
const TAKING_ONE: ReadonlySet<string> = new Set(["nonceOf", "policyOf"]);

function callWith(name: string, entry: Entry): string {
  const call = `${name}(${ENTRIES[entry].argument})`;
  return entry === "portcullis/fetch" ? `Write ${call}, or ${name}(c) in Hono.` : `Write ${call}.`;
}

/** A revoked proxy throws for every read. */
function hasMembers(value: unknown, members: readonly string[]): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return members.every((member) => member in value);
  } catch {
    return false;
  }
}
