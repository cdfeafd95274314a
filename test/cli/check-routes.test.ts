import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

/** `strict`, with these routes. */
const policy = (...routes: readonly object[]) => JSON.stringify({ policy: "strict", routes });
const HOLE = { path: "/admin", layers: ["none"] };

describe("The routes of a policy file in check", () => {
  it("count for --fail-on", async () => {
    put(program, { "hole.json": policy(HOLE) });
    expect(await portcullis("check", "hole.json", "--fail-on", "medium", "--compliance")).toMatchObject({
      code: 1,
      err: "error: hole.json, route /admin: --fail-on: 3 findings have severity medium or higher.\n",
    });
  });

  it("count for --fail-under", async () => {
    put(program, { "hole.json": policy(HOLE) });
    expect(await portcullis("check", "hole.json", "--fail-under", "90", "--compliance")).toMatchObject({
      code: 1,
      err: "error: hole.json, route /admin: --fail-under: the score of 50 points is lower than 90.\n",
    });
  });

  it("are printed below the policy, each with its findings", async () => {
    put(program, { "hole.json": policy(HOLE) });
    const { code, out, err } = await portcullis("check", "hole.json");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^hole\.json\n\nHeader /);
    expect(out).toContain(
      "\n\nhole.json, route /admin\n\nHeader                        Verdict  Value\nStrict-Transport-Security     good     max-age=63072000; includeSubDomains\nContent-Security-Policy       missing\n",
    );
    expect(out).toContain("\nhigh    Content-Security-Policy (missing-header; A03:2021, CWE-79)\n");
    expect(out).toContain("\nScore: 50 points, C, by the scoring of the MDN HTTP Observatory\n");
  });

  it("that change nothing are one line", async () => {
    put(program, { "same.json": policy({ path: "/a", layers: [] }, { path: "/b/*", layers: [{ xFrameOptions: "DENY" }] }) });
    expect((await portcullis("check", "same.json")).out).toMatch(
      /\n\nsame\.json, route \/a: as on the rest of the site\n\nsame\.json, route \/b\/\*: as on the rest of the site\n$/,
    );
  });

  it("are added up from the broadest to the narrowest", async () => {
    put(program, { "two.json": policy({ path: "/a/b", layers: [] }, { path: "/a/*", layers: ["none"] }) });
    const { routes } = JSON.parse((await portcullis("check", "two.json", "--json")).out);
    expect(routes.map(({ path, score }: { path: string; score: { points: number } }) => [path, score.points])).toEqual([
      ["/a/*", 50],
      ["/a/b", 50],
    ]);
  });

  it("are in JSON, with all that is known of a policy", async () => {
    put(program, { "hole.json": policy(HOLE) });
    const { name, score, routes } = JSON.parse((await portcullis("check", "hole.json", "--json")).out);
    expect([name, score.points, routes.length]).toEqual(["hole.json", 140, 1]);
    expect(routes[0]).toMatchObject({
      path: "/admin",
      name: "hole.json, route /admin",
      headers: [["Strict-Transport-Security", "max-age=63072000; includeSubDomains"]],
      score: { points: 50 },
    });
    expect(routes[0].findings[0]).toMatchObject({ rule: "missing-header", severity: "high", header: "Content-Security-Policy" });
  });

  it("of something without routes are no list in JSON", async () => {
    expect(JSON.parse((await portcullis("check", "strict", "--json")).out).routes).toBeUndefined();
  });

  it("are rows of the table of several arguments", async () => {
    put(program, { "hole.json": policy(HOLE) });
    const { code, out, err } = await portcullis("check", "hole.json", "strict", "--fail-on", "high");
    expect([code, err]).toEqual([1, "error: hole.json, route /admin: --fail-on: 1 finding has severity high.\n"]);
    expect(out).toMatch(
      /^Address +Status.*\nhole\.json +- +140 +A\+ +0 +0 +1\nhole\.json, route \/admin +- +50 +C +1 +2 +4\nstrict +- +140 /,
    );
    expect(out).toContain("(missing-header), on 1 of 3: hole.json, route /admin\n");
  });

  it("are in SARIF at their file, with their path in each message", async () => {
    put(program, { "hole.json": policy(HOLE) });
    const { runs } = JSON.parse((await portcullis("check", "hole.json", "--sarif")).out);
    const high = runs[0].results.find(({ level }: { level: string }) => level === "error");
    expect(high.message.text).toMatch(/^Route \/admin: Nothing limits where scripts come from/);
    expect(high.locations[0]).toEqual({
      physicalLocation: { artifactLocation: { uri: "hole.json" }, region: { startLine: 1 } },
      logicalLocations: [
        { name: "Content-Security-Policy", fullyQualifiedName: "contentSecurityPolicy", kind: "header" },
        { name: "/admin", kind: "route" },
      ],
    });
  });

  it("have a checklist each", async () => {
    put(program, { "hole.json": policy(HOLE) });
    expect((await portcullis("check", "hole.json", "--compliance")).out.match(/^hole\.json.*$/gm)).toEqual([
      "hole.json",
      "hole.json, route /admin",
    ]);
  });

  it("are judged without a page and without reports, which is said", async () => {
    put(program, { "hole.json": policy(HOLE), "p.html": "<p>", "r.json": "[]" });
    expect((await portcullis("check", "hole.json", "--page", "p.html", "--reports", "r.json")).err).toBe(
      "warning: --page and --reports are compared with hole.json without its routes.\n",
    );
  });

  it("with a mistake are refused by their place", async () => {
    put(program, { "bad.json": policy({ path: "/a", layers: [{ xFrameOptions: "MAYBE" }] }) });
    expect((await portcullis("check", "bad.json")).err).toMatch(/^error: bad\.json: routes\[0\]\.xFrameOptions: "MAYBE" is not /);
  });

  it.each(["check", "compare"])("are at most 1000 in %s", async (command) => {
    put(program, { "many.json": policy(...Array.from({ length: 1_001 }, (_, index) => ({ path: `/${index}`, layers: [] }))) });
    const { code, err } = await portcullis(command, "many.json", ...(command === "compare" ? ["strict"] : []));
    expect([code, err]).toEqual([1, "error: many.json: routes: are 1001, and the maximum is 1000. Combine paths, such as /api/*.\n"]);
  });
});

describe("check without arguments", () => {
  it("judges the policy of the configuration, and its routes", async () => {
    put(program, { "portcullis.config.json": policy(HOLE) });
    const { code, out, err } = await portcullis("check", "--fail-on", "high", "--compliance");
    expect([code, out.match(/^portcullis.*$/gm)]).toEqual([1, ["portcullis.config.json", "portcullis.config.json, route /admin"]]);
    expect(err).toBe(
      "using portcullis.config.json\nerror: portcullis.config.json, route /admin: --fail-on: 1 finding has severity high.\n",
    );
  });

  it("needs one where the configuration has no policy, or is not used", async () => {
    put(program, { "portcullis.config.json": '{ "check": { "failOn": "high" } }' });
    expect((await portcullis("check")).err).toMatch(/error: <site> is missing, and no configuration file gives a policy\. Write/);
    put(program, { "portcullis.config.json": policy() });
    expect((await portcullis("check", "--no-config")).code).toBe(2);
  });

  it("with --sitemap judges its pages alone", async () => {
    put(program, { "portcullis.config.json": policy() });
    expect((await portcullis("check", "--sitemap", "http://127.0.0.1:1/")).err).toBe(
      "error: http://127.0.0.1:1/sitemap.xml: nothing listens there.\n",
    );
  });
});
