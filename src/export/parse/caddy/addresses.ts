import type { Statement } from "./statements.js";

/** The address of a site. */
export interface Addresses {
  /** Host names in lower case; empty for any host. */
  readonly names: readonly string[];
  readonly ports: readonly string[];
}

/** Ports of both schemes, which global options may change. */
export interface SchemePorts {
  readonly http: string;
  readonly https: string;
}

/** The ports in the global options. */
export function schemePorts(globals: readonly Statement[]): SchemePorts {
  const portOf = (option: string) => globals.find(({ words }) => words[0] === option)?.words[1];
  return { http: portOf("http_port") ?? "80", https: portOf("https_port") ?? "443" };
}

/** Addresses as written before the block of a site: `https://example.com:8443`, `:80`, `*.example.com`. */
export function addressesOf(words: readonly string[], ports: SchemePorts): Addresses {
  const read = words
    .flatMap((word) => word.split(","))
    .filter((word) => word !== "")
    .map((word) => {
      const [, scheme, name = "", port] = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::([^/]*))?/i.exec(word) ?? [];
      const usual = scheme?.toLowerCase() === "http" ? ports.http : ports.https;
      return { name: name.toLowerCase(), port: port || usual };
    });
  const anyHost = read.some(({ name }) => name === "" || name === "*");
  return { names: anyHost ? [] : [...new Set(read.map(({ name }) => name))], ports: [...new Set(read.map(({ port }) => port))] };
}
