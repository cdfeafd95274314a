import { createHash } from "node:crypto";
import { audit } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import { renderHeaders } from "../../policy/render.js";
import type { PagePictures } from "../../record/differences.js";
import type { InlineCode } from "../../record/evidence.js";
import { wordFor } from "../../record/proposal.js";
import type { Recording } from "../../record/record.js";
import { type Content, html, htmlText, type Markup } from "../../reports/page/html.js";
import { STYLE } from "../../reports/page/style.js";
import { serviceLines } from "./services.js";
import { countsText } from "./summary.js";
import { outcomeText, type RoutedRecording } from "./unapplied.js";

/** The report of a recording as one HTML file: no script, nothing to load, and a policy that says so. */
export function reportOf(recording: RoutedRecording): string {
  const { proposal, observed, walks, notes } = recording;
  const style = htmlText(STYLE) + MORE_STYLE;
  const csp = `default-src 'none'; img-src data:; style-src '${hash(style)}'; base-uri 'none'; form-action 'none'`;
  const body = html`
<main>
<h1>${outcomeText(recording)}</h1>
<p class="soft">${countsText(recording)}.</p>
${scores(observed, proposal.policy)}
${list("Notes", [...notes, ...proposal.notes])}
${table(
  "The proposal allows",
  ["Directive", "Source", "Why"],
  proposal.allowed.map((one) => [one.directive, html`<code>${one.source}</code>`, [one.why, codeOf(one.code)]]),
)}
${list("Third parties by name", serviceLines(recording))}
${table(
  "To be confirmed",
  ["What", "Pages", "Accept with"],
  proposal.pending.map((one) => [[one.message, codeOf(one.code)], one.pages.join(", "), html`<code>--accept=${wordFor(one)}</code>`]),
)}
${table(
  "To be changed in the site",
  ["What", "Pages"],
  proposal.needed.map((one) => [[one.message, codeOf(one.code)], one.pages.join(", ")]),
)}
${proofOf(recording)}
${pagesOf(recording)}
<h2>The headers of the proposal</h2>
<pre class="text">${Object.entries(renderHeaders(proposal.policy, { nonce: "bm9uY2U=" })).map(([name, value]) => `${name}: ${value}\n`)}</pre>
</main>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width">
<title>Recording of ${htmlText(walks[0].pages[0]?.url)}</title>
<style>${style}</style>
${htmlText(body)}
</html>
`;
}

const MORE_STYLE = `
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: .75rem; margin: .5rem 0 1.5rem; }
figure { margin: 0; } img { width: 100%; height: auto; border: 1px solid var(--line); border-radius: .25rem; } figcaption { color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) {
  .wide table, .wide tbody, .wide tr, .wide td { display: block; width: auto; } .wide thead { position: absolute; left: -100vw; }
  .wide tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } .wide td { border: 0; padding: .125rem 0; min-width: 0; max-width: none; overflow-wrap: anywhere; }
}
td pre { margin: .25rem 0 0; max-height: 12rem; overflow: auto; }
`;

const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

function scores(before: Policy, after: Policy): Markup {
  const [one, other] = [audit(before), audit(after)];
  const known = new Set(one.findings.map(({ rule, path, message }) => `${rule} ${path} ${message}`));
  const fresh = other.findings.filter(({ rule, path, message }) => !known.has(`${rule} ${path} ${message}`));
  return html`
<ul class="cards"><li><b>${one.score.points}</b> points of the observed policy</li><li><b>${other.score.points}</b> points of the proposal</li></ul>
${list(
  "What the audit finds in the proposal and not in the observed policy",
  fresh.map(({ severity, message }) => `${severity}: ${message}`),
)}`;
}

function list(title: string, items: readonly string[]): Content {
  return items.length > 0 && html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function table(title: string, heads: readonly string[], rows: readonly (readonly Content[])[]): Content {
  if (rows.length === 0) return undefined;
  const head = heads.map((one) => html`<th scope="col">${one}</th>`);
  const body = rows.map((cells) => html`<tr>${cells.map((one) => html`<td class="text">${one}</td>`)}</tr>`);
  return html`<h2>${title}</h2><div class="wide" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const LONGEST_CODE = 4_000;

function codeOf(code: InlineCode | undefined): Content {
  return code && html`<pre>${code.text.slice(0, LONGEST_CODE)}${code.text.length > LONGEST_CODE && "…"}</pre>`;
}

function proofOf({ proof }: Recording): Content {
  if (proof === undefined) return html`<h2>With the policy enforced</h2><p>It was not tried.</p>`;
  const blocked = proof.evidence.groups.map(({ directive, blocked, route, count }) => [
    directive,
    html`<code>${blocked}</code>`,
    route,
    count,
  ]);
  const masks = proof.masks.map(({ url, viewport, lines, texts, pixels }) => [
    url,
    viewport,
    [lines, texts.length > 0 && html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`],
    `${(100 * pixels).toFixed(1)} %`,
  ]);
  const album = newAlbum();
  return [
    table("Blocked with the policy enforced", ["Directive", "Blocked", "Route", "Count"], blocked),
    list("Notes on the proof", proof.notes),
    proof.pages.map(
      ({ url, viewport, differences, pictures }) => html`
<h2>${url} (${viewport})</h2>
<ul>${differences.map((one) => html`<li>${one}</li>`)}</ul>
${pictures && comparison(album, pictures)}`,
    ),
    table("Not compared, since it differs between visits", ["Page", "Viewport", "Lines", "Of the picture"], masks),
  ];
}

/** Before, after, and where they differ. */
function comparison(album: Album, { before, after, marked }: PagePictures): Content {
  const figures = album(() => [
    [before, "Before"],
    [after, "With the policy enforced"],
    [marked, "Red differs, blue is not compared"],
  ]);
  return figures === undefined ? html`<p class="soft">Its pictures are left out: the report would be too large.</p>` : inRow(figures);
}

/** The pages of the walk, the first ones with their pictures. */
function pagesOf({ walks }: Recording): Content {
  const [{ pages }] = walks;
  const album = newAlbum();
  const shown = pages.flatMap((page) => {
    const { url, viewport } = page;
    return album(() => (page.picture === undefined ? [] : [[page.picture, `${url} (${viewport})`]])) ?? [];
  });
  return [
    table(
      "The pages of the walk",
      ["Page", "Viewport", "Status", "Title"],
      pages.map(({ url, viewport, status, title }) => [url, viewport, status, title]),
    ),
    shown.length > 0 && html`<h2>What they show</h2>${inRow(shown)}`,
  ];
}

type Picture = readonly [png: Uint8Array, caption: string];

/** Takes the pictures of one page, which it reads only if there is room; undefined where there is none. */
type Album = (read: () => readonly Picture[]) => readonly Markup[] | undefined;

/** Pages with pictures, and the bytes of these: a text of Node has half a billion characters at most, and pages may show photographs. */
const MOST_PICTURES = 20;
const MOST_BYTES = 50_000_000;

function newAlbum(): Album {
  let [pages, bytes] = [0, 0];
  return (read) => {
    if (pages >= MOST_PICTURES || bytes >= MOST_BYTES) return undefined;
    const all = read();
    const size = all.reduce((sum, [png]) => sum + png.length, 0);
    if (bytes + size > MOST_BYTES) return undefined;
    if (size > 0) pages += 1;
    bytes += size;
    return all.map(([png, caption]) => figure(png, caption));
  };
}

const inRow = (figures: readonly Markup[]) => html`<div class="pictures">${figures}</div>`;

function figure(png: Uint8Array, caption: string): Markup {
  const data = Buffer.from(png).toString("base64");
  return html`<figure><img src="data:image/png;base64,${data}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
}
