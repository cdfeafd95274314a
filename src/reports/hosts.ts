import { listOf, textThat } from "../values/schema.js";

const HINT =
  'Write a list of names without scheme and port, such as ["example.com", "*.example.com"], in Punycode where they are not ASCII.';

/** The schema of the option `hosts`. */
export function hostList() {
  return listOf(textThat(isHostPattern, "a host name", HINT), "a list of host names", HINT, 1);
}

function isHostPattern(text: string): boolean {
  const name = text.replace(/^\*\./, "").toLowerCase();
  return URL.canParse(`http://${name}/`) && new URL(`http://${name}/`).hostname === name;
}

/** Returns whether a name is on the list; `"*.example.com"` matches every name below it. */
export function hostMatcher(hosts: readonly string[]): (name: string) => boolean {
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const suffixes = [...names].filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  return (name) => names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}
