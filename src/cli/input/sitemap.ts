import { gunzipSync } from "node:zlib";
import { Failure } from "../failure.js";
import { LONGEST_SITEMAP, MOST_SITEMAPS, SITEMAP_DEPTH, SITEMAP_SECONDS } from "../limits.js";
import { addressesOf, withoutPassword } from "./address.js";
import { type FetchOptions, firstUsable, follow, limitOf, type Way } from "./site.js";

/** The pages of a sitemap. */
export interface Sitemap {
  /** Their addresses, each once, in the order of the sitemap; at most as many as were asked for. */
  readonly pages: readonly string[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Reads `sitemap.xml`, or an index of sitemaps: only files and pages of its own origin.
 *
 * @param word its address; one without a path is that of `/sitemap.xml`.
 * @param most pages to return.
 * @throws {Failure} where it cannot be read, or has no page of its origin.
 */
export async function readSitemap(word: string, most: number, options: FetchOptions): Promise<Sitemap> {
  const candidates = addressesOf(word).map(atSitemap) as [URL, ...URL[]];
  const limit = limitOf({ ...options, seconds: SITEMAP_SECONDS });
  const request = async (address: URL) => ({ address, way: await follow(address, limit, options.headers, QUESTION) });
  const start = await firstUsable(candidates, request);
  const read = async (url: URL) => textOf(url, url === start.address ? start.way : (await request(url)).way);
  return walk(start.address, most, read);
}

/** Servers send a file that is compressed with or without its encoding. */
const QUESTION = { reads: () => true, bytes: LONGEST_SITEMAP, encodings: ["identity", "gzip", "x-gzip"] };

/** The text of a sitemap, or why it cannot be read. */
function textOf(url: URL, way: Way): string {
  if ("failure" in way) throw new Failure([way.failure]);
  const { answer } = way;
  const shown = withoutPassword(url);
  if (new URL(answer.url).origin !== url.origin)
    throw new Failure([`${shown} redirects to another origin. Write --sitemap ${answer.url}.`]);
  if (answer.status !== 200) throw new Failure([`${shown} answered ${answer.status}, and is not a sitemap.`]);
  if (answer.body === undefined || answer.note !== undefined) throw new Failure([`${shown}: ${answer.note ?? "it has no text."}`]);
  return isGzip(answer.body) ? unpacked(answer.body, shown) : answer.body.toString();
}

/** RFC 1952 §2.3.1. */
const isGzip = (body: Buffer) => body[0] === 0x1f && body[1] === 0x8b;

/** The sitemaps protocol allows gzip. */
function unpacked(body: Buffer, shown: string): string {
  try {
    return gunzipSync(body, { maxOutputLength: LONGEST_SITEMAP }).toString();
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const reason = isLong ? `is longer than ${LONGEST_SITEMAP / 1_000_000} MB when it is unpacked` : "is not valid gzip";
    throw new Failure([`${shown} ${reason}: it was not read.`]);
  }
}

function atSitemap(url: URL): URL {
  const found = new URL(url);
  if (found.pathname === "/" && found.search === "") found.pathname = "/sitemap.xml";
  return found;
}

interface Counts {
  elsewhere: number;
  unread: string[];
  files: number;
  more: number;
}

/** Reads a sitemap and those that it names, until there are enough pages. */
async function walk(start: URL, most: number, read: (url: URL) => Promise<string>): Promise<Sitemap> {
  const counts: Counts = { elsewhere: 0, unread: [], files: 0, more: 0 };
  const pages = new Set<string>();
  const seen = new Set<string>();
  const visit = async (url: URL, depth: number): Promise<void> => {
    if (seen.has(url.href) || pages.size >= most) return;
    if (depth > SITEMAP_DEPTH || counts.files >= MOST_SITEMAPS) return void counts.unread.push(withoutPassword(url));
    seen.add(url.href);
    counts.files += 1;
    const text = await read(url).catch((error: unknown) => {
      if (depth === 0 || !(error instanceof Failure)) throw error;
      counts.unread.push(error.lines[0] ?? "");
    });
    if (text === undefined) return;
    const { kind, places } = placesIn(text);
    if (kind === undefined) {
      const wrong = `${withoutPassword(url)} is not a sitemap: it has neither <urlset> nor <sitemapindex>.`;
      if (depth === 0) throw new Failure([wrong]);
      return void counts.unread.push(wrong);
    }
    for (const place of places) {
      const found = URL.canParse(place) ? new URL(place) : undefined;
      if (found?.origin !== start.origin) counts.elsewhere += 1;
      else if (kind === "sitemapindex") await visit(found, depth + 1);
      else if (pages.size < most) pages.add(withoutHash(found));
      else if (!pages.has(withoutHash(found))) counts.more += 1;
    }
  };
  await visit(start, 0);
  if (pages.size === 0) throw new Failure([`${withoutPassword(start)} has no page of ${start.origin}.`, ...notesOf(counts, start, most)]);
  return { pages: [...pages], notes: notesOf(counts, start, most) };
}

function withoutHash(url: URL): string {
  const page = new URL(url);
  page.hash = "";
  return page.href;
}

function notesOf({ elsewhere, unread, more }: Counts, { origin }: URL, most: number): readonly string[] {
  return [
    ...(elsewhere > 0 ? [`${elsewhere} ${elsewhere === 1 ? "address" : "addresses"} of the sitemap not below ${origin}: left out.`] : []),
    ...(more > 0 ? [`The sitemap has more than ${most} pages: --max-pages ${most + more} checks more of them.`] : []),
    ...unread.slice(0, 3).map((one) => `A sitemap was not read: ${one}`),
  ];
}

/** The places of a sitemap or an index. sitemaps.org protocol 0.9: `<loc>` in `<url>` or `<sitemap>`; those of images have a prefix. */
export function placesIn(xml: string): { readonly kind: "urlset" | "sitemapindex" | undefined; readonly places: readonly string[] } {
  const text = withoutComments(xml);
  const [, kind] = /<(urlset|sitemapindex)[\s>]/.exec(text) ?? [];
  const places: string[] = [];
  let end = 0;
  for (let at = text.indexOf("<loc>"); at >= 0; at = text.indexOf("<loc>", at + 5)) {
    // Looked for once for all that begin before it: a file may have many that do not end.
    if (end < at) end = text.indexOf("</loc>", at);
    if (end < 0) break;
    // The protocol's limit is 2,048 characters.
    if (end - at < 4_096) places.push(plainText(text.slice(at + 5, end)));
  }
  return { kind: kind as "urlset" | "sitemapindex" | undefined, places };
}

function withoutComments(xml: string): string {
  let text = "";
  let from = 0;
  for (;;) {
    const start = xml.indexOf("<!--", from);
    if (start < 0) return text + xml.slice(from);
    text += xml.slice(from, start);
    const end = xml.indexOf("-->", start);
    if (end < 0) return text;
    from = end + 3;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text of an element: a CDATA section, or text with the five entities of XML and numbers. */
function plainText(inner: string): string {
  const trimmed = inner.trim();
  if (trimmed.startsWith("<![CDATA[") && trimmed.endsWith("]]>")) return trimmed.slice(9, -3).trim();
  return trimmed.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (whole, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
