// A process that collects reports of which only a small part is kept; bundled by retention.test.ts, which runs it with --expose-gc.

import type { CollectReportsOptions } from "../../src/reports/collector/options.js";
import { collectReports } from "../../src/reports/collector.js";

const MUCH = 10_000_000;
const limits = { burst: MUCH, perSecond: MUCH, addressBurst: MUCH, addressPerSecond: MUCH, addressNewGroups: MUCH, inFlightBytes: MUCH };
const collectGarbage = globalThis.gc as () => void;

/** Two bytes for each of 100,000 characters; 100 of them are 20 MB. */
const LONG = `\u4e00${"x".repeat(100_000)}`;
/** So much as a URL may have; as part of one each of these characters becomes nine. */
const QUERY = `?${"\u4e00".repeat(1_900)}`;
const number = (index: number) => String(index).padStart(16, "0");

interface Case {
  readonly reports: number;
  /** Of `csp-report`. */
  readonly fields: (index: number) => Readonly<Record<string, unknown>>;
  /** Instead of it, or beside it. */
  readonly entry?: (index: number) => Readonly<Record<string, unknown>>;
  readonly options?: CollectReportsOptions;
  readonly forwarded?: (index: number) => string;
}

/** What differs in each report, with what is not kept behind it. */
const CASES: Readonly<Record<string, Case>> = {
  directives: {
    reports: 100,
    fields: () => ({}),
    entry: (index) => ({ type: "deprecation", body: { id: `Old-${number(index)} ${LONG}` } }),
  },
  samples: {
    reports: 100,
    fields: (index) => ({ "violated-directive": group(index), "script-sample": `${number(index % 5)}${LONG}` }),
  },
  urls: { reports: 2_000, fields: (index) => ({ "violated-directive": group(index), "blocked-uri": `${page(index)}${QUERY}` }) },
  pages: { reports: 2_000, fields: (index) => ({ "violated-directive": group(index), "document-uri": `${page(index)}${QUERY}` }) },
  files: { reports: 2_000, fields: (index) => ({ "violated-directive": group(index), "source-file": `${page(index)}${QUERY}` }) },
  routes: {
    reports: 100,
    fields: (index) => ({ "document-uri": page(index) }),
    options: { route: ({ pathname }) => `${pathname}${LONG}` },
  },
  browsers: { reports: 120, fields: () => ({}), entry: (index) => ({ user_agent: `Firefox/${number(index)}${LONG}` }) },
  policies: { reports: 120, fields: (index) => ({ "original-policy": `img-src https://${number(index)}.example; ${LONG}` }) },
  addresses: {
    reports: 2_000,
    fields: () => ({}),
    options: { address: (req) => String((req.headers as Record<string, unknown>)["x-forwarded-for"]).split(",", 1)[0] as string },
    forwarded: (index) => `100.100.${100 + Math.floor(index / 100)}.${100 + (index % 100)},${"x".repeat(15_000)}`,
  },
};

/** Ten reports of one group. */
function group(index: number): string {
  return `img-src-${number(Math.floor(index / 10))}`;
}

function page(index: number): string {
  return `https://site.example/p/${number(index)}`;
}

function heap(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Bytes that a collector keeps of the reports of a case, and how many it has counted. */
async function kept({ reports, fields, entry, options, forwarded }: Case): Promise<{ bytes: number; accepted: number }> {
  const collector = collectReports({ hosts: ["site.example"], flushMs: 60_000, limits, ...options });
  const before = heap();
  for (let index = 0; index < reports; index += 1) {
    const legacy = {
      "document-uri": "https://site.example/",
      "violated-directive": "img-src",
      "blocked-uri": "https://img.example/",
      ...fields(index),
    };
    const more = entry?.(index) ?? {};
    const body = JSON.stringify({ url: "https://site.example/", ...("type" in more ? {} : { "csp-report": legacy }), ...more });
    const address = forwarded?.(index) ?? "192.0.2.1";
    const headers = { "content-type": "application/csp-report", host: "site.example", "x-forwarded-for": Buffer.from(address).toString() };
    const res = { headersSent: false, setHeader: () => undefined, removeHeader: () => undefined, end: () => undefined };
    (collector as (req: unknown, res: unknown) => void)({ method: "POST", readableEnded: true, body, headers }, res);
    if (index % 20 === 0) await collector.flush();
  }
  await collector.flush();
  const bytes = heap() - before;
  return { bytes, accepted: collector.stats().accepted };
}

const all: Record<string, unknown> = {};
for (const [name, one] of Object.entries(CASES)) all[name] = await kept(one);
process.stdout.write(JSON.stringify(all));
