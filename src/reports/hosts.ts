import type { Option } from "../values/legacy-options.js";

/** Names of hosts, as `hosts` takes them. */
export const HOSTS: Option = {
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isHostPattern),
  member: isHostPattern,
  hint: 'Write a list of names without scheme and port, such as ["example.com", "*.example.com"], in Punycode where they are not ASCII.',
};

function isHostPattern(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const name = value.replace(/^\*\./, "").toLowerCase();
  return URL.canParse(`http://${name}/`) && new URL(`http://${name}/`).hostname === name;
}

/** Whether a name is on the list; `"*.example.com"` stands for every name below it. */
export function hostMatcher(hosts: readonly string[]): (name: string) => boolean {
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const suffixes = [...names].filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  return (name) => names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
}
