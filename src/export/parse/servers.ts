import { type Note, STEPS_OF_A_COPY } from "./limits.js";
import { areSamePlaces, placesOf } from "./policies.js";
import type { ReadSite } from "./site.js";

/** The server to read, and the other servers. */
export interface ChosenServer {
  readonly site: ReadSite;
  readonly others: readonly ReadSite[];
}

/** One of several servers: a label for `server`, and its position. */
export interface ServerChoice {
  readonly label: string;
  readonly file: string | undefined;
  readonly line: number;
}

/**
 * Chooses the server to read. Servers that send the same headers need no choice.
 *
 * @param wanted a name, `name:port`, `:port`, `file:line` or `line 12`; undefined for no choice.
 * @returns the server, or the choices if `wanted` matches none or several.
 */
export function chooseServer(sites: readonly ReadSite[], wanted: string | undefined, note: Note): ChosenServer | readonly ServerChoice[] {
  const serving = sites.some(({ redirects }) => !redirects) ? sites.filter(({ redirects }) => !redirects) : sites;
  const named = wanted === undefined ? serving : matching(serving, wanted.toLowerCase(), note);
  // By its line, a server that only redirects can be chosen too.
  const found = named.length > 0 || wanted === undefined ? named : matching(sites, wanted.toLowerCase(), note);
  const [site] = found;
  if (sites.length === 0) return { site: NONE, others: [] };
  if (site === undefined || !haveSame(found, note)) return choicesOf(found.length > 0 ? found : sites, note);
  return { site, others: sites.filter((one) => !found.includes(one)) };
}

/** For a configuration without servers. */
const NONE: ReadSite = { line: 1, paths: [], at: () => [] };

function haveSame(sites: readonly ReadSite[], note: Note): boolean {
  if (sites.length < 2) return true;
  // Notes about them are taken when one of them is read.
  const silent: Note = Object.assign(() => undefined, { ...note, remark: () => undefined });
  const [first = [], ...others] = sites.map((site) => placesOf(site, silent));
  return others.every((places) => areSamePlaces(first, places));
}

function matching(sites: readonly ReadSite[], wanted: string, note: Note): readonly ReadSite[] {
  spendLabels(sites, note);
  const exact = sites.filter((site) => labelsOf(site, note).some((label) => label.toLowerCase() === wanted));
  if (exact.length > 0) return exact;
  const [host = "", port] = wanted.split(/:(?=\d+$)/);
  const byWildcard = (site: ReadSite) =>
    (port === undefined || site.ports?.includes(port)) &&
    (site.names ?? []).some((name) => name.startsWith("*.") && host.endsWith(name.slice(1)));
  return sites.filter(byWildcard);
}

/** Counts the labels, each name with each port, before they are made. */
function spendLabels(sites: readonly ReadSite[], note: Note): void {
  const count = ({ names = [], ports = [] }: ReadSite) => (names.length + 1) * (ports.length + 1);
  note.spend("work", STEPS_OF_A_COPY * sites.reduce((sum, site) => sum + count(site), 0));
}

/** All labels of a server, the shortest first. */
function labelsOf({ names = [], ports = [], line }: ReadSite, note: Note): readonly string[] {
  const { file, line: own } = note.at(line);
  const withPorts = (name: string) => ports.map((port) => `${name}:${port}`);
  return [...names, ...names.flatMap(withPorts), ...withPorts(""), ...(file === undefined ? [] : [`${file}:${own}`]), `line ${own}`];
}

/** Each server with its first unique label. */
function choicesOf(sites: readonly ReadSite[], note: Note): readonly ServerChoice[] {
  const counts = new Map<string, number>();
  spendLabels(sites, note);
  const all = sites.map((site) => ({ site, labels: [...new Set(labelsOf(site, note))] }));
  for (const { labels } of all) for (const label of labels) counts.set(label.toLowerCase(), (counts.get(label.toLowerCase()) ?? 0) + 1);
  return all.map(({ site, labels }) => {
    const { file, line } = note.at(site.line);
    return { label: labels.find((label) => counts.get(label.toLowerCase()) === 1) ?? `line ${line}`, file, line };
  });
}
