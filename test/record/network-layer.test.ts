import type { Browser } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BodyLimits } from "../../src/record/body.js";
import { type NetworkListener, type RequestHeaders, type Served, watchNetwork } from "../../src/record/network.js";
import { newRecorder } from "../../src/record/run.js";
import type { Report } from "../../src/reports/parse.js";
import { type FakeProtocol, fakeProtocol, type PausedEvent } from "./fake-protocol.js";
import { optionsOf } from "./proving.js";

const SITE = "https://site.example";

/** A network layer that adds one header, and what it was called with. */
async function watched(listener: Partial<NetworkListener> = {}, sent: RequestHeaders = { origins: [], headers: {} }, limits?: BodyLimits) {
  const protocol = fakeProtocol();
  const [served, reports, skipped, cut]: [Served[], [Report, string][], string[], string[]] = [[], [], [], []];
  const network = await watchNetwork(
    protocol.browser,
    {
      headersFor(one) {
        served.push(one);
        return [...one.headers, { name: "X-Added", value: "1" }];
      },
      onReport: (report, address) => void reports.push([report, address]),
      onSkipped: (url, why) => void skipped.push(`${url} ${why}`),
      onCut: (url, why) => void cut.push(`${url} ${why}`),
      ...listener,
    },
    sent,
    limits,
  );
  onTestFinished(() => network.close());
  return { ...protocol, network, served, reports, skipped, cut };
}

/** A response that the browser has paused. */
const response = (more: Partial<PausedEvent> = {}): PausedEvent => ({
  frameId: "frame",
  request: { url: `${SITE}/`, headers: {} },
  resourceType: "Document",
  responseStatusCode: 200,
  responseHeaders: [{ name: "Content-Type", value: "text/html" }],
  ...more,
});

/** A request that the browser has paused. */
const request = (url: string, headers: Readonly<Record<string, string>> = {}): PausedEvent => ({
  frameId: "frame",
  request: { url, headers },
  resourceType: "Document",
});

const script = (url: string, more: Partial<PausedEvent> = {}) =>
  response({ request: { url, headers: {} }, resourceType: "Script", responseHeaders: [], ...more });

describe("the headers of requests", () => {
  const TOKEN = { origins: ["https://*.site.example"], headers: { Authorization: "Bearer new" } };

  it("go to their own origin", async () => {
    const { pause } = await watched({}, TOKEN);
    expect(await pause(request("https://*.site.example/", { Accept: "text/html" }))).toEqual([
      "Fetch.continueRequest",
      {
        headers: [
          { name: "Accept", value: "text/html" },
          { name: "Authorization", value: "Bearer new" },
        ],
      },
    ]);
  });

  it("do not go to another origin that the browser's pattern matches", async () => {
    const { pause } = await watched({}, TOKEN);
    expect(await pause(request("https://evil.example/.site.example/"))).toEqual(["Fetch.continueRequest", {}]);
  });

  it.each(["authorization", "AUTHORIZATION"])("replace those of the same name: %s", async (name) => {
    const { pause } = await watched({}, { origins: [SITE], headers: { Authorization: "Bearer new" } });
    const [, sent] = await pause(request(`${SITE}/`, { [name]: "Basic old" }));
    expect(sent).toEqual({ headers: [{ name: "Authorization", value: "Bearer new" }] });
  });

  it("are not added to a request that has failed", async () => {
    const { pause } = await watched({}, { origins: [SITE], headers: { Authorization: "Bearer new" } });
    expect(await pause({ ...request(`${SITE}/`), responseErrorReason: "Failed" })).toEqual(["Fetch.continueRequest", {}]);
  });
});

describe("what is sent to the address for reports", () => {
  const BODY = {
    "csp-report": { "document-uri": `${SITE}/`, "effective-directive": "img-src", "blocked-uri": "https://img.example/a.png" },
  };
  const sending = (postData: string | undefined, resourceType = "CSPViolationReport") => ({
    postData,
    resourceType,
  });

  async function reportsOf({ postData, resourceType }: ReturnType<typeof sending>) {
    const { pause, network, reports } = await watched();
    const url = `${network.reportUri}7/`;
    const answer = await pause({ frameId: "", request: { url, headers: {}, ...(postData !== undefined && { postData }) }, resourceType });
    return { answer, reports: reports.map(([report, address]) => [report.blocked, address === url]) };
  }

  it("is a report where the browser itself sends it", async () => {
    expect(await reportsOf(sending(JSON.stringify(BODY)))).toEqual({
      answer: ["Fetch.fulfillRequest", { responseCode: 204 }],
      reports: [["https://img.example/a.png", true]],
    });
  });

  it.each(["Fetch", "XHR", "Ping", "Other", "Document"])("is no report where a page sends it: %s", async (type) => {
    expect(await reportsOf(sending(JSON.stringify(BODY), type))).toEqual({
      answer: ["Fetch.fulfillRequest", { responseCode: 204 }],
      reports: [],
    });
  });

  it.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no members", '{"csp-report": {}}'],
    ["a directive that is a list", '{"csp-report": {"document-uri": "https://site.example/", "effective-directive": ["img-src"]}}'],
    ["a report of another type", '{"type": "toString", "url": "https://site.example/", "body": {}}'],
  ])("is no report where its body has %s", async (_, body) => {
    expect(await reportsOf(sending(body))).toEqual({ answer: ["Fetch.fulfillRequest", { responseCode: 204 }], reports: [] });
  });
});

describe("a document", () => {
  it("is answered with its own headers and those that are added, without those of its encoding", async () => {
    const headers = [
      { name: "content-type", value: "text/html" },
      { name: "Content-Encoding", value: "br" },
      { name: "content-length", value: "3" },
      { name: "Transfer-Encoding", value: "chunked" },
    ];
    const { pause, bodies, served } = await watched();
    bodies.push("hello");
    expect(await pause(response({ responseHeaders: headers, responseStatusCode: 203 }))).toEqual([
      "Fetch.fulfillRequest",
      {
        responseCode: 203,
        responseHeaders: [
          { name: "content-type", value: "text/html" },
          { name: "X-Added", value: "1" },
        ],
        body: "aGVsbG8=",
      },
    ]);
    expect(served).toEqual([{ url: `${SITE}/`, kind: "document", status: 203, headers, html: "hello" }]);
  });

  it("that is not HTML has no text", async () => {
    const { pause, bodies, served } = await watched();
    bodies.push("%PDF");
    await pause(response({ responseHeaders: [{ name: "Content-Type", value: "application/pdf" }] }));
    expect(served.map(({ kind, html }) => [kind, html])).toEqual([["document", ""]]);
  });

  it.each<[string, Partial<PausedEvent>]>([
    ["a redirect", { responseStatusCode: 302 }],
    ["an empty response", { responseStatusCode: 204 }],
    ["a response that did not change", { responseStatusCode: 304 }],
    ["a download", { responseHeaders: [{ name: "Content-Disposition", value: "attachment" }] }],
    ["a request that failed", { responseStatusCode: undefined, responseErrorReason: "Failed" }],
  ])("is not %s", async (_, more) => {
    const { pause, served } = await watched();
    expect([await pause(response(more)), served]).toEqual([["Fetch.continueRequest", {}], []]);
  });

  it("of another origin than the site's own keeps its headers", async () => {
    const { pause, served } = await watched({ isOwn: (url) => url.startsWith(SITE) });
    const other = response({ request: { url: "https://ad.example/", headers: {} } });
    expect([await pause(other), served]).toEqual([["Fetch.continueRequest", {}], []]);
  });

  it.each([
    ["text/javascript", "worker"],
    ["application/ecmascript", "worker"],
  ])("is not the script of a worker: %s", async (type, kind) => {
    const { pause, bodies, served } = await watched();
    bodies.push("1");
    await pause(response({ resourceType: "Other", responseHeaders: [{ name: "Content-Type", value: type }] }));
    expect(served.map((one) => [one.kind, one.html])).toEqual([[kind, ""]]);
  });

  it("is not what else has the browser's type of workers' scripts", async () => {
    const { pause, served } = await watched();
    const icon = response({ resourceType: "Other", responseHeaders: [{ name: "Content-Type", value: "image/png" }] });
    expect([await pause(icon), served]).toEqual([["Fetch.continueRequest", {}], []]);
  });
});

describe("what documents load", () => {
  it("keeps its headers while it is not watched", async () => {
    const { pause, served } = await watched();
    expect([await pause(script(`${SITE}/a.js`)), served]).toEqual([["Fetch.continueRequest", {}], []]);
  });

  it("gets headers from the watched origins, and none from another that the browser's pattern matches", async () => {
    const { pause, network, served } = await watched();
    await network.watchSubresources([SITE]);
    await pause(script(`${SITE}/a.js`));
    await pause(script("https://evil.example/https://site.example/b.js"));
    expect(served.map(({ url, kind }) => [url, kind])).toEqual([[`${SITE}/a.js`, "subresource"]]);
  });

  it.each(["Fetch", "XHR"])("keeps its headers where a script has asked for it itself: %s", async (resourceType) => {
    const { pause, network, served } = await watched();
    await network.watchSubresources([SITE]);
    expect([await pause(script(`${SITE}/data.json`, { resourceType })), served]).toEqual([["Fetch.continueRequest", {}], []]);
  });

  const CORP = { name: "Cross-Origin-Resource-Policy", value: "same-origin" };

  /** How an image is answered that a page of another origin has asked for. */
  async function imageFor(page: string, headers: Readonly<Record<string, string>> = {}) {
    const { pause, network, bodies } = await watched({ headersFor: ({ kind }) => (kind === "subresource" ? [CORP] : []) });
    await network.watchSubresources([SITE]);
    bodies.push("");
    await pause(response({ request: { url: page, headers: {} } }));
    const [method] = await pause(script(`${SITE}/a.png`, { request: { url: `${SITE}/a.png`, headers } }));
    return method;
  }

  it("is refused by the Cross-Origin-Resource-Policy that was added, on a page of another origin", async () => {
    expect(await imageFor("https://other.example/")).toBe("Fetch.failRequest");
  });

  it("is not refused by it on a page of its own origin", async () => {
    expect(await imageFor(`${SITE}/page`)).toBe("Fetch.continueResponse");
  });

  it("is not refused by it where it was asked for with CORS", async () => {
    expect(await imageFor("https://other.example/", { ORIGIN: "https://other.example" })).toBe("Fetch.continueResponse");
  });
});

describe("a document of more than 32 MB", () => {
  const lengthOf = (bytes: number) =>
    response({
      responseHeaders: [
        { name: "Content-Type", value: "text/html" },
        { name: "Content-Length", value: String(bytes) },
      ],
    });

  it("keeps its own headers", async () => {
    const { pause, skipped } = await watched();
    expect([await pause(lengthOf(32_000_001)), skipped]).toEqual([
      ["Fetch.continueRequest", {}],
      ["https://site.example/ it is longer than 32000000 bytes"],
    ]);
  });

  it("is one byte longer than one that gets headers", async () => {
    const { pause, bodies, skipped } = await watched();
    bodies.push("");
    expect([(await pause(lengthOf(32_000_000)))[0], skipped]).toEqual(["Fetch.fulfillRequest", []]);
  });

  it("is cut where it does not say how long it is", async () => {
    const { pause, bodies, cut, served } = await watched();
    bodies.push(...Array.from({ length: 4 }, () => "x".repeat(8_000_000)), "x");
    await pause(response());
    expect([cut, served[0]?.html.length]).toEqual([["https://site.example/ it is longer than 32000000 bytes"], 32_000_001]);
  });

  it("is not cut where it has as many bytes as the limit", async () => {
    const { pause, bodies, cut } = await watched();
    bodies.push(...Array.from({ length: 4 }, () => "x".repeat(8_000_000)));
    await pause(response());
    expect(cut).toEqual([]);
  });

  it.each([
    [32_000_001, "Fetch.continueRequest"],
    [32_000_000, "Fetch.fulfillRequest"],
  ])("has the same limit in a recording: %i", async (bytes, method) => {
    const { browser, pause, bodies } = fakeProtocol();
    const recorder = await newRecorder(optionsOf(browser as Browser, `${SITE}/`));
    onTestFinished(() => recorder.close());
    bodies.push("");
    expect((await pause(lengthOf(bytes)))[0]).toBe(method);
  });
});

it("a stream of several parts keeps its own headers", async () => {
  const { pause, skipped } = await watched();
  const parts = response({ responseHeaders: [{ name: "content-type", value: "Multipart/x-mixed-replace; boundary=b" }] });
  expect([await pause(parts), skipped]).toEqual([["Fetch.continueRequest", {}], ["https://site.example/ it is a stream of several parts"]]);
});

it("a network layer that is closed lets everything pass, and ends its session", async () => {
  const protocol: FakeProtocol = fakeProtocol();
  const silent: NetworkListener = { headersFor: ({ headers }) => headers, onReport: () => undefined, onSkipped: () => undefined };
  const network = await watchNetwork(protocol.browser, silent, { origins: [], headers: {} });
  await network.close();
  expect([protocol.sent.at(-1)?.[0], protocol.detached()]).toEqual(["Fetch.disable", 1]);
});
