import type http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { gzipSync } from "node:zlib";
import connect from "connect";
import express from "express";
import { describe, expect, it, vi } from "vitest";
import { PolicyError } from "../../src/errors.js";
import {
  type CollectReportsOptions,
  collectReports,
  type Group,
  memoryStore,
  type ReportCollector,
  type ReportStore,
} from "../../src/reports/index.js";
import { ask, connect2, EXPRESSES, listen, serve } from "../http/support.js";
import { FIREFOX, legacy, modern, type Post, post } from "./support.js";

const API: Post = { type: "application/reports+json" };

/** A server that collects, and what it counted. */
async function collecting(options: CollectReportsOptions = {}, before: readonly express.RequestHandler[] = []) {
  const reports = collectReports(options);
  const app = express();
  for (const handler of before) app.use(handler);
  app.use("/csp-report", reports);
  return { reports, port: await serve(app) };
}

async function statsOf(reports: ReportCollector) {
  await reports.flush();
  const stats = await reports.store.stats();
  expect(reports.stats()).toMatchObject({ accepted: stats.accepted, shed: stats.shed, noise: stats.noise });
  return stats;
}

const unique = (index: number) => modern({ blockedURL: `https://host${index}.example/` });

describe("an answer", () => {
  it.each([
    ["a report", legacy(), {}],
    ["text that is no JSON", "{", {}],
    ["nothing", "", {}],
    ["a number", "7", {}],
    ["a list in a list", "[[[]]]", {}],
    ["another type", legacy(), { type: "text/plain" }],
    ["a compressed body", gzipSync(JSON.stringify(legacy())), { headers: { "Content-Encoding": "gzip" } }],
  ])("is 204 for %s", async (_what, body, how) => {
    const { port } = await collecting();
    expect((await post(port, body, how)).statusCode).toBe(204);
  });

  it("has no body, and no type", async () => {
    const { port } = await collecting();
    const { headers } = await post(port, legacy());
    expect(headers).not.toHaveProperty("content-type");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each(["GET", "PUT", "DELETE"])("to %s is 405, with the methods that there are", async (method) => {
    const { port } = await collecting();
    const { statusCode, headers } = await post(port, "", { method });
    expect([statusCode, headers.allow]).toEqual([405, "POST, OPTIONS"]);
  });

  it("to another method tells a page of another site nothing", async () => {
    const { port } = await collecting({ hosts: ["site.example"] });
    const { statusCode, headers } = await post(port, "", { method: "GET", headers: { Origin: "https://other.example" } });
    expect([statusCode, headers["access-control-allow-origin"]]).toEqual([405, undefined]);
  });

  it("to another method tells a page of the site", async () => {
    const { port } = await collecting({ hosts: ["site.example"] });
    const { statusCode, headers } = await post(port, "", { method: "GET", headers: { Origin: "https://site.example" } });
    expect([statusCode, headers["access-control-allow-origin"]]).toEqual([405, "https://site.example"]);
  });

  it("to a preflight allows the report", async () => {
    const { port } = await collecting({ hosts: ["other.example"] });
    const headers = {
      Origin: "https://other.example",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
    };
    const answer = await post(port, "", { method: "OPTIONS", headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://other.example",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "Content-Type",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
  });

  it("to a report of another origin says that it was welcome, and keeps Vary", async () => {
    const { port } = await collecting({ hosts: ["other.example"] }, [(_req, res, next) => next(void res.setHeader("Vary", "Accept"))]);
    const { headers } = await post(port, legacy(), { headers: { Origin: "https://other.example" } });
    expect(headers).toMatchObject({ "access-control-allow-origin": "https://other.example", vary: "Accept, Origin" });
  });

  it("comes before the store has answered", async () => {
    const store: ReportStore = { ...memoryStore(), add: () => new Promise(() => undefined) };
    const { port } = await collecting({ store, flushMs: 1 });
    expect((await post(port, legacy())).statusCode).toBe(204);
    expect((await post(port, legacy())).statusCode).toBe(204);
  });

  it("that somebody has given already is left alone", () => {
    const next = vi.fn();
    const res = { headersSent: true, setHeader: vi.fn(), removeHeader: vi.fn(), end: vi.fn() };
    collectReports()({ headers: {}, method: "POST" } as never, res, next);
    expect([res.end, res.setHeader, next].map(({ mock }) => mock.calls)).toEqual([[], [], []]);
  });
});

describe("collects behind", () => {
  describe.each(EXPRESSES)("$version", ({ express: framework }) => {
    it.each([
      ["no parser", []],
      ["a parser of other types", [framework.json()]],
      ["a parser that read it", [framework.json({ type: "application/*" })]],
      ["a parser that left text", [framework.text({ type: "application/*" })]],
      ["a parser that left bytes", [framework.raw({ type: "application/*" })]],
    ])("%s", async (_what, parsers) => {
      const reports = collectReports();
      const app = framework();
      for (const parser of parsers) app.use(parser);
      app.use("/csp-report", reports);
      const port = await serve(app);
      await post(port, legacy());
      expect(await statsOf(reports)).toMatchObject({ accepted: 1 });
    });
  });

  it("Connect", async () => {
    const reports = collectReports();
    const app = connect();
    app.use("/csp-report", reports as unknown as connect.NextHandleFunction);
    await post(await serve(app), legacy());
    expect(await statsOf(reports)).toMatchObject({ accepted: 1 });
  });

  it("node:http, at its path", async () => {
    const reports = collectReports({ path: "/csp-report" });
    const port = await serve((req, res) => reports(req, res, () => res.end("The site.")));
    expect((await post(port, legacy(), { path: "/csp-report?from=page" })).statusCode).toBe(204);
    expect((await ask(port, "/csp-report/more")).body).toBe("The site.");
    expect(await statsOf(reports)).toMatchObject({ accepted: 1 });
  });

  it("node:http2", async () => {
    const reports = collectReports({ path: "/csp-report" });
    const port = await listen(
      http2.createServer((req, res) => reports(req as unknown as http.IncomingMessage, res as unknown as http.ServerResponse)),
    );
    const client = connect2(port);
    const stream = client.request({
      ":method": "POST",
      ":path": "/csp-report",
      ":authority": "site.example",
      "content-type": "application/csp-report",
      "user-agent": FIREFOX,
    });
    stream.end(JSON.stringify(legacy()));
    const status = await new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
    expect(status).toBe(204);
    expect(await statsOf(reports)).toMatchObject({ accepted: 1 });
  });
});

describe("a group", () => {
  it("is told of once", async () => {
    const told: Group[] = [];
    const { reports, port } = await collecting({ onGroup: (group) => told.push(group) });
    await post(port, [unique(1), unique(1), unique(2)], API);
    await reports.flush();
    await post(port, [unique(1)], API);
    await reports.flush();
    expect(told.map(({ blocked, count }) => [blocked, count])).toEqual([
      ["https://host1.example", 2],
      ["https://host2.example", 1],
    ]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("no")) as unknown],
    [
      "rejects",
      () => {
        throw new Error("no");
      },
    ],
  ])("is counted where its listener %s", async (_what, onGroup) => {
    const { reports, port } = await collecting({ onGroup });
    await post(port, legacy());
    expect(await statsOf(reports)).toMatchObject({ accepted: 1 });
  });

  it("has the route that the site's own function gives", async () => {
    const { reports, port } = await collecting({
      route: ({ pathname }) => (pathname === "/page" ? "the page" : (Promise.reject() as never)),
    });
    await post(port, legacy());
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ route: "the page" }]);
  });

  it("has the usual route where that function throws", async () => {
    const { reports, port } = await collecting({
      route: () => {
        throw new Error("no");
      },
    });
    await post(port, legacy());
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ route: "/page" }]);
  });

  it.each([
    ["without control characters", "a\u0000b\n", "ab"],
    ["without line separators", "a\u2028b", "a\ufffdb"],
    ["of at most 200 characters", "a".repeat(201), "a".repeat(200)],
    ["without half a character at its end", `${"a".repeat(199)}\u{1f600}`, `${"a".repeat(199)}\ufffd`],
  ])("has the route that the site's function returns, %s", async (_what, returned, route) => {
    const { reports, port } = await collecting({ route: () => returned });
    await post(port, legacy());
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ route }]);
  });

  it("counts its clients without keeping an address", async () => {
    const { reports, port } = await collecting();
    for (const from of ["127.0.0.2", "127.0.0.3", "127.0.0.2"]) await post(port, legacy(), { from });
    await reports.flush();
    const groups = await reports.store.groups();
    expect(groups).toMatchObject([{ count: 3, clients: 2 }]);
    expect(JSON.stringify(groups)).not.toContain("127.0.0");
  });

  it("counts the clients that a trusted proxy names", async () => {
    const reports = collectReports();
    const app = express().set("trust proxy", true).use("/csp-report", reports);
    const port = await serve(app);
    for (const client of ["203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]) {
      await post(port, legacy(), { headers: { "X-Forwarded-For": client } });
    }
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ count: 5, clients: 4 }]);
  });

  it("believes no proxy that is not trusted", async () => {
    const { reports, port } = await collecting();
    for (const client of ["203.0.113.1", "203.0.113.2"]) await post(port, legacy(), { headers: { "X-Forwarded-For": client } });
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ count: 2, clients: 1 }]);
  });

  it("counts the clients that a function names", async () => {
    const { reports, port } = await collecting({ address: ({ headers }) => String(headers["x-client"]) });
    for (const client of ["a", "b"]) await post(port, legacy(), { headers: { "X-Client": client } });
    await reports.flush();
    expect(await reports.store.groups()).toMatchObject([{ count: 2, clients: 2 }]);
  });
});

describe("what is not counted is counted as", () => {
  it.each<[string, unknown, Post]>([
    ["content-type", legacy(), { type: "text/plain" }],
    ["content-type", legacy(), { type: "application/jsonp" }],
    ["encoded", gzipSync(JSON.stringify(legacy())), { headers: { "Content-Encoding": "gzip" } }],
    ["too-large", "x".repeat(262_145), {}],
    ["no-json", "{", {}],
    ["no-json", "", {}],
    ["no-json", "null", {}],
    ["no-json", '"csp-report"', {}],
    ["no-report", "{}", {}],
    ["no-report", '{"csp-report":[]}', {}],
    ["no-report", '{"csp-report":{"__proto__":{"effective-directive":"img-src"}}}', {}],
    ["no-report", legacy({ "effective-directive": "<script>", "violated-directive": "<script>" }), {}],
    ["no-report", legacy({ "document-uri": ["https://site.example/"] }), {}],
    ["no-report", [modern({}, { type: { toString: "csp-violation" } })], API],
    ["unknown-type", [modern({}, { type: "__proto__" })], API],
    ["unknown-type", [modern({}, { type: "constructor" })], API],
    ["other-host", legacy({ "document-uri": "https://other.example/" }), {}],
    ["other-host", legacy({ "document-uri": "https://site.example.evil.example/" }), {}],
    ["other-host", legacy({ "document-uri": "https://site.example@evil.example/" }), {}],
  ])("%s", async (cause, body, how) => {
    const { reports, port } = await collecting();
    await post(port, body, how);
    const { accepted, noise, shed } = await statsOf(reports);
    expect({ accepted, noise, ...Object.fromEntries(Object.entries(shed).filter(([, count]) => count > 0)) }).toEqual({
      accepted: 0,
      noise: 0,
      [cause]: 1,
    });
  });

  it("too-large, but not where the body has just the length that is allowed", async () => {
    const body = JSON.stringify(legacy());
    const { reports, port } = await collecting({ limits: { bodyBytes: body.length } });
    await post(port, body);
    await post(port, `${body} `);
    expect(await statsOf(reports)).toMatchObject({ accepted: 1, shed: { "too-large": 1 } });
  });

  it("encoded, but not where the encoding is none", async () => {
    const { reports, port } = await collecting();
    await post(port, legacy(), { headers: { "Content-Encoding": "Identity" } });
    expect(await statsOf(reports)).toMatchObject({ accepted: 1, shed: { encoded: 0 } });
  });

  it("too-large, where no length was announced", async () => {
    const { reports, port } = await collecting({ limits: { bodyBytes: 1_000 } });
    const answer = await post(port, JSON.stringify(legacy({ "original-policy": "x".repeat(2_000) })), {
      headers: { "Transfer-Encoding": "chunked" },
    });
    expect(answer.statusCode).toBe(204);
    expect(await statsOf(reports)).toMatchObject({ accepted: 0, shed: { "too-large": 1 } });
  });

  it("too-many, beyond 200 of a request", async () => {
    const { reports, port } = await collecting();
    await post(
      port,
      Array.from({ length: 203 }, () => ({ ...modern(), body: { ...modern().body, originalPolicy: "" } })),
      API,
    );
    expect(await statsOf(reports)).toMatchObject({ accepted: 200, shed: { "too-many": 3 } });
  });

  it("new-groups, beyond 10 of a request", async () => {
    const { reports, port } = await collecting();
    await post(port, [...Array.from({ length: 12 }, (_, index) => unique(index)), unique(0)], API);
    expect(await statsOf(reports)).toMatchObject({ accepted: 11, shed: { "new-groups": 2 } });
    await post(port, [unique(0), unique(10), unique(11)], API);
    expect(await statsOf(reports)).toMatchObject({ accepted: 14, shed: { "new-groups": 2 } });
  });

  it("over-rate, for an address that sends too much, and nobody else", async () => {
    const { reports, port } = await collecting({ limits: { addressBurst: 3, addressPerSecond: 1 } });
    await post(
      port,
      Array.from({ length: 9 }, () => modern()),
      { ...API, from: "127.0.0.2" },
    );
    await post(port, legacy(), { from: "127.0.0.3" });
    const { accepted, shed } = await statsOf(reports);
    expect(accepted + shed["over-rate"]).toBe(10);
    expect([4, 5]).toContain(accepted);
  });

  it("over-rate, where all together send too much", async () => {
    const { reports, port } = await collecting({ limits: { burst: 2, perSecond: 1 } });
    for (const from of ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]) await post(port, legacy(), { from });
    const { accepted, shed } = await statsOf(reports);
    expect(accepted + shed["over-rate"]).toBe(4);
    expect([2, 3]).toContain(accepted);
  });

  it("slow, and the connection goes", async () => {
    const { reports, port } = await collecting({ limits: { bodyMs: 50 } });
    const socket = net.connect(port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.on("close", resolve));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    socket.write("POST /csp-report HTTP/1.1\r\nHost: site.example\r\nContent-Type: application/csp-report\r\nContent-Length: 100\r\n\r\n{");
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(await statsOf(reports)).toMatchObject({ shed: { slow: 1 } });
  });

  it("broken-off, where the client hangs up", async () => {
    const { reports, port } = await collecting();
    const socket = net.connect(port, "127.0.0.1");
    socket.write(
      "POST /csp-report HTTP/1.1\r\nHost: site.example\r\nContent-Type: application/csp-report\r\nContent-Length: 100\r\n\r\n{",
      () => setTimeout(() => socket.destroy(), 50),
    );
    await vi.waitFor(async () => expect((await statsOf(reports)).shed["broken-off"]).toBe(1));
  });

  it("busy, where too many bytes are in flight, and what is in flight is counted", async () => {
    let asked = 0;
    // A quarter is one address's: three open requests of 4096 bytes each, and room for what they send; not for a fourth.
    const { reports, port } = await collecting({ limits: { inFlightBytes: 4 * 15_000 } }, [
      (_req, _res, next) => {
        asked += 1;
        next();
      },
    ]);
    const sockets = Array.from({ length: 3 }, () => net.connect(port, "127.0.0.1"));
    const body = JSON.stringify(legacy());
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.write(
        `POST /csp-report HTTP/1.1\r\nHost: site.example\r\nContent-Type: application/csp-report\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
    }
    await vi.waitFor(() => expect(asked).toBe(3));
    await post(port, body);
    await vi.waitFor(() => expect(reports.stats().shed.busy).toBe(1));
    await post(port, legacy({ "blocked-uri": "inline" }), { from: "127.0.0.2" });
    expect(await statsOf(reports)).toMatchObject({ accepted: 1, shed: { busy: 1 } });
    for (const socket of sockets) socket.write(body);
    await vi.waitFor(async () => expect(await statsOf(reports)).toMatchObject({ accepted: 4, shed: { busy: 1 } }));
    await post(port, body);
    expect(await statsOf(reports)).toMatchObject({ accepted: 5, shed: { busy: 1 } });
    for (const socket of sockets) socket.destroy();
  });
});

describe("hosts", () => {
  const from = async (document: string, hosts: readonly string[] | undefined) => {
    const { reports, port } = await collecting({ hosts });
    await post(port, legacy({ "document-uri": document }));
    return (await statsOf(reports)).accepted;
  };

  it.each([
    ["https://site.example:8443/page", undefined, 1],
    ["https://www.site.example/", undefined, 0],
    ["https://www.site.example/", ["*.site.example"], 1],
    ["https://site.example/", ["*.site.example"], 0],
    ["https://SITE.example/", ["Site.Example"], 1],
    ["https://evilsite.example/", ["*.site.example", "site.example"], 0],
    ["http://[::1]:3000/", ["[::1]"], 1],
  ])("a report on %s, hosts %j", async (document, hosts, accepted) => {
    expect(await from(document, hosts)).toBe(accepted);
  });
});

describe("the store", () => {
  /** A store that is away for as long as it is told so. */
  function unsteady() {
    const inner = memoryStore({ maxGroups: 5_000 });
    const state = { away: true, tries: 0 };
    const store: ReportStore = {
      ...inner,
      async add(batch) {
        state.tries += 1;
        if (state.away) throw new Error("away");
        return inner.add(batch);
      },
    };
    return { inner, store, state };
  }

  it("that is away gets all of it when it is back", async () => {
    const { inner, store, state } = unsteady();
    const { reports, port } = await collecting({ store, flushMs: 5 });
    for (let time = 0; time < 3; time += 1) await post(port, legacy());
    await vi.waitFor(() => expect(state.tries).toBeGreaterThan(1));
    await expect(reports.flush()).rejects.toThrow("away");
    await post(port, legacy());
    state.away = false;
    await vi.waitFor(async () => expect(await inner.stats()).toMatchObject({ accepted: 4 }));
    expect(await inner.groups()).toMatchObject([{ count: 4 }]);
  });

  it("that is away for long costs new groups, which are counted; what is known goes on", async () => {
    const { inner, store, state } = unsteady();
    const { reports, port } = await collecting({
      store,
      flushMs: 5,
      limits: { newGroups: 200, addressNewGroups: 9_999, addressBurst: 9_999 },
    });
    await post(port, [unique(0)], API);
    await vi.waitFor(() => expect(state.tries).toBeGreaterThan(1));
    for (let part = 0; part < 11; part += 1)
      await post(
        port,
        Array.from({ length: 100 }, (_, index) => unique(part * 100 + index)),
        API,
      );
    await vi.waitFor(() => expect(reports.stats()).toMatchObject({ accepted: 1_001, shed: { "store-away": 100 } }));
    await post(port, [unique(7)], API);
    state.away = false;
    await reports.flush();
    expect(await inner.stats()).toMatchObject({ accepted: 1_002, shed: { "store-away": 100 } });
    expect(await inner.groups({ limit: 2 })).toMatchObject([{ count: 2 }, { count: 2 }]);
  });

  it("whose answer got lost counts nothing twice", async () => {
    const inner = memoryStore();
    let isLost = true;
    const store: ReportStore = {
      ...inner,
      async add(batch) {
        const written = await inner.add(structuredClone(batch));
        if (isLost) throw new Error("connection lost");
        return written;
      },
    };
    const { reports, port } = await collecting({ store, flushMs: 5 });
    await post(port, legacy());
    await vi.waitFor(async () => expect(await inner.stats()).toMatchObject({ accepted: 1 }));
    isLost = false;
    await reports.flush();
    expect(await inner.stats()).toMatchObject({ accepted: 1 });
    expect(await inner.groups()).toMatchObject([{ count: 1 }]);
  });

  it("that comes back without what it had is found out", async () => {
    let inner = memoryStore();
    const store: ReportStore = { ...inner, add: (batch) => inner.add(batch), stats: () => inner.stats() };
    const { reports, port } = await collecting({ store });
    await post(port, [modern(), modern()], API);
    await reports.flush();
    inner = memoryStore();
    await post(port, legacy());
    await reports.flush();
    await post(port, legacy());
    await reports.flush();
    expect(await inner.stats()).toMatchObject({ accepted: 2, shed: { "store-lost": 2 } });
  });
});

describe("options", () => {
  it("are checked at boot, all mistakes at once", () => {
    const boot = () => collectReports({ hosts: ["https://site.example"], flushMs: 0, path: "csp-report", onGruop: 1 } as never);
    expect(boot).toThrow(PolicyError);
    expect(boot).toThrow(
      [
        "4 mistakes:",
        '  collectReports.hosts[0]: "https://site.example" is not a host name. Write a list of names without scheme and port, such as ["example.com", "*.example.com"], in Punycode where they are not ASCII.',
        "  collectReports.flushMs: 0 is not a whole number from 1 to 60000. Write milliseconds, from 1 to 60000.",
        '  collectReports.path: "csp-report" is not a path. Write a path without a query, such as "/csp-report".',
        '  collectReports.onGruop: unknown option. Did you mean "onGroup"?',
      ].join("\n"),
    );
  });

  it("name the limit that is wrong", () => {
    expect(() => collectReports({ limits: { bodyBytes: 1.5, report: 3 } as never })).toThrow(
      [
        "2 mistakes:",
        "  collectReports.limits.bodyBytes: 1.5 is not a whole number of 1 or more. Write a whole number of 1 or more.",
        '  collectReports.limits.report: unknown option. Did you mean "reports"?',
      ].join("\n"),
    );
  });

  it.each([["site.example:8080"], [""], ["site.example/"], ["*."], ["a b"]])("refuse %j as a host", (host) => {
    expect(() => collectReports({ hosts: [host] })).toThrow("collectReports.hosts");
  });

  it("are not a request", () => {
    expect(() => (collectReports as (...args: unknown[]) => unknown)({ headers: {} }, { setHeader() {} })).toThrow(
      "collectReports: was mounted without being called, and received a request. Write app.use(collectReports()).",
    );
  });
});
