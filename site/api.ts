import type { Doc } from "../build/api/doc.js";
import { extractApi } from "../build/api/extract.js";
import { type Api, type ApiMember, type ApiName, keyOf, readApi } from "../build/api/model.js";
import { kindOf } from "../build/api/written.js";
import type { Page } from "./page.js";

const ROOT = "/reference/api";
const OTHERS = `${ROOT}/types`;
const GROUP = ["Reference", "API"] as const;

/**
 * The API reference: an overview, a page for each entry of the package, and one of the types that exported types mention.
 *
 * @param api the public API. Default: what the source exports now, which takes the compiler some seconds.
 * @returns the pages. A name that an entry exports from another one has its text there, and a link here.
 * @throws {Error} with every export that has no doc comment.
 */
export async function apiPages(api: Api = readApi(extractApi())): Promise<readonly Page[]> {
  return pagesOf({ ...api, entries: api.entries.map(({ entry, names }) => ({ entry, names: inOrder(names) })) });
}

/** Functions before values before types, each by name. */
const inOrder = (names: readonly ApiName[]) => [...names].sort((one, other) => rankOf(one) - rankOf(other));

const rankOf = (name: ApiName) => ["function", "class", "value", "type"].indexOf(kindOf(name));

function pagesOf(api: Api): readonly Page[] {
  const bare = api.entries.flatMap(({ entry, names }) =>
    names.filter(({ doc }) => doc.summary === "").map(({ name, file }) => `${name} of ${entry.name} (${file}.ts)`),
  );
  if (bare.length > 0) throw new Error(`Without a doc comment: ${[...new Set(bare)].join(", ")}.`);
  const places = placesOf({ entries: api.entries, others: othersOf(api) });
  const entries = api.entries.map(({ entry, names }): Page => {
    const path = `${ROOT}/${entry.file}`;
    return {
      path: path.slice(1),
      title: entry.name,
      description: `Every export of ${entry.name}, with signature and description.`,
      body: `${importLine(entry.name)}\n\n${sectionsOf(names, path, places)}\n`,
      group: GROUP,
    };
  });
  return [overviewOf(api), ...entries, othersPage(othersOf(api), places)];
}

/** Where names are described: by their key, and for links in text by the page and the name, and by the name alone. */
type Places = ReadonlyMap<string, { readonly name: string; readonly href: string }>;

/** The first entry that exports a name describes it. */
function placesOf({ entries, others }: Api): Places {
  const places = new Map<string, { readonly name: string; readonly href: string }>();
  const pages = [...entries.map(({ entry, names }) => ({ path: `${ROOT}/${entry.file}`, names })), { path: OTHERS, names: others }];
  for (const { path, names } of pages) {
    const anchors = anchorsOf(names);
    for (const [index, one] of names.entries()) {
      const place = { name: one.name, href: `${path}#${anchors[index]}` };
      for (const key of [keyOf(one), `${path}#${one.name}`, one.name]) if (!places.has(key)) places.set(key, place);
    }
  }
  return places;
}

/** The ids of the headings of a page: lower case, and a number from the second on. */
function anchorsOf(names: readonly ApiName[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map(({ name }) => {
    const slug = name.toLowerCase().replace(/[^\w-]/g, "");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

const importLine = (entry: string) => `Imported from \`"${entry}"\`. What stable and experimental mean: [stability](/guides/stability).`;

function overviewOf({ entries }: Api): Page {
  const rows = entries.map(({ entry, names }) => {
    const functions = names.filter(({ kind }) => kind === "Function" || kind === "Class").map(({ name }) => `\`${name}\``);
    const values = names.filter(({ kind }) => kind === "Variable").map(({ name }) => `\`${name}\``);
    const shown = [...functions, ...values];
    const more = shown.length > SHOWN ? ` and ${shown.length - SHOWN} more` : "";
    return `| [${entry.name}](${ROOT}/${entry.file}) | ${shown.slice(0, SHOWN).join(", ")}${more} |`;
  });
  return {
    path: ROOT.slice(1),
    title: "API",
    description: "Every entry of the package, and what it exports.",
    body: [
      "| entry | functions and values |",
      "|---|---|",
      ...rows,
      "",
      `Types that have no exported name: [other types](${OTHERS}).`,
      "",
    ].join("\n"),
    group: GROUP,
  };
}

/** How many names a row of the overview has. */
const SHOWN = 12;

/** What is mentioned, directly or not; but not what a list of modules brings with it. */
function othersOf({ entries, others }: Api): readonly ApiName[] {
  const known = new Map(others.filter(({ kind }) => kind !== "Namespace").map((one) => [keyOf(one), one]));
  const found = new Set<ApiName>();
  const follow = ({ mentions }: ApiName): void => {
    for (const one of mentions.flatMap((key) => known.get(key) ?? [])) {
      if (found.has(one)) continue;
      found.add(one);
      follow(one);
    }
  };
  for (const { names } of entries) for (const name of names) follow(name);
  return others.filter((one) => found.has(one));
}

function othersPage(others: readonly ApiName[], places: Places): Page {
  const about = "Types that exported types mention. They cannot be imported by name.";
  return {
    path: OTHERS.slice(1),
    title: "Other types",
    description: about,
    body: `${about}\n\n${sectionsOf(others, OTHERS, places)}\n`,
    group: GROUP,
  };
}

/** Puts links in place of `{@link Name}`. */
type Linked = (text: string) => string;

function sectionsOf(names: readonly ApiName[], path: string, places: Places): string {
  const linked = linksOf(path, places);
  return names.map((name) => sectionOf(name, path, places, linked)).join("\n\n");
}

function sectionOf(name: ApiName, path: string, places: Places, linked: Linked): string {
  const place = places.get(keyOf(name));
  const heading = `## ${name.name}`;
  if (place !== undefined && !place.href.startsWith(`${path}#`))
    return `${heading}\n\nThe same as [${place.name}](${place.href}) of ${entryOf(place.href)}.`;
  const stability = name.doc.isExperimental ? "experimental" : "stable";
  return [
    heading,
    `${kindOf(name)}, ${path === OTHERS ? "not exported" : stability}`,
    ...(name.doc.deprecated === undefined ? [] : [`**Deprecated.** ${linked(name.doc.deprecated)}`]),
    linked(name.doc.summary),
    `\`\`\`ts\n${name.signature}\n\`\`\``,
    ...detailsOf(name.doc, linked),
    membersOf(name.members, linked),
    mentionsOf(name, places),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const entryOf = (href: string) =>
  `portcullis/${href.slice(ROOT.length + 1).replace(/#.*/, "")}`.replace("portcullis/portcullis", "portcullis");

/** What a function takes, returns and throws. */
function detailsOf({ params, returns, throws, see }: Doc, linked: Linked): readonly string[] {
  const takes = params.map(({ name, text }) => item(`\`${name}\`: ${linked(text)}`));
  return [
    takes.length === 0 ? "" : `Parameters:\n\n${takes.join("\n")}`,
    returns === undefined ? "" : `Returns ${linked(returns)}`,
    ...throws.map((one) => `Throws ${linked(one)}`),
    ...see.map((one) => `See ${linked(one)}`),
  ];
}

function membersOf(members: readonly ApiMember[], linked: Linked): string {
  const described = members.filter(({ name, doc }) => name !== "" && doc.summary !== "");
  return described
    .map(({ name, doc }) =>
      item([`\`${name}\`: ${linked(doc.summary)}`, ...detailsOf(doc, linked).filter((part) => part !== "")].join("\n\n")),
    )
    .join("\n");
}

/** An item of a list, whose further lines belong to it. */
const item = (text: string) => `- ${text.replace(/\n(?=.)/g, "\n  ")}`;

function mentionsOf({ mentions }: ApiName, places: Places): string {
  const links = mentions.flatMap((key) => places.get(key) ?? []).map(({ name, href }) => `[${name}](${href})`);
  return links.length === 0 ? "" : `Types: ${[...new Set(links)].join(", ")}.`;
}

/** A name is the page's own, if it has one: most adapters have an `override`. */
function linksOf(path: string, places: Places): Linked {
  return (text) =>
    text.replace(/\{@link ([\w$.]+)(?:\s*\|\s*([^}]+))?\}/g, (_all, name: string, label: string | undefined) => {
      const place = places.get(`${path}#${name}`) ?? places.get(name);
      return place === undefined ? `\`${label ?? name}\`` : `[${label ?? name}](${place.href})`;
    });
}
