import { headerNamed } from "../headers/index.js";
import type { Transport } from "../policy/compile.js";
import type { Policy } from "../policy/policy.js";
import { compiledOf, type RenderOptions, renderHeaders } from "../policy/render.js";
import { readSource } from "../values/sources.js";
import { directivesIn } from "./directives.js";

/** The nonce to compare with if the response has none. */
export const UNKNOWN_NONCE = "portcullis-testing-unknown";

/** A header or a directive in which a response differs; undefined where it is absent. */
export interface HeaderDifference {
  readonly name: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
}

/** The headers of a response, by their names in lower case. */
export type Received = ReadonlyMap<string, string>;

/** All differences of a response from a policy. */
export function differences(policy: Policy, headers: Received, transport: Transport, known: RenderOptions): HeaderDifference[] {
  const nonce = nonceIn(headers) ?? UNKNOWN_NONCE;
  const expected = new Map(Object.entries(renderHeaders(policy, { nonce, ...known, transport })));
  const names = new Set([...expected.keys()].map((name) => name.toLowerCase()));
  const { removed } = compiledOf(policy);
  const goneAs = (name: string) => removed[transport].find((one) => one.toLowerCase() === name);
  // Servers of static files send a Cache-Control.
  const ownAs = (name: string) => goneAs(name) ?? (name === "cache-control" ? undefined : headerNamed(name)?.name);
  return [
    ...[...expected].flatMap(([name, value]) => compareHeader(name, value, headers.get(name.toLowerCase()))),
    ...[...headers].flatMap(([key, got]) => {
      const name = names.has(key) ? undefined : ownAs(key);
      return name === undefined ? [] : [{ name, expected: undefined, got }];
    }),
  ];
}

function compareHeader(name: string, expected: string, got: string | undefined): HeaderDifference[] {
  if (got === expected) return [];
  const whole = { name, expected, got };
  if (!name.startsWith("Content-Security-Policy") || got === undefined || got.includes(",")) return [whole];
  const [mine, theirs] = [directivesIn(expected), directivesIn(got)];
  return [...new Set([...mine.keys(), ...theirs.keys()])]
    .map((key) => ({ name: `${name}, ${key}`, expected: mine.get(key), got: theirs.get(key) }))
    .filter((one) => sorted(one.expected) !== sorted(one.got));
}

/** The first nonce in a CSP. */
function nonceIn(headers: Received): string | undefined {
  for (const [name, value] of headers) {
    if (!name.startsWith("content-security-policy")) continue;
    for (const word of value.split(/[\s;,]+/)) {
      const read = readSource(word, "wire");
      if (read.kind === "nonce") return read.nonce;
    }
  }
  return undefined;
}

function sorted(sources: string | undefined): string | undefined {
  return sources?.split(" ").sort().join(" ");
}
