import { type PolicyError, policyError } from "../errors.js";

/** An entry of the package whose functions have the names of other entries' functions. */
export type Entry = "portcullis" | "portcullis/fastify" | "portcullis/fetch" | "portcullis/koa";

/** What frameworks hand over, by members that nothing else here has. */
const KINDS: readonly { readonly what: string; readonly entry: Entry; readonly members: readonly string[] }[] = [
  { what: "Fastify's application", entry: "portcullis/fastify", members: ["addHook", "register"] },
  { what: "Fastify's request", entry: "portcullis/fastify", members: ["raw", "routeOptions", "id"] },
  { what: "Fastify's reply", entry: "portcullis/fastify", members: ["raw", "hijack"] },
  { what: "Koa's context", entry: "portcullis/koa", members: ["req", "res", "app", "onerror"] },
  { what: "Hono's context", entry: "portcullis/fetch", members: ["req", "res", "newResponse"] },
  { what: "a Fetch Request", entry: "portcullis/fetch", members: ["headers", "url", "arrayBuffer"] },
  { what: "a request of Node", entry: "portcullis", members: ["rawHeaders", "socket"] },
  { what: "a response of Node", entry: "portcullis", members: ["setHeader", "writeHead"] },
];

/** What each entry has; the main one has more. */
const NAMES: Readonly<Record<Entry, readonly string[]>> = {
  portcullis: ["securityHeaders", "override", "sealHeaders", "nonceOf", "policyOf"],
  "portcullis/fastify": ["securityHeaders", "override", "nonceOf", "policyOf"],
  "portcullis/fetch": ["securityHeaders", "override", "sealHeaders", "nonceOf", "policyOf"],
  "portcullis/koa": ["securityHeaders", "override", "nonceOf", "policyOf"],
};

/**
 * Says which entry a function is to be imported from, where it got what another framework hands over.
 * It costs a look at each member: only for calls that fail anyway.
 *
 * @param name the function, as it stands in errors.
 * @param entry where it was imported from.
 * @param given its arguments, the first first.
 */
export function wrongEntry(name: string, entry: Entry, ...given: readonly unknown[]): PolicyError | undefined {
  for (const value of given) {
    const kind = KINDS.find(({ members }) => isObject(value) && members.every((member) => member in value));
    if (kind === undefined) continue;
    const hint = hintFor(name, entry, kind);
    return hint === undefined ? undefined : policyError("wrong-type", [name], `this is ${kind.what}`, hint);
  }
  return undefined;
}

function hintFor(name: string, entry: Entry, kind: (typeof KINDS)[number]): string | undefined {
  if (kind.entry !== entry) {
    if (NAMES[kind.entry].includes(name)) return `Write import { ${name} } from "${kind.entry}".`;
    return `${name} is for Express, Connect and node:http.`;
  }
  return name === "nonceOf" && kind.what === "a request of Node" ? "Give the response: nonceOf(res)." : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" ? value !== null : typeof value === "function";
}
