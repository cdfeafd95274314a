import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../http/support.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

const POLICY =
  '["none", { "contentSecurityPolicy": { "defaultSrc": ["none"], "imgSrc": ["self", "https://img.example"] }, "xFrameOptions": "DENY" }]';

describe("explain", () => {
  it("says what each header and directive of a policy does", async () => {
    put(program, { "p.json": POLICY });
    expect(await portcullis("explain", "p.json")).toEqual({
      code: 0,
      out: `Content-Security-Policy
  What a page may load, run, frame and send:
  default-src  Everything without its own directive: blocked.
  img-src      Images: from this site and https://img.example.

X-Frame-Options
  DENY
    No page may frame this page.
`,
      err: "",
    });
  });

  it("says that a file has routes, where no path is written", async () => {
    put(program, { "r.json": '{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/a/*", "layers": ["none"] }] }' });
    expect((await portcullis("explain", "r.json")).err).toBe(
      "warning: r.json has routes, which change what is sent there: add a path to explain that, such as /a/.\n",
    );
    expect((await portcullis("explain", "r.json", "/a/")).err).toBe("");
  });

  it("prints a list as JSON", async () => {
    put(program, { "p.json": '["none", { "xFrameOptions": "DENY" }]' });
    expect(JSON.parse((await portcullis("explain", "p.json", "--json")).out)).toEqual([
      { header: "X-Frame-Options", value: "DENY", text: "No page may frame this page.", directives: [] },
    ]);
  });

  it.each(["recommended", "strict", "strictDynamic", "streamlit"])("keeps to 80 columns: %s", async (name) => {
    const { out } = await portcullis("explain", name);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("breaks what is longer than a line, in the value of a stranger", async () => {
    put(program, {
      "h.txt": `Reporting-Endpoints: a="/${"x".repeat(100)}"\n\x1b[31m-src: a\n`.replace(
        "\x1b[31m-src: a\n",
        "Content-Security-Policy: \x1b[31mimg-src \x1b[32m\n",
      ),
    });
    const { code, out } = await portcullis("explain", "h.txt");
    expect(code).toBe(0);
    expect(out).not.toContain("\x1b");
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("says of a site what it sends on a path", async () => {
    const port = await serve((req, res) => void res.writeHead(200, { "X-Frame-Options": req.url === "/b" ? "SAMEORIGIN" : "DENY" }).end());
    const { out } = await portcullis("explain", `http://127.0.0.1:${port}/a`, "/b");
    expect(out).toContain("X-Frame-Options\n  SAMEORIGIN\n    Only this site may frame this page.\n");
  });

  it.each([
    ["/embed/a", "Only this site may frame this page."],
    ["/embed/b", "No headers to explain.\n"],
    ["/other", "No page may frame this page."],
  ])("lays a policy's routes on it, the narrowest on top: %s", async (path, text) => {
    put(program, {
      "p.json":
        '{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/embed/b", "layers": [{ "xFrameOptions": false }] }, { "path": "/embed/*", "layers": [{ "xFrameOptions": "SAMEORIGIN" }] }] }',
    });
    expect((await portcullis("explain", "p.json", path)).out).toContain(text);
  });

  it("takes routes as export does", async () => {
    put(program, { "p.json": '["none", { "xFrameOptions": "DENY" }]', "embed.json": '{ "xFrameOptions": "SAMEORIGIN" }' });
    expect((await portcullis("explain", "p.json", "/embed", "--route", "/embed=embed.json")).out).toContain("Only this site");
  });

  it.each([
    ["a path without a slash", ["none", "embed"], 2, '"embed" is not a path. Write one such as /embed.\nSee portcullis explain --help.'],
    [
      "a route without a path",
      ["none", "--route", "/a=none"],
      2,
      "--route needs the argument [path], such as /embed.\nSee portcullis explain --help.",
    ],
    ["a path of headers", ["h.txt", "/a"], 2, "h.txt holds headers of one response, so that [path] has no meaning."],
    ["a route that is none", ["none", "/a", "--route", "a=none"], 1, 'routes[0].path: "a" is not a path. Write "/a".'],
  ])("refuses %s", async (_, args, code, line) => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    expect(await portcullis("explain", ...args)).toEqual({ code, out: "", err: `error: ${line}\n` });
  });
});
