import type { ReadSite } from "../site.js";
import type { Directive } from "./lines.js";

/** A virtual host, or the main server. */
export type Host = Required<Pick<ReadSite, "names" | "ports" | "redirects">> & {
  readonly line: number;
  readonly end?: number | undefined;
  readonly directives: readonly Directive[];
};

/** The servers of a configuration: its virtual hosts, and the main server if it has its own port or is the only one. */
export function hostsOf(directives: readonly Directive[], first: number): readonly Host[] {
  const hosts = directives.flatMap((one) => (one.name === "virtualhost" ? [hostOf(one)] : []));
  const main = mainOf(directives, first);
  if (hosts.length === 0) return [main];
  const taken = new Set(hosts.flatMap(({ ports }) => (ports.length === 0 ? main.ports : ports)));
  const own = main.ports.filter((port) => !taken.has(port));
  const hasPages = directives.some(({ name }) => name === "documentroot" || name === "proxypass");
  return own.length > 0 && hasPages ? [{ ...main, ports: own }, ...hosts] : hosts;
}

function mainOf(directives: readonly Directive[], line: number): Host {
  const ports = valuesOf(directives, "listen").flatMap(portIn);
  return { line, directives: [], names: namesOf(directives), ports, redirects: false };
}

function hostOf({ args, line, end, block = [] }: Directive): Host {
  const ports = [...new Set(args.flatMap(portIn))];
  return { line, end, directives: block, names: namesOf(block), ports, redirects: redirectsOnly(block) };
}

const portIn = (address: string): readonly string[] => {
  const port = /(?:^|:)(\d+)$/.exec(address)?.[1];
  return port === undefined ? [] : [port];
};

function valuesOf(directives: readonly Directive[], wanted: string): readonly string[] {
  return directives.flatMap(({ name, args }) => (name === wanted ? args : []));
}

/** `https://example.com:443` is `example.com`. */
function namesOf(directives: readonly Directive[]): readonly string[] {
  const own = valuesOf(directives, "servername").map((name) => name.replace(/^[a-z]+:\/\//i, "").replace(/:\d+$/, ""));
  return [...new Set([...own.slice(-1), ...valuesOf(directives, "serveralias")].map((name) => name.toLowerCase()))];
}

/** Whether it redirects all requests except those of certificate renewals. */
function redirectsOnly(block: readonly Directive[]): boolean {
  if (block.some(({ name }) => /^proxypass(?:match)?$/.test(name))) return false;
  let conditions: string[] = [];
  for (const { name, args } of flat(block)) {
    const [first = "", ...rest] = args;
    if (/^redirect(?:permanent|temp)?$/.test(name)) {
      const [from, to] = /^(?:\d+|permanent|temp|seeother|\/)$/.test(first) && !first.startsWith("/") ? rest : args;
      if (from === "/" && to !== undefined) return true;
    }
    if (name === "redirectmatch" && args.some((one) => ALL.test(one))) return true;
    if (name === "rewritecond") conditions.push(args.join(" "));
    if (name !== "rewriterule") continue;
    const [to = "", flags = ""] = rest;
    const leaves = /[[,]\s*R(?:[=,\]]|edirect)/i.test(flags) || /^https?:/.test(to);
    if (ALL.test(first) && leaves && conditions.every((one) => USUAL.test(one))) return true;
    conditions = [];
  }
  return false;
}

const ALL = /^\^?(?:\/?\(?\.[*+]\)?\$?|\/?)$/;

/** Conditions that all requests over plain http meet. That on THE_REQUEST captures any path. */
const USUAL =
  /^%\{(?:HTTPS\} (?:!=|!\^?)?"?(?:on|off)|SERVER_PORT\}|SERVER_NAME\}|HTTP_HOST\}|REQUEST_URI\} !\S{0,20}well-known|THE_REQUEST\} \^\\S\+ \(\?:)/i;

function flat(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((one) =>
    one.block === undefined ? [one] : /^(?:location|directory)$/.test(one.name) && one.args[0] === "/" ? flat(one.block) : [],
  );
}
