import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../http/support.js";
import { bundle, ended, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

const OLD =
  '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"], "imgSrc": ["self"] }, "xFrameOptions": "DENY", "referrerPolicy": "no-referrer" }]';
const NEW =
  '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"], "imgSrc": ["self", "https://img.example"] }, "xFrameOptions": "DENY", "referrerPolicy": "no-referrer" }]';

describe("compare of two addresses", () => {
  const served = () =>
    serve((req, res) => {
      res.setHeader("X-Frame-Options", "DENY");
      if (req.url === "/old") return void res.writeHead(302, { Location: "/new" }).end();
      res.writeHead(req.url === "/new" ? 200 : 404).end();
    });

  it("shows what each answered, its redirects, and that one is an error page", async () => {
    const origin = `http://127.0.0.1:${await served()}`;
    const { code, out, err } = await portcullis("compare", `${origin}/old`, `${origin}/gone`);
    expect([code, err]).toEqual([0, `warning: ${origin}/gone answered 404: its headers are those of an error page.\n`]);
    expect(out).toContain(`${origin}/new answered 200
  ${origin}/old 302 -> ${origin}/new 200
${origin}/gone answered 404

`);
  });

  it("has them in JSON too, and nothing for a policy", async () => {
    const origin = `http://127.0.0.1:${await served()}`;
    const { out } = await portcullis("compare", "none", `${origin}/gone`, "--json");
    expect(JSON.parse(out).answers).toEqual({ after: { status: 404, hops: [{ url: `${origin}/gone`, status: 404 }] } });
  });
});

describe("compare", () => {
  it("says what is weaker, why, and what stays", async () => {
    put(program, { "old.json": OLD, "new.json": NEW });
    expect(await portcullis("compare", "old.json", "new.json")).toEqual({
      code: 0,
      out: `Content-Security-Policy: weaker
  img-src: weaker
      - 'self'
      + 'self' https://img.example
      Now allowed: an image from https://img.example/.

Unchanged: X-Frame-Options, Referrer-Policy.

Result: weaker: something new is allowed.
`,
      err: "",
    });
  });

  it.each([
    ["weaker", "old.json", "new.json", 1],
    ["stronger", "new.json", "old.json", 0],
    ["same", "old.json", "old.json", 0],
    ["incomparable", "old.json", "other.json", 1],
  ])("fails on what is %s, where it is told to", async (verdict, before, after, code) => {
    put(program, {
      "old.json": OLD,
      "new.json": NEW,
      "other.json":
        '["none", { "referrerPolicy": "no-referrer", "xFrameOptions": "SAMEORIGIN", "contentSecurityPolicy": "default-src \'none\'; img-src https:" }]',
    });
    const ran = await portcullis("compare", before, after, "--fail-on-weaker", "--json");
    expect([ran.code, JSON.parse(ran.out).verdict]).toEqual([code, verdict]);
  });

  it("takes presets, headers and a site as well", async () => {
    const port = await serve((_req, res) => void res.writeHead(200, { "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY" }).end());
    put(program, {
      "h.txt": "Referrer-Policy: unsafe-url\nX-Frame-Options: DENY\n",
      "h.json": '{ "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer" }',
    });
    const verdict = async (before: string, after: string) => JSON.parse((await portcullis("compare", before, after, "--json")).out).verdict;
    expect(await verdict("h.txt", `http://127.0.0.1:${port}/`)).toBe("stronger");
    expect(await verdict("h.json", `http://127.0.0.1:${port}/`)).toBe("same");
    expect(await verdict("none", "h.json")).toBe("stronger");
  });

  it("lets an edit in JSON widen what stands", async () => {
    put(program, {
      "learned.json":
        '{ "policy": ["strict", { "contentSecurityPolicy": { "imgSrc": { "append": ["https://img.example"] }, "styleSrc": { "remove": ["self"] } } }] }',
    });
    const { headers } = JSON.parse((await portcullis("compare", "strict", "learned.json", "--json")).out);
    const { directives } = headers[0];
    const of = (name: string) => directives.find(({ directive }: { directive: string }) => directive === name)?.after;
    expect([of("img-src"), of("style-src")]).toEqual(["'self' https://img.example", "'none'"]);
  });
});

describe("A git revision", () => {
  function repository(): { folder: string; git: (...args: string[]) => void; compare: (...args: string[]) => ReturnType<typeof ended> } {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-git-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const git = (...args: string[]) =>
      void execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
        cwd: folder,
        stdio: "pipe",
      });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(program.folder, "node_modules/portcullis"), join(folder, "node_modules/portcullis"));
    git("init", "-q");
    const compare = (...args: string[]) =>
      ended(spawn(process.execPath, [join(program.folder, "node_modules/portcullis/dist/cli.js"), "compare", ...args], { cwd: folder }));
    return { folder, git, compare };
  }

  it("of a policy in JSON is compared with the one that lies there", async () => {
    const { folder, git, compare } = repository();
    writeFileSync(join(folder, "policy.json"), OLD);
    git("add", "policy.json");
    git("commit", "-qm", "old");
    writeFileSync(join(folder, "policy.json"), NEW);
    const { code, out, err } = await compare("HEAD:policy.json", "policy.json", "--fail-on-weaker");
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("Now allowed: an image from https://img.example/.");
  });

  it("of a module finds what it imports, and leaves nothing behind", async () => {
    const { folder, git, compare } = repository();
    mkdirSync(join(folder, "site"));
    writeFileSync(join(folder, "site/hosts.mjs"), 'export const hosts = ["https://img.example"];');
    const module = (list: string) =>
      `import { definePolicy } from "portcullis"; import { hosts } from "./hosts.mjs"; export const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ${list} } });`;
    writeFileSync(join(folder, "site/policy.mjs"), module("hosts"));
    git("add", "site");
    git("commit", "-qm", "old");
    writeFileSync(join(folder, "site/policy.mjs"), module('["self", ...hosts]'));
    const { code, out, err } = await compare("HEAD:site/policy.mjs", "site/policy.mjs", "--json");
    const [{ before, after, verdict }] = JSON.parse(out).headers;
    expect([code, err, before, after, verdict]).toEqual([
      0,
      "",
      "default-src https://img.example",
      "default-src 'self' https://img.example",
      "weaker",
    ]);
    expect(readdirSync(join(folder, "site")).sort()).toEqual(["hosts.mjs", "policy.mjs"]);
  });

  it("of a broken module is told by its name, and leaves nothing behind", async () => {
    const { folder, git, compare } = repository();
    writeFileSync(join(folder, "policy.mjs"), "throw new Error('no');");
    git("add", "policy.mjs");
    git("commit", "-qm", "old");
    expect(await compare("HEAD:policy.mjs", "none")).toEqual({ code: 1, out: "", err: "error: HEAD:policy.mjs: Error: no (line 1).\n" });
    expect(readdirSync(folder).sort()).toEqual([".git", "node_modules", "policy.mjs"]);
  });

  it.each([
    ["HEAD:gone.json", /^error: HEAD:gone\.json is neither a file nor a revision in git: .+\.\n$/],
    ["--output=x:policy.json", /^error: Unknown option --output\.\n/],
  ])("that git does not have is told in git's words: %s", async (word, line) => {
    const { folder, compare } = repository();
    const { code, out, err } = await compare(word, "none");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(line);
    expect(readdirSync(folder).sort()).toEqual([".git", "node_modules"]);
  });
});

describe("compare of policies with routes", () => {
  const DENY = '{ "xFrameOptions": "DENY" }';
  const filesOf = (...routes: readonly (readonly [path: string, layers: string])[]) =>
    `{ "policy": ["none", ${DENY}], "routes": [${routes.map(([path, layers]) => `{ "path": "${path}", "layers": [${layers}] }`).join(", ")}] }`;
  const SAME_ORIGIN = '{ "xFrameOptions": "SAMEORIGIN" }';
  const verdictsOf = async (before: string, after: string) => {
    put(program, { "old.json": before, "new.json": after });
    const { code, out, err } = await portcullis("compare", "old.json", "new.json", "--json", "--fail-on-weaker");
    const { verdict, routes } = JSON.parse(out);
    return [code, verdict, routes.map((one: { path: string; verdict: string }) => `${one.path} ${one.verdict}`), err];
  };

  it("shows a route that is weaker, and the whole as weaker", async () => {
    put(program, { "old.json": `["none", ${DENY}]`, "new.json": filesOf(["/admin/*", '"none"']) });
    expect(await portcullis("compare", "old.json", "new.json", "--fail-on-weaker")).toEqual({
      code: 1,
      out: `Unchanged: X-Frame-Options.

Route /admin/*: weaker
  X-Frame-Options: weaker
      - DENY
      Now allowed: this page in a frame of its own origin.

Result: weaker: something new is allowed.
`,
      err: "",
    });
  });

  it("has the headers of each route in JSON", async () => {
    put(program, { "old.json": `["none", ${DENY}]`, "new.json": filesOf(["/admin/*", '"none"']) });
    const { routes } = JSON.parse((await portcullis("compare", "old.json", "new.json", "--json")).out);
    expect(routes).toMatchObject([{ path: "/admin/*", verdict: "weaker", headers: [{ header: "X-Frame-Options", before: "DENY" }] }]);
  });

  it("says in JSON of policies without routes that there are none", async () => {
    expect(await verdictsOf('["none"]', '["none"]')).toEqual([0, "same", [], ""]);
  });

  it("compares a route with the same route", async () => {
    expect(await verdictsOf(filesOf(["/a", SAME_ORIGIN]), filesOf(["/a", DENY]))).toEqual([0, "stronger", ["/a stronger"], ""]);
  });

  it("compares a route that is gone with what is sent there now", async () => {
    expect(await verdictsOf(filesOf(["/a", '"none"']), filesOf())).toEqual([0, "stronger", ["/a stronger"], ""]);
  });

  it("compares a route with the broader route of the other side", async () => {
    const verdicts = await verdictsOf(filesOf(["/api/*", SAME_ORIGIN]), filesOf(["/api/*", SAME_ORIGIN], ["/api/v1", SAME_ORIGIN]));
    expect(verdicts).toEqual([0, "same", ["/api/* same", "/api/v1 same"], ""]);
  });

  it("does not take /api/* for the route of /api", async () => {
    const verdicts = await verdictsOf(filesOf(["/api/*", SAME_ORIGIN]), filesOf(["/api", SAME_ORIGIN], ["/api/*", SAME_ORIGIN]));
    expect(verdicts).toEqual([1, "weaker", ["/api weaker", "/api/* same"], ""]);
  });

  it("has the layers of all routes of one path", async () => {
    expect(await verdictsOf(filesOf(), filesOf(["/a", SAME_ORIGIN], ["/a", DENY]))).toEqual([0, "same", ["/a same"], ""]);
  });

  it("knows no order where one route is weaker and another one stronger", async () => {
    const verdicts = await verdictsOf(filesOf(["/a", SAME_ORIGIN], ["/b", DENY]), filesOf(["/a", DENY], ["/b", SAME_ORIGIN]));
    expect(verdicts).toEqual([1, "incomparable", ["/a stronger", "/b weaker"], ""]);
  });

  it("compares one response with every route, and says so", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n", "r.json": filesOf(["/a", '"none"']) });
    const { code, out, err } = await portcullis("compare", "h.txt", "r.json", "--fail-on-weaker");
    expect([code, out.includes("Route /a: weaker"), err]).toEqual([
      1,
      true,
      "warning: h.txt is one response: its headers are compared with those of every route.\n",
    ]);
  });

  it("says of a route that it changes as the rest of the site", async () => {
    put(program, { "old.json": '["none"]', "new.json": filesOf(["/a", "{}"]) });
    expect((await portcullis("compare", "old.json", "new.json")).out).toContain("\nRoute /a: stronger, as on the rest of the site\n");
  });

  it("names the file and the route of a mistake", async () => {
    put(program, { "r.json": filesOf(["/a", '{ "xFrameOptions": "MAYBE" }']) });
    const { code, err } = await portcullis("compare", "none", "r.json");
    expect([code, err.split(":").slice(0, 3)]).toEqual([1, ["error", " r.json", " routes[0].xFrameOptions"]]);
  });
});
