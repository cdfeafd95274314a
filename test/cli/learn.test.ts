import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Batch, type Group, redisStore, sqliteStore } from "../../src/reports/index.js";
import { skipWithout } from "../peers.js";
import { AT, GROUP, REDIS, redisClient, redisServer } from "../reports/support.js";
import { bundle, type Program, put, run, shell } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

/** Puts a package that is installed here into the project, for one test. */
function install(name: string): void {
  const link = join(program.folder, "node_modules", name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url)), link);
  onTestFinished(() => rmSync(link));
}

const POLICY = { "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]' };
const groups = (...some: Partial<Group>[]) => JSON.stringify(some.map((one) => ({ ...GROUP, ...one })));

/** The same group, as a collector hands it to a store. */
function batch(): Batch {
  const { id, type, policyHash, disposition, directive, blocked, route, count, firstSeen, lastSeen } = GROUP;
  const map = (list: Group["days"]) => new Map(list.map(({ value, count }) => [value, count]));
  const { pages, browsers, urls, files, samples, days } = GROUP;
  const tallies = {
    pages: map(pages),
    browsers: map(browsers),
    urls: map(urls),
    files: map(files),
    samples: map(samples),
    days: map(days),
  };
  const clients = new Map(Array.from({ length: 12 }, (_, index) => [`client-${index}`, 10]));
  const record = {
    id,
    type,
    policyHash,
    disposition,
    directive,
    blocked,
    route,
    count,
    firstSeen,
    lastSeen,
    tallies: { ...tallies, clients },
  };
  return { writer: "w", seq: 1, at: AT, groups: [record], totals: new Map(), hours: new Map() };
}

const TEXT = `In the patch:
  imgSrc  https://img.example
      40 reports, 12 clients, 2 days; on /; Firefox 145

The patch adds:
  + contentSecurityPolicy.imgSrc  https://img.example

Not proven: reports show what was blocked, not that every page works.
`;

describe("learn", () => {
  it.each([
    ["", [], "Not proven: no browser has reported on this policy.\n"],
    [
      " with one kind",
      [{ directive: "script-src-elem", blocked: "inline" }],
      "Not enforceable yet: 1 kind of advice is open (script-src-elem inline).\n",
    ],
    [
      " with two kinds",
      [
        { directive: "script-src", blocked: "eval" },
        { directive: "script-src-elem", blocked: "inline" },
        { type: "deprecation", directive: "unload", blocked: "" },
      ] as const,
      "Not enforceable yet: 2 kinds of advice are open (script-src eval, script-src-elem inline).\n",
    ],
  ])("says whether the policy can be enforced%s", async (_, some, line) => {
    put(program, { ...POLICY, "groups.json": groups(...some) });
    expect((await portcullis("learn", "groups.json", "--policy", "p.json")).out).toContain(line);
  });

  it("warns beside a format for programs", async () => {
    put(program, { ...POLICY, "groups.json": groups({ directive: "script-src", blocked: "eval" }) });
    expect((await portcullis("learn", "groups.json", "--policy", "p.json", "--format", "json")).err).toBe(
      "warning: Not enforceable yet: 1 kind of advice is open (script-src eval).\n",
    );
  });

  it("gives a policy file that enforces what a policy file observes", async () => {
    put(program, {
      "ro.json": '["none", { "contentSecurityPolicyReportOnly": { "defaultSrc": ["self"] } }]',
      "groups.json": groups({}),
    });
    const { out } = await portcullis("learn", "groups.json", "--policy", "ro.json", "--format", "json");
    put(program, { "learned.json": out });
    expect((await portcullis("headers", "--policy", "ro.json", "--policy", "learned.json")).out).toBe(
      "Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example\n",
    );
  });

  it("proposes what to add, from a JSON file of groups", async () => {
    put(program, { ...POLICY, "groups.json": groups({}) });
    expect(await portcullis("learn", "groups.json", "--policy", "p.json")).toEqual({ code: 0, out: TEXT, err: "" });
  });

  it("says of a policy with a sample how many reports there are about", async () => {
    put(program, {
      "sample.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] }, "reporting": { "csp": "/r", "sample": 0.1 } }]',
      "groups.json": groups({}),
    });
    expect(
      (await portcullis("learn", "groups.json", "--policy", "sample.json")).out,
    ).toBe(`A sample of 10 %: about 400 reports (40 counted). Clients and days are as counted.

In the patch:
  imgSrc  https://img.example
      about 400 reports (40 counted), 12 clients, 2 days; on /; Firefox 145

The patch adds:
  + contentSecurityPolicy.imgSrc  https://img.example

Not proven: reports show what was blocked, not that every page works.
`);
  });

  it("prints TypeScript", async () => {
    put(program, { ...POLICY, "groups.json": groups({}) });
    expect(
      (await portcullis("learn", "groups.json", "--policy", "p.json", "--format", "typescript")).out,
    ).toBe(`import { append, type Patch } from "portcullis";

export const learned = {
  contentSecurityPolicy: {
    // https://img.example: 40 reports, 12 clients, 2 days; on /; Firefox 145
    imgSrc: append("https://img.example"),
  },
} satisfies Patch;
`);
  });

  it("writes JSON that may be laid on the policy, whole or its patch alone", async () => {
    put(program, { ...POLICY, "groups.json": groups({}) });
    const ran = await portcullis("learn", "groups.json", "--policy", "p.json", "--format", "json", "--out", "learned.json");
    onTestFinished(() => rmSync(join(program.folder, "learned.json")));
    expect(ran).toEqual({ code: 0, out: "", err: "wrote learned.json\n" });
    const { $schema, patch } = JSON.parse(readFileSync(join(program.folder, "learned.json"), "utf8"));
    expect($schema).toBe("./node_modules/portcullis/dist/policy.schema.json");
    expect(patch).toEqual({ contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] } } });
    put(program, { "patch.json": JSON.stringify(patch) });
    for (const file of ["learned.json", "patch.json"]) {
      expect((await portcullis("headers", "--policy", "p.json", "--policy", file)).out).toBe(
        "Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example\n",
      );
    }
  });

  it("is followed by the commands that its help names, which change nothing but what was learned", async () => {
    put(program, { "reports.db": groups({ policyHash: "0123456789abcdef" }) });
    onTestFinished(() => {
      for (const file of ["learned.json", "next.txt"]) rmSync(join(program.folder, file), { force: true });
    });
    const { out: help } = await portcullis("learn", "--help");
    const lines = help.replace(/ \\\n +/g, " ").split("\n");
    const named = lines.map((line) => line.trim()).filter((line) => /^portcullis .*(?:learned\.json|next\.txt)/.test(line));
    const [first, ...others] = named;
    const { code, out } = await shell(program, [`${first} --any-policy`, ...others].join(" && "));
    expect(named).toHaveLength(3);
    expect(code).toBe(0);
    expect(out.match(/^ *\S+: (?:stronger|weaker|incomparable)$/gm)).toEqual(["Content-Security-Policy: weaker", "  img-src: weaker"]);
  });

  it("does not overwrite a file unless it is told to", async () => {
    put(program, { ...POLICY, "groups.json": groups({}), "out.txt": "mine" });
    const args = ["learn", "groups.json", "--policy", "p.json", "--out", "out.txt"];
    expect(await portcullis(...args)).toEqual({
      code: 1,
      out: "",
      err: "error: out.txt exists already.\nNothing was written. --force overwrites existing files.\n",
    });
    expect((await portcullis(...args, "--force")).code).toBe(0);
    expect(readFileSync(join(program.folder, "out.txt"), "utf8")).toBe(TEXT);
  });

  it.each([
    [["--min-clients", "20"], "Too little evidence for a third-party host: 12 of 20 clients."],
    [["--min-days", "3"], "Too little evidence for a third-party host: 2 of 3 days."],
    [["--min-routes", "2"], "Too little evidence for a third-party host: 1 of 2 routes."],
    [["--width", "directory"], "  + contentSecurityPolicy.imgSrc  https://img.example/a/\n"],
    [["--route", "/rare", "--route", "/"], "  Routes without a report: /rare.\n"],
  ])("takes %j", async (args, text) => {
    put(program, { ...POLICY, "groups.json": groups({}) });
    expect((await portcullis("learn", "groups.json", "--policy", "p.json", ...args)).out).toContain(text);
  });

  it("takes a source with risks only where it is told to", async () => {
    put(program, { ...POLICY, "groups.json": groups({ directive: "script-src", blocked: "https://ajax.googleapis.com" }) });
    const learn = async (...args: string[]) => (await portcullis("learn", "groups.json", "--policy", "p.json", ...args)).out;
    expect(await learn()).not.toContain("The patch adds");
    expect(await learn("--accept-risks")).toContain("  + contentSecurityPolicy.scriptSrc  https://ajax.googleapis.com\n");
  });

  it("says so where no report is of the policy", async () => {
    put(program, { ...POLICY, "groups.json": groups({ policyHash: "0123456789abcdef" }) });
    const learn = (...args: string[]) => portcullis("learn", "groups.json", "--policy", "p.json", ...args);
    expect((await learn()).err).toBe(
      "warning: No report is about this policy. Write the observed policy with --policy, or --any-policy.\n",
    );
    expect(await learn("--any-policy")).toEqual({ code: 0, out: TEXT, err: "" });
  });

  it("shows nothing that a terminal would obey", async () => {
    put(program, { ...POLICY, "groups.json": groups({ browsers: [{ value: "\x1b[31mFirefox\x9b", count: 1 }] }) });
    const { out } = await portcullis("learn", "groups.json", "--policy", "p.json");
    expect(out).toContain("\ufffd[31mFirefox\ufffd");
  });
});

describe("Stores", () => {
  it("in SQLite are read, while nothing is written", async () => {
    install("node-sqlite3-wasm");
    const file = join(program.folder, "reports.db");
    onTestFinished(() => rmSync(file, { force: true }));
    const store = await sqliteStore(file);
    await store.add(batch());
    await store.close();
    put(program, POLICY);
    expect(await portcullis("learn", "reports.db", "--policy", "p.json")).toEqual({ code: 0, out: TEXT, err: "" });
  });

  it("that are not there are not made", async () => {
    expect(await portcullis("learn", "gone.db")).toEqual({ code: 2, out: "", err: "error: gone.db does not exist.\n" });
    expect(existsSync(join(program.folder, "gone.db"))).toBe(false);
  });

  it.each([
    [
      "some text",
      2,
      "s.db is neither a report store nor a list of groups. Write reports.db, redis://127.0.0.1:6379, a JSON file with what store.groups() returns, or a recording of recordViolations().",
    ],
    ["[1, 2", 1, /s\.db is not JSON: .+\./],
    [
      '[{ "id": "0" }]',
      1,
      /^error: s\.db: groups\[0\].type: undefined is not a string\. Write what store\.groups\(\) returns\.\n(?:error: .*\n)*error: s\.db: 6 more\.\nWrite the file with JSON\.stringify\(await store\.groups\(\)\)\.\n$/,
    ],
  ])("that are none are refused: %s", async (text, code, line) => {
    put(program, { "s.db": text });
    const ran = await portcullis("learn", "s.db");
    expect([ran.code, ran.out]).toEqual([code, ""]);
    if (typeof line === "string") expect(ran.err).toBe(`error: ${line}\n`);
    else expect(ran.err).toMatch(line);
  });

  it("that are broken are told in one line", async () => {
    install("node-sqlite3-wasm");
    put(program, { "s.db": `SQLite format 3\0${"rubbish".repeat(1_000)}` });
    const { code, err } = await portcullis("learn", "s.db");
    expect(code).toBe(1);
    expect(err).toMatch(/^error: s\.db cannot be read: .+\.\n$/);
  });

  it.each([
    ["s.db", "s.db is read with the package node-sqlite3-wasm, which is not installed. Run npm install node-sqlite3-wasm."],
    ["redis://127.0.0.1:1", "Redis is read with the package redis, which is not installed. Run npm install redis."],
  ])("say what to install: %s", async (store, line) => {
    put(program, { "s.db": "SQLite format 3\0" });
    expect(await portcullis("learn", store)).toEqual({ code: 1, out: "", err: `error: ${line}\n` });
  });

  it("are not bundled", () => {
    expect(Object.keys(program.meta.inputs).filter((path) => /node_modules\/(?:@?redis|node-sqlite3-wasm)/.test(path))).toEqual([]);
  });

  it("in a Redis that is not there are told so, without the password", async () => {
    install("redis");
    expect(await portcullis("learn", "redis://:secret@127.0.0.1:1")).toEqual({
      code: 1,
      out: "",
      err: "error: redis://127.0.0.1:1 cannot be read: nothing listens there.\n",
    });
  });

  describe.skipIf(skipWithout("reports in Redis", [REDIS]))("in Redis", () => {
    it("are read", async () => {
      install("redis");
      const server = await redisServer();
      await redisStore(await redisClient(server)).add(batch());
      put(program, POLICY);
      expect(await portcullis("learn", server.url, "--policy", "p.json")).toEqual({ code: 0, out: TEXT, err: "" });
    });
  });
});

it("learn refuses words that it does not know, all at once", async () => {
  expect(await portcullis("learn", "x.db", "--format", "yaml", "--width", "wide", "--force")).toEqual({
    code: 2,
    out: "",
    err: `error: --format: "yaml" is not one of its values. Write text, typescript, json.
error: --width: "wide" is not one of its values. Write origin, directory, path.
error: --force needs --out.
See portcullis learn --help.
`,
  });
});
