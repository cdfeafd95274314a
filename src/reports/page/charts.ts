import type { TimelinePoint } from "../stores/store.js";
import { html, type Markup } from "./html.js";

const DAY = 86_400_000;
const DAYS = 31;
const [WIDTH, HEIGHT, TOP, BOTTOM] = [744, 170, 22, 26] as const;
const KINDS = ["enforce", "report", "none"] as const;

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** A bar for each of the last 31 days, in three parts: blocked, observed, and other reports. */
export function timelineChart(points: readonly TimelinePoint[], now: number): Markup {
  const last = now - (now % DAY);
  const days = Array.from({ length: DAYS }, (_, index) => ({ at: last - (DAYS - 1 - index) * DAY, enforce: 0, report: 0, none: 0 }));
  for (const point of points) {
    const day = days[DAYS - 1 - (last - (point.start - (point.start % DAY))) / DAY];
    if (day !== undefined) for (const kind of KINDS) day[kind] += point[kind];
  }
  const most = Math.max(1, ...days.map(({ enforce, report, none }) => enforce + report + none));
  const step = WIDTH / DAYS;
  const scale = (HEIGHT - TOP - BOTTOM) / most;
  const bars = days.map((day, index) => {
    let floor = HEIGHT - BOTTOM;
    const parts = KINDS.map((kind) => {
      const height = day[kind] * scale;
      floor -= height;
      return height > 0 && html`<rect class="${kind}" x="${index * step + 2}" y="${floor}" width="${step - 4}" height="${height}"/>`;
    });
    return html`<g><title>${dayOf(day.at)}: ${day.enforce} blocked, ${day.report} observed, ${day.none} other</title><rect fill="none" pointer-events="all" x="${index * step}" y="0" width="${step}" height="${HEIGHT}"/>${parts}</g>`;
  });
  const labels = [0, 10, 20, DAYS - 1].map((index) => {
    const anchor = index === 0 ? "start" : index === DAYS - 1 ? "end" : "middle";
    const x = index === 0 ? 0 : index === DAYS - 1 ? WIDTH : (index + 0.5) * step;
    return html`<text x="${x}" y="${HEIGHT - 4}" text-anchor="${anchor}">${dayOf((days[index] as { at: number }).at).slice(5)}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Reports by day; maximum ${most}"><line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT - BOTTOM + 0.5}" y2="${HEIGHT - BOTTOM + 0.5}"/><text x="0" y="16">${most}</text>${bars}${labels}</svg>`;
}

/** A bar in a table, relative to the most frequent value. */
export function shareBar(count: number, most: number): Markup {
  const width = Math.max(1, (100 * count) / Math.max(1, most));
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="report" width="${width}" height="10"/></svg>`;
}
