// npm run services:fresh: reads the pages that the recipes of portcullis/services follow, and says which hosts have changed there.
// Run it by hand or once a week where there is a network. It decides nothing: whoever reads the report looks at the pages.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TIME_LIMIT = 15_000; // milliseconds for a page with its redirects
const SIZE_LIMIT = 5_000_000; // bytes of a page
const AT_ONCE = 4; // requests
const REDIRECTS = 5;
const HOSTS_LIMIT = 5_000; // of a page
const USER_AGENT = "portcullis-services-fresh (reads the documentation of Content-Security-Policy, one request a page)";

/** A name with its scheme, but no part of an address of mail, of a path or of a longer word. */
const HOST = /(?<![\w@.*/-])(?:(?:(?:https?|wss?):)?\/\/)?((?:\*\.)?[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8})(?![\w@-])/g;

/** Endings that are the names of files far more often than top-level domains. */
const FILES = /\.(?:js|mjs|cjs|ts|tsx|jsx|json|css|html?|php|py|rb|md|mdx|txt|svg|png|jpe?g|gif|ico|map|ya?ml|xml|sh)$/;

/**
 * The hosts in the text of a page: `"js.stripe.com"`, `"*.stripe.com"`, without scheme, port and path, in small letters.
 *
 * @param {string} page HTML or plain text; of HTML what is between the tags counts, and not what is in their attributes.
 * @returns {readonly string[]} each once, in order of the alphabet; at most 5000.
 */
export function hostsIn(page) {
  const text = page
    .replace(/<[a-z!/][^<>]*>/gi, " ")
    // Pages that scripts fill have their text in JSON.
    .replace(/\\(?:[nrt"]|u00[\da-f]{2})/gi, " ")
    .replaceAll("\\/", "/")
    .replace(/&(?:#42|ast);/g, "*")
    .toLowerCase();
  const found = new Set();
  for (const [, host] of text.matchAll(HOST)) {
    if (isHost(host)) found.add(host);
    if (found.size === HOSTS_LIMIT) break;
  }
  return [...found].sort();
}

const isHost = (host) => /\.[a-z]{2,24}$/.test(host) && !FILES.test(host) && !/(?:^|\.)-|-(?:\.|$)/.test(host);

/** Whether a source for `wide` also matches `narrow`. Either may begin with a wildcard. */
const covers = (wide, narrow) => wide === narrow || (wide.startsWith("*.") && narrow.replace(/^\*\./, "").endsWith(wide.slice(1)));

/** Whether a host belongs to a service, by `about.hosts`. Those with a path share their host with others. */
const belongs = (host, places) =>
  places.some((place) => !place.includes("/") && (host.replace(/^\*\./, "") === place || host.endsWith(`.${place}`)));

/**
 * Compares a recipe with its pages.
 *
 * @param {{ name: string, checked: string, pages: readonly string[], hosts: readonly string[] }} about of a recipe.
 * @param {readonly string[]} hosts those that the recipe can allow.
 * @param {ReadonlyMap<string, { hosts: readonly string[] } | { failure: string }>} read what came of each page.
 */
export function compareService(about, hosts, read) {
  const pages = about.pages.map((url) => ({ url, ...(read.get(url) ?? { failure: "not read" }) }));
  const readable = pages.filter((page) => page.hosts !== undefined);
  const there = new Set(readable.flatMap((page) => page.hosts));
  return {
    name: about.name,
    checked: about.checked,
    read: readable.map(({ url }) => url),
    notRead: pages.flatMap(({ url, failure }) => (failure === undefined ? [] : [{ url, failure }])),
    // Where no page can be read, nothing is known.
    gone: readable.length === 0 ? [] : hosts.filter((host) => !there.has(host)),
    added: [...there].filter((host) => belongs(host, about.hosts) && !hosts.some((own) => covers(own, host))).sort(),
  };
}

/**
 * Every host that a recipe can allow: called with the options of its example, with each other option, and with all of them.
 *
 * @param {((options?: object) => object) & { about: { example?: object } }} recipe
 * @param {Readonly<Record<string, { type?: string, enum?: readonly unknown[] }>>} options the schema of each, as policy.schema.json has it.
 * @returns {readonly string[]} without those that only the example has, such as a customer's own host.
 */
export function hostsOf(recipe, options) {
  const base = recipe.about.example ?? {};
  const given = JSON.stringify(base);
  const flags = Object.keys(options).filter((name) => options[name].type === "boolean");
  const all = { ...base, ...Object.fromEntries(flags.map((name) => [name, true])) };
  const values = Object.entries(options).flatMap(([name, schema]) => (schema.enum ?? []).map((value) => ({ [name]: value })));
  const single = flags.flatMap((name) => [{ [name]: true }, { [name]: false }]);
  const calls = [base, all, ...[...single, ...values].map((one) => ({ ...base, ...one })), ...values.map((one) => ({ ...all, ...one }))];
  const hosts = calls.flatMap((one) => sourcesOf(recipe, one)).flatMap((source) => hostsIn(source));
  return [...new Set(hosts)].filter((host) => !given.includes(host)).sort();
}

function sourcesOf(recipe, options) {
  try {
    return textsIn(recipe(options));
  } catch (error) {
    // Options that exclude each other.
    if (error.name === "PolicyError") return [];
    throw error;
  }
}

const textsIn = (value) =>
  typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];

/**
 * Reads a page, and follows its redirects on the same host; https only. Where a page is on another host, or on a machine of this network,
 * is for a reader to see.
 *
 * @param {string} url
 * @param {typeof globalThis.fetch} fetch
 * @param {{ time?: number, size?: number }} limits milliseconds and bytes. Default: 15 seconds, 5 MB.
 * @returns {Promise<{ hosts: readonly string[] } | { failure: string }>}
 */
export async function readPage(url, fetch, { time = TIME_LIMIT, size = SIZE_LIMIT } = {}) {
  const signal = AbortSignal.timeout(time);
  try {
    const hosts = hostsIn(await textOf(addressOf(url), fetch, signal, size));
    // A page that its scripts fill has no text of its own.
    return hosts.length === 0 ? { failure: "there is no host in its text" } : { hosts };
  } catch (error) {
    return { failure: signal.aborted ? `no answer within ${time / 1000} s` : (error.cause?.message ?? error.message) };
  }
}

/** GitHub shows a file within a page of scripts; its text is at another address. */
const addressOf = (url) =>
  url.replace(/#.*/s, "").replace(/^https:\/\/github\.com\/([^/]+\/[^/]+)\/blob\//, "https://raw.githubusercontent.com/$1/");

async function textOf(url, fetch, signal, size, redirects = REDIRECTS) {
  if (!url.startsWith("https://")) throw new Error("it is not https");
  const response = await fetch(url, {
    redirect: "manual",
    signal,
    headers: { "User-Agent": USER_AGENT, Accept: "text/html, text/*;q=0.9" },
  });
  const location = response.headers.get("location");
  if (response.status >= 300 && response.status < 400 && location !== null) {
    await response.body?.cancel();
    if (redirects === 0) throw new Error(`more than ${REDIRECTS} redirects`);
    const next = new URL(location, url);
    if (next.host !== new URL(url).host) throw new Error(`it redirects to another host: ${next.host}`);
    return textOf(next.href, fetch, signal, size, redirects - 1);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return bodyOf(response, size);
}

async function bodyOf(response, size) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > size) throw new Error(`larger than ${size} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Reads the pages of all recipes, each once and at most four at the same time, and compares.
 *
 * @param {readonly { about: object, hosts: readonly string[] }[]} services
 * @param {typeof globalThis.fetch} fetch
 */
export async function compareAll(services, fetch) {
  const waiting = [...new Set(services.flatMap(({ about }) => about.pages))];
  const read = new Map();
  const work = async () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) read.set(url, await readPage(url, fetch));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return services.map(({ about, hosts }) => compareService(about, hosts, read));
}

/** Text of others, without what moves the cursor of a terminal or turns the direction of writing; at most 300 characters. */
const visible = (text) =>
  [...text.slice(0, 300)]
    .map((one) => (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(one) ? `\\u{${one.codePointAt(0).toString(16)}}` : one))
    .join("");

/**
 * The report as text.
 *
 * @param {readonly ReturnType<typeof compareService>[]} results
 */
export function printed(results) {
  const blocks = results.flatMap(({ name, checked, gone, added, notRead, read }) => {
    const lines = [
      ...gone.map((host) => `  no longer on its pages: ${host}`),
      ...added.map((host) => `  not in the recipe: ${host}`),
      ...notRead.map(({ url, failure }) => `  not read: ${visible(url)} (${visible(failure)})`),
    ];
    return lines.length === 0
      ? []
      : [`${name} (last read ${checked}; ${read.length} of ${read.length + notRead.length} pages)`, ...lines, ""];
  });
  const same = results.filter(({ gone, added, read }) => read.length > 0 && gone.length + added.length === 0).length;
  const unknown = results.filter(({ read }) => read.length === 0).length;
  return [
    ...blocks,
    `${results.length} services: ${same} as their pages have them, ${unknown} without a page that could be read.`,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const other = process.argv.slice(2).find((arg) => arg !== "--json");
  if (other !== undefined) {
    console.error(`unexpected argument ${JSON.stringify(other)} (npm run services:fresh takes -- --json)`);
    process.exit(2);
  }
  const { services } = await import("../dist/services.js");
  const schema = JSON.parse(readFileSync(new URL("../dist/policy.schema.json", import.meta.url), "utf8"));
  const options = schema.definitions.services.items.anyOf.find((one) => one.type === "object").properties;
  const all = Object.entries(services).map(([name, recipe]) => ({
    about: recipe.about,
    hosts: hostsOf(recipe, options[name].properties),
  }));
  const results = await compareAll(all, fetch);
  process.stdout.write(process.argv.includes("--json") ? `${JSON.stringify(results, undefined, 2)}\n` : printed(results));
}
