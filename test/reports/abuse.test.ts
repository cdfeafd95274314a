import http from "node:http";
import net from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { collectReports, type Group, memoryStore, type ReportCollector } from "../../src/reports/index.js";
import { serve } from "../http/support.js";
import { legacy, modern, type Post, post } from "./support.js";

const API: Post = { type: "application/reports+json", from: "127.0.0.2" };
const HONEST: Post = { from: "127.0.0.9" };
const MUCH = 10_000_000;
const UNLIMITED = { burst: MUCH, perSecond: MUCH, addressBurst: MUCH, addressPerSecond: MUCH, addressNewGroups: MUCH };

const HTML = "<img src=x onerror=alert(1)>\"'`</script>&lt;";
const UNICODE = "\u0000\u001b[31m\u2028\u202e\ud800\udfff\ufeff\u{1f600}é";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let serial = 0;
const next = () => {
  serial += 1;
  return serial;
};

/** Whatever may come in one entry: 11 kinds, each different every time. */
const ENTRIES: readonly (() => unknown)[] = [
  () => modern({ blockedURL: `https://h${next()}.example/` }),
  () => modern({ documentURL: `https://site.example/${next()}x/${"a/".repeat(300)}`, originalPolicy: `img-src h${next()}.example` }),
  () => modern({ effectiveDirective: `d-${next()}`, sample: HTML, sourceFile: `https://site.example/${HTML}${next()}`, blockedURL: HTML }),
  () => modern({ blockedURL: `https://${UNICODE}${next()}.example/${UNICODE}`, sample: UNICODE, originalPolicy: UNICODE.repeat(9) }),
  () =>
    JSON.parse(
      `{"type":"csp-violation","__proto__":{"polluted":1},"body":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`,
    ),
  () => modern({ blockedURL: { toString: 1 }, effectiveDirective: ["img-src"], originalPolicy: next(), lineNumber: {}, disposition: [] }),
  () => modern({}, { type: `type-${next()}`, user_agent: { a: 1 }, url: 7 }),
  () =>
    modern({}, { user_agent: `Firefox/${next() % 1000} ${HTML.repeat(8)}`, body: { ...modern().body, blockedURL: `x${next()}:${HTML}` } }),
  () => modern({ documentURL: "https://evil.example/", blockedURL: `https://h${next()}.example/` }),
  () => [null, [], 7, "x", true, {}, [[]]][next() % 7],
  () =>
    modern({
      lineNumber: 1e308,
      columnNumber: -1,
      sourceFile: `https://site.example/${next()}.js`,
      blockedURL: `https://c${next()}.example/${"b".repeat(900)}`,
    }),
];

const batch = () => Array.from({ length: 200 }, (_, index) => ENTRIES[index % ENTRIES.length]?.());

/** Whole requests that are no batch at all. */
const REQUESTS: readonly (() => [body: string | Uint8Array, how: Post])[] = [
  () => ["x".repeat(300_000), API],
  () => ["[".repeat(200_000), API],
  () => [`${'{"body":'.repeat(20_000)}1${"}".repeat(20_000)}`, API],
  () => [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, API],
  () => [gzipSync("[".repeat(10_000_000)), { ...API, headers: { "Content-Encoding": "gzip" } }],
  () => [JSON.stringify(batch()), { ...API, type: "text/plain" }],
  () => [Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256), API],
];

function slowBody(port: number): void {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  socket.write("POST /csp-report HTTP/1.1\r\nHost: site.example\r\nContent-Type: application/csp-report\r\nContent-Length: 9999\r\n\r\n[");
}

/** A refused body may meet a connection that is closed by then; any answer that comes is 204. */
async function statusOf(port: number, body: unknown, how: Post): Promise<number | undefined> {
  return post(port, body, how).then(
    ({ statusCode }) => statusCode,
    () => 204,
  );
}

async function attack(port: number, batches: number, agent: http.Agent, flush: () => Promise<void>): Promise<Set<number | undefined>> {
  const statuses = new Set<number | undefined>();
  let left = batches;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const isRound = left % 20 === 0;
      statuses.add((await post(port, batch(), { ...API, agent })).statusCode);
      // Faster than they are parsed, they would be shed as "busy", and nobody could say how many reports that were.
      if (left % 4 === 0) await flush();
      if (isRound) {
        statuses.add((await post(port, legacy(), HONEST)).statusCode);
        slowBody(port);
        for (const make of REQUESTS) statuses.add(await statusOf(port, ...make()));
      }
    }
  };
  await Promise.all([lane(), lane()]);
  return statuses;
}

const textsOf = (group: Group) => JSON.stringify(group, (_key, value) => value).length;

describe("200,000 hostile reports", { timeout: 240_000 }, () => {
  let reports: ReportCollector;
  let groups: readonly Group[];
  let statuses: Set<number | undefined>;
  let grown = 0;

  it("are all answered with 204", async () => {
    reports = collectReports({ hosts: ["site.example"], flushMs: 50, limits: UNLIMITED });
    const port = await serve(express().use("/csp-report", reports));
    const agent = new http.Agent({ keepAlive: true, localAddress: "127.0.0.2", maxSockets: 2 });
    onTestFinished(() => agent.destroy());
    // What the first requests leave in the process belongs to no report.
    await attack(port, 20, agent, reports.flush);
    await reports.flush();
    const before = heap();
    statuses = await attack(port, 980, agent, reports.flush);
    await reports.flush();
    grown = heap() - before;
    groups = await reports.store.groups();
    expect(statuses).toEqual(new Set([204]));
  });

  it("leave less behind than 16 MB", () => expect(grown).toBeLessThan(16_000_000));

  it("leave a bounded number of groups, each of bounded size", () => {
    expect(groups.length).toBeLessThanOrEqual(1_000);
    expect(Math.max(...groups.map(textsOf))).toBeLessThan(20_000);
  });

  it("hide no honest one", () => {
    const honest = groups.find(({ blocked, route }) => blocked === "https://cdn.example" && route === "/page");
    expect(honest?.count).toBeGreaterThanOrEqual(50);
    expect(honest?.browsers).toContainEqual({ value: "Firefox 145", count: 50 });
  });

  it("are all accounted for", async () => {
    const { accepted, noise, evicted, shed } = await reports.store.stats();
    const {
      "too-large": tooLarge,
      encoded,
      "content-type": type,
      "no-json": noJson,
      slow,
      "broken-off": broken,
      busy,
      ...ofReports
    } = shed;
    const counted = accepted + noise + Object.values(ofReports).reduce((sum, count) => sum + count, 0);
    // And from each of the 50 rounds of other requests the honest one, and a list in a list and an object that are no report.
    expect(counted).toBe(200_000 + 50 + 2 * 50);
    expect([tooLarge, encoded, type, noJson, busy]).toEqual([50, 50, 50, 2 * 50, 0]);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(accepted - evicted);
  });

  it("leave no control character, no half of a pair and no trace in any prototype", () => {
    expect(JSON.stringify(groups)).not.toMatch(/\\u00[01]|\\ud[89a-f]|\u2028/i);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

it("a flood that is faster than it is parsed is shed, and hides no honest report", { timeout: 60_000 }, async () => {
  // Room for three of these bodies from one address.
  const reports = collectReports({ hosts: ["site.example"], limits: { ...UNLIMITED, inFlightBytes: 4 * 400_000 } });
  const port = await serve(express().use("/csp-report", reports));
  const bodies = JSON.stringify(batch());
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([...Array.from({ length: 30 }, () => post(port, bodies, API)), post(port, legacy(), HONEST)]);
  }
  await reports.flush();
  const [honest] = await reports.store.groups({ blocked: "https://cdn.example", directive: "img-src", route: "/page" });
  expect(honest?.browsers).toEqual([{ value: "Firefox 145", count: 10 }]);
  expect(reports.stats().shed.busy).toBeGreaterThan(0);
});

it("a flood from one address leaves the rest of the world its share", async () => {
  const reports = collectReports({ hosts: ["site.example"] });
  const port = await serve(express().use("/csp-report", reports));
  for (let time = 0; time < 100; time += 1) {
    await post(port, batch(), API);
    await post(port, legacy(), HONEST);
  }
  await reports.flush();
  const [honest] = await reports.store.groups({ blocked: "https://cdn.example", directive: "img-src", route: "/page" });
  expect(honest?.browsers.find(({ value }) => value === "Firefox 145")?.count).toBe(100);
  const { shed } = await reports.store.stats();
  // Two batches and a half are the address's share; of the rest hardly anything is even read.
  expect(shed["over-rate"]).toBeGreaterThan(150);
});

describe("one address against a full store", () => {
  const LISTED = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => modern({ blockedURL: `https://n${from + index}.example/` }));
  const visitor = (name: string): Post => ({ ...API, headers: { "X-Client": name } });

  async function collecting(maxGroups: number) {
    const limits = { ...UNLIMITED, newGroups: 200, addressNewGroups: 200 };
    const address = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) => String(headers["x-client"]);
    const reports = collectReports({ hosts: ["site.example"], store: memoryStore({ maxGroups }), limits, address });
    return { reports, port: await serve(express().use("/csp-report", reports)) };
  }

  it("evicts none of the groups that thirty visitors saw", async () => {
    const { reports, port } = await collecting(100);
    for (let client = 0; client < 30; client += 1) await post(port, LISTED(0, 50), visitor(`v${client}`));
    await reports.flush();
    for (let round = 0; round < 40; round += 1) await post(port, LISTED(1_000, 1_100), visitor("attacker"));
    await reports.flush();
    const kept = await reports.store.groups();
    expect(kept.filter(({ clients }) => clients === 30)).toHaveLength(50);
  });

  it("opens no more than 200 groups an hour", async () => {
    const { reports, port } = await collecting(1_000);
    for (let part = 0; part < 3; part += 1) await post(port, LISTED(part * 100, part * 100 + 100), visitor("attacker"));
    await post(port, LISTED(500, 501), visitor("visitor"));
    await reports.flush();
    expect(await reports.store.groups()).toHaveLength(201);
    expect(reports.stats().shed["new-groups"]).toBe(100);
  });
});
