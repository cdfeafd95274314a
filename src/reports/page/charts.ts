import { scaled } from "../learn/sample.js";
import type { TimelinePoint } from "../stores/store.js";
import { html, type Markup } from "./html.js";
import type { Clock } from "./time.js";

const DAY = 86_400_000;
const DAYS = 31;
const [WIDTH, HEIGHT, TOP, BOTTOM] = [744, 130, 22, 26] as const;
const KINDS = ["enforce", "report", "none"] as const;

interface Day {
  readonly name: string;
  enforce: number;
  report: number;
  none: number;
}

/** What the timeline chart shows. */
export interface Timeline {
  readonly points: readonly TimelinePoint[];
  readonly now: number;
  readonly clock: Clock;
  /** The numbers are scaled by it. */
  readonly sample: number | undefined;
}

/** The last 31 days in the clock's zone; an hour belongs to the day in which it starts. */
function daysOf({ points, now, clock: { day: dayOf }, sample }: Timeline): readonly Day[] {
  const today = Date.parse(dayOf(now));
  const names = Array.from({ length: DAYS }, (_, index) => new Date(today - (DAYS - 1 - index) * DAY).toISOString().slice(0, 10));
  const days = new Map(names.map((name): [string, Day] => [name, { name, enforce: 0, report: 0, none: 0 }]));
  for (const point of points) {
    const day = days.get(dayOf(point.start));
    if (day !== undefined) for (const kind of KINDS) day[kind] += point[kind];
  }
  return [...days.values()].map(({ name, enforce, report, none }) => ({
    name,
    enforce: scaled(enforce, sample),
    report: scaled(report, sample),
    none: scaled(none, sample),
  }));
}

/** A bar for each of the last 31 days, in three parts: blocked, observed, and other reports; a sentence where there is none. */
export function timelineChart(timeline: Timeline): Markup {
  const days = daysOf(timeline);
  const most = Math.max(...days.map(({ enforce, report, none }) => enforce + report + none));
  if (most === 0) return html`<p class="soft">No reports in the last ${DAYS} days.</p>`;
  const step = WIDTH / DAYS;
  const scale = (HEIGHT - TOP - BOTTOM) / most;
  const bars = days.map((day, index) => {
    let floor = HEIGHT - BOTTOM;
    const parts = KINDS.map((kind) => {
      const height = day[kind] * scale;
      floor -= height;
      return height > 0 && html`<rect class="${kind}" x="${index * step + 2}" y="${floor}" width="${step - 4}" height="${height}"/>`;
    });
    return html`<g><title>${day.name}: ${day.enforce} blocked, ${day.report} observed, ${day.none} other</title><rect fill="none" pointer-events="all" x="${index * step}" y="0" width="${step}" height="${HEIGHT}"/>${parts}</g>`;
  });
  const labels = [0, 10, 20, DAYS - 1].map((index) => {
    const anchor = index === 0 ? "start" : index === DAYS - 1 ? "end" : "middle";
    const x = index === 0 ? 0 : index === DAYS - 1 ? WIDTH : (index + 0.5) * step;
    return html`<text x="${x}" y="${HEIGHT - 4}" text-anchor="${anchor}">${days[index]?.name.slice(5)}</text>`;
  });
  return html`<p class="keys"><span class="key enforce">blocked</span><span class="key report">observed</span><span class="key none">other</span></p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Reports by day; maximum ${most}"><line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT - BOTTOM + 0.5}" y2="${HEIGHT - BOTTOM + 0.5}"/><text x="0" y="16">${most}</text>${bars}${labels}</svg>`;
}

/** A bar in a table, relative to the most frequent value. */
export function shareBar(count: number, most: number): Markup {
  const width = Math.max(1, (100 * count) / Math.max(1, most));
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="report" width="${width}" height="10"/></svg>`;
}
