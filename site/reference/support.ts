import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { CompatStatement, Identifier, SimpleSupportStatement, SupportStatement } from "@mdn/browser-compat-data";
import { blocks, link, section, table } from "./markdown.js";
import { root } from "./root.js";

/** Browsers in the tables, in their order. */
const BROWSERS = {
  chrome: "Chrome",
  edge: "Edge",
  firefox: "Firefox",
  safari: "Safari",
  chrome_android: "Chrome on Android",
  safari_ios: "Safari on iOS",
} as const;

let data: Identifier | undefined;

/** The headers of @mdn/browser-compat-data, read once. */
function headersData(): Identifier {
  if (data === undefined) {
    const file = createRequire(join(root, "package.json")).resolve("@mdn/browser-compat-data");
    data = (JSON.parse(readFileSync(file, "utf8")) as { http: { headers: Identifier } }).http.headers;
  }
  return data;
}

/** What the data has about a header, or about a directive or feature of it; undefined where it has nothing. */
export function compatOf(header: string, part?: string): CompatStatement | undefined {
  const all = headersData()[header];
  return (part === undefined ? all : all?.[part])?.__compat;
}

/** The section about browsers. `what` completes "the data of MDN has no …". */
export function supportSection(compat: CompatStatement | undefined, what: string): string {
  if (compat === undefined) return section("Browser support", `The browser data of MDN has no entry for ${what}.`);
  const rows = Object.entries(BROWSERS).map(([key, name]) => [name, versionText(compat.support[key as keyof typeof BROWSERS])]);
  const { deprecated = false, experimental = false, standard_track: onTrack = true } = compat.status ?? {};
  const notes = [
    deprecated && "Browsers may remove it: it is deprecated.",
    experimental && "It is experimental: few browser engines support it.",
    !onTrack && "It is not on a standards track.",
  ].filter((note) => note !== false);
  return section("Browser support", blocks(table(["Browser", "Supported"], rows), notes.join(" "), "Source: @mdn/browser-compat-data."));
}

function versionText(support: SupportStatement | undefined): string {
  const [first] = [support].flat().filter((one) => one !== undefined) as readonly SimpleSupportStatement[];
  if (first === undefined) return "not known";
  const { version_added: added, version_removed: removed, flags, partial_implementation: partial } = first;
  if (added === false || added === undefined || added === null) return "no";
  const from = added === "preview" ? "in preview versions" : `from ${added}`;
  const to = removed === undefined ? "" : `, removed in ${String(removed)}`;
  return `${from}${to}${flags === undefined ? "" : ", behind a flag"}${partial === true ? ", in part" : ""}`;
}

/** The specifications and the page of MDN; `more` are further addresses with their names. */
export function specificationSection(
  compat: CompatStatement | undefined,
  more: readonly (readonly [name: string, url: string])[] = [],
): string {
  const specs = [compat?.spec_url ?? []].flat().map((url) => ["Specification", url] as const);
  const mdn = compat?.mdn_url === undefined ? [] : [["MDN", compat.mdn_url] as const];
  const seen = new Set<string>();
  const all = [...specs, ...more, ...mdn].filter(([, url]) => seen.size !== seen.add(url).size);
  return section(
    "Specifications",
    all.map(([name, url]) => `- ${link(`${name}: ${new URL(url).host}${new URL(url).pathname.replace(/\/$/, "")}`, url)}`).join("\n"),
  );
}
