import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePolicy } from "../../src/index.js";
import type { SavedRecording } from "../../src/record/saved.js";
import { readRecording } from "../../src/record/saved-schema.js";
import { proveContext, recordContext } from "../../src/record/suite.js";
import { provePolicy, recordViolations } from "../../src/testing/index.js";
import { type FakeContext, type FakeContextOptions, fakeContext } from "./fake-context.js";

const SITE = "https://site.example";
const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-suite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "recording.json");
}

const read = (file: string): SavedRecording => readRecording(JSON.parse(readFileSync(file, "utf8")));

async function recorded(options: FakeContextOptions = {}, file = newFile()) {
  const fake = fakeContext(options);
  const recording = await recordContext(fake.context, { name: "recordViolations", policy: POLICY, place: { file } });
  return { ...fake, recording, file };
}

async function proved(options: FakeContextOptions = {}) {
  const fake = fakeContext(options);
  const proof = await proveContext(fake.context, { name: "provePolicy", policy: POLICY });
  return { ...fake, proof };
}

/** A response that Playwright names. */
function respond(
  { events }: FakeContext,
  url: string,
  more: { status?: number; type?: string; kind?: string; isFromWorker?: boolean; cookies?: readonly string[] } = {},
): void {
  const { status = 200, type = "text/html", kind = "document", isFromWorker = false, cookies = [] } = more;
  events.emit("response", {
    url: () => url,
    status: () => status,
    headers: () => ({ "content-type": type }),
    headerValues: () => Promise.resolve(cookies),
    request: () => ({ resourceType: () => kind }),
    fromServiceWorker: () => isFromWorker,
  });
}

describe("a recorded context", () => {
  it("has the policy on its documents, each with a place of its own for reports", async () => {
    const { load } = await recorded();
    const [one, other] = [await load(`${SITE}/`), await load(`${SITE}/`)];
    expect(one.headers).toEqual([
      "Content-Type: text/html",
      `Content-Security-Policy-Report-Only: default-src 'self' 'report-sample'; report-uri ${one.reportUri}`,
    ]);
    expect([/\/1$/.test(one.reportUri), /\/2$/.test(other.reportUri)]).toEqual([true, true]);
  });

  it("saves what several documents have needed, counted together", async () => {
    const { load, report, recording, file } = await recorded();
    const [one, other] = [await load(`${SITE}/a?token=1`), await load(`${SITE}/a`)];
    await report(one.reportUri, `${SITE}/a?token=1`, "https://img.example/1.png");
    await report(other.reportUri, `${SITE}/a`, "https://img.example/2.png");
    await report(other.reportUri, `${SITE}/a`, "https://other.example/3.png");
    await recording.save();
    const { pages, groups, violations, sessions } = read(file);
    expect({ pages, violations, sessions, groups: groups.map(({ blocked, route, count }) => [blocked, route, count]) }).toEqual({
      pages: [{ page: `${SITE}/a`, loads: 2, sessions: 1 }],
      violations: 3,
      sessions: 1,
      groups: [
        ["https://img.example", "/a", 2],
        ["https://other.example", "/a", 1],
      ],
    });
  });

  it("is added to what other tests have saved", async () => {
    const file = newFile();
    for (const image of ["https://img.example/1.png", "https://other.example/2.png"]) {
      const { load, report, recording } = await recorded({}, file);
      const { reportUri } = await load(`${SITE}/`);
      await report(reportUri, `${SITE}/`, image);
      await recording.save();
    }
    const { sessions, violations, groups, pages } = read(file);
    expect({ sessions, violations, pages, blocked: groups.map(({ blocked }) => blocked) }).toEqual({
      sessions: 2,
      violations: 2,
      pages: [{ page: `${SITE}/`, loads: 2, sessions: 2 }],
      blocked: ["https://img.example", "https://other.example"],
    });
  });

  it("has no report of a load that there was not", async () => {
    const { load, report, recording } = await recorded();
    const { reportUri } = await load(`${SITE}/`);
    for (const wrong of ["0", "2", "x", ""]) await report(reportUri.replace(/1$/, wrong), `${SITE}/`, "https://img.example/1.png");
    expect(recording.violations).toBe(0);
  });

  it("saves no value of its cookies", async () => {
    const { load, report, recording, file } = await recorded({ cookies: ["s3cr3t-c00kie"] });
    const { reportUri } = await load(`${SITE}/`);
    await report(reportUri, `${SITE}/`, "https://img.example/s3cr3t-c00kie.png");
    await recording.save();
    const text = readFileSync(file, "utf8");
    expect([text.includes("s3cr3t-c00kie"), text.includes("***.png")]).toEqual([false, true]);
  });

  it("saves no value of a cookie that a later response has replaced", async () => {
    const { load, report, recording, file, ...fake } = await recorded();
    const { reportUri } = await load(`${SITE}/`);
    respond(fake as FakeContext, `${SITE}/a.png`, { kind: "image", cookies: ["sid=0ld-s3cr3t; Path=/", "other=1"] });
    await report(reportUri, `${SITE}/`, "https://img.example/0ld-s3cr3t.png");
    await recording.save();
    const text = readFileSync(file, "utf8");
    expect([text.includes("0ld-s3cr3t"), text.includes("***.png")]).toEqual([false, true]);
  });

  it("notes a document that is too long for the policy, once and without its query", async () => {
    const { load, recording, file, ...fake } = await recorded();
    const long = { responseHeaders: [{ name: "Content-Length", value: "99999999" }] };
    await load(`${SITE}/long?token=1`, long);
    await load(`${SITE}/long?token=2`, long);
    respond(fake as FakeContext, `${SITE}/long?token=1`);
    await recording.save();
    expect(read(file).notes).toEqual([`${SITE}/long was loaded without the policy: it is longer than 32000000 bytes.`]);
  });
});

describe("a document that a route of the suite has answered is noted", () => {
  const NOTE = `${SITE}/made was loaded without the policy: page.route() or context.route() has answered it.`;

  it.each<[string, Parameters<typeof respond>[2], boolean]>([
    ["where it is HTML", {}, true],
    ["where it is XHTML", { type: "application/xhtml+xml" }, true],
    ["where it is an error page", { status: 500 }, true],
    ["not where it is a redirect", { status: 302 }, false],
    ["not where it is no HTML", { type: "application/pdf" }, false],
    ["not where it is no document", { kind: "fetch" }, false],
    ["not where a service worker has answered", { isFromWorker: true }, false],
  ])("%s", async (_, more, isNoted) => {
    const { proof, ...fake } = await proved();
    respond(fake, `${SITE}/made?token=1#here`, more);
    expect(proof.notes).toEqual(isNoted ? [NOTE] : []);
  });

  it("once", async () => {
    const { proof, ...fake } = await proved();
    respond(fake, `${SITE}/made?a`);
    respond(fake, `${SITE}/made?b`);
    expect(proof.notes).toEqual([NOTE]);
  });

  it("not where the policy was put on it", async () => {
    const { proof, load, ...fake } = await proved();
    await load(`${SITE}/made?a`);
    respond({ ...fake, load }, `${SITE}/made?a#there`);
    expect(proof.notes).toEqual([]);
  });
});

describe("a context with an enforced policy", () => {
  it("has it on its documents", async () => {
    const { load } = await proved();
    const { headers, reportUri } = await load(`${SITE}/`);
    expect(headers[1]).toBe(`Content-Security-Policy: default-src 'self' 'report-sample'; report-uri ${reportUri}`);
  });

  it("has each report once, of whichever load", async () => {
    const { load, report, proof } = await proved();
    const [one, other] = [await load(`${SITE}/`), await load(`${SITE}/b`)];
    for (const image of ["1", "1", "2"]) await report(one.reportUri, `${SITE}/`, `https://img.example/${image}.png`);
    await report(other.reportUri, `${SITE}/b`, "https://img.example/1.png");
    await report(other.reportUri, `${SITE}/`, "https://img.example/1.png");
    expect(proof.reports.map(({ document, blocked }) => [document, blocked])).toEqual([
      [`${SITE}/`, "https://img.example/1.png"],
      [`${SITE}/`, "https://img.example/2.png"],
      [`${SITE}/b`, "https://img.example/1.png"],
    ]);
  });

  it("keeps 1000 reports", async () => {
    const { load, report, proof } = await proved();
    const { reportUri } = await load(`${SITE}/`);
    for (let index = 0; index < 1_001; index += 1) await report(reportUri, `${SITE}/`, `https://img.example/${index}.png`);
    expect(proof.reports).toHaveLength(1_000);
  });
});

it("two contexts of one browser have their own reports", async () => {
  const one = await proved();
  const other = await proved({ beside: one });
  for (const { load, report } of [other, one]) {
    const { reportUri } = await load(`${SITE}/`);
    await report(reportUri, `${SITE}/`, `https://${load === one.load ? "one" : "other"}.example/a.png`);
  }
  expect([one, other].map(({ proof }) => proof.reports.map(({ blocked }) => blocked))).toEqual([
    ["https://one.example/a.png"],
    ["https://other.example/a.png"],
  ]);
});

it("a context that is not recorded beside one that is keeps its headers", async () => {
  const one = await proved();
  const { load } = fakeContext({ beside: one });
  expect((await load(`${SITE}/`)).headers).toEqual(["Content-Type: text/html"]);
});

/** Whether the browser is as it was before. */
function released({ sent, opened, detached, openPages, events }: FakeContext) {
  const [last] = sent.filter(([method]) => method.startsWith("Fetch.")).slice(-1);
  return { last: last?.[0], left: opened() - detached(), pages: openPages(), responses: events.listenerCount("response") };
}

const RELEASED = { last: "Fetch.disable", left: 0, pages: 0, responses: 0 };

describe("what was taken of the browser is released", () => {
  it("when a recording is saved", async () => {
    const { recording, ...fake } = await recorded();
    await recording.save();
    expect(released(fake)).toEqual(RELEASED);
  });

  it("when the enforcement is ended", async () => {
    const { proof, ...fake } = await proved();
    await proof.close();
    expect(released(fake)).toEqual(RELEASED);
  });

  it("when a context whose violations are recorded is closed", async () => {
    const fake = fakeContext();
    const file = newFile();
    await recordViolations(fake.context, { policy: POLICY, file });
    fake.events.emit("close");
    await expect.poll(() => existsSync(file)).toBe(true);
    expect(released(fake)).toEqual(RELEASED);
  });

  it("when a context in which a policy is proved is closed", async () => {
    const fake = fakeContext();
    await provePolicy(fake.context, { policy: POLICY });
    fake.events.emit("close");
    await expect.poll(() => released(fake)).toEqual(RELEASED);
  });

  it("where the pages of the context cannot be listened to while a policy is recorded", async () => {
    const fake = fakeContext({ refusesBindings: true });
    await expect(recordViolations(fake.context, { policy: POLICY, file: newFile() })).rejects.toThrow("registered already");
    expect(released(fake)).toEqual(RELEASED);
  });

  it("where the pages of the context cannot be listened to while a policy is proved", async () => {
    const fake = fakeContext({ refusesBindings: true });
    await expect(provePolicy(fake.context, { policy: POLICY })).rejects.toThrow("registered already");
    expect(released(fake)).toEqual(RELEASED);
  });

  it("with the context itself, which may be used again after it was refused", async () => {
    const fake = fakeContext({ refusesBindings: true });
    for (const _ of [1, 2]) await expect(provePolicy(fake.context, { policy: POLICY })).rejects.toThrow("registered already");
  });

  it("when the last of two contexts is ended, and not before", async () => {
    const { proof, ...fake } = await proved();
    const { proof: second, ...other } = await proved({ beside: fake });
    await proof.close();
    await proof.close();
    expect([released(fake).last, fake.opened() - fake.detached()]).toEqual(["Fetch.enable", 2]);
    await second.close();
    expect([released(fake), released(other)]).toEqual([RELEASED, RELEASED]);
  });

  it("and is taken again by the next context", async () => {
    const { proof, ...fake } = await proved();
    await proof.close();
    const { load } = await proved({ beside: fake });
    expect((await load(`${SITE}/`)).headers).toHaveLength(2);
  });

  it("once, where a recording is saved twice", async () => {
    const file = newFile();
    const fake = fakeContext();
    const recording = await recordViolations(fake.context, { policy: POLICY, file });
    await Promise.all([recording.save(), recording.save()]);
    await recording.save();
    expect([read(file).sessions, released(fake)]).toEqual([1, RELEASED]);
  });
});
