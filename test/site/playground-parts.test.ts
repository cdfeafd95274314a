import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { presetOf, readDocument, textOf, withPreset, withService } from "../../site/client/playground/document.js";
import type { Answer } from "../../site/client/playground/engine/answer.js";
import { check, compareTexts } from "../../site/client/playground/engine/audit.js";
import { exportText } from "../../site/client/playground/engine/export.js";
import { importText } from "../../site/client/playground/engine/import.js";
import { build } from "../../site/client/playground/engine/policy.js";
import { lineOf, readPlaces, stepsOf } from "../../site/client/playground/json-places.js";
import { FIELDS, pack, type State, unpack } from "../../site/client/playground/share.js";
import { buildOnce } from "./playground-support.js";

const state = (some: Partial<State>): State => ({ ...(Object.fromEntries(FIELDS.map((name) => [name, ""])) as State), ...some });

const plain = (value: unknown) => `#1p.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

async function deflated(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `#1c.${Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url")}`;
}

describe("a shared link", () => {
  it("brings back what was shared", async () => {
    const shared = state({ tab: "check", check: "X-Frame-Options: DENY\n…\u202e<script>", policy: '"strict"' });
    expect(await unpack((await pack(shared)) ?? "")).toEqual({ state: shared });
  });

  it("is compressed", async () => {
    expect(await pack(state({ config: "add_header X-Frame-Options DENY;\n".repeat(1_000) }))).toMatch(/^#1c\.[\w-]{1,400}$/);
  });

  it("is not made of more text than fits in 16 kB", async () => {
    const noise = Array.from({ length: 40_000 }, (_, index) => String.fromCharCode(33 + ((index * index * 7_919) % 89))).join("");
    expect(
      await pack(state({ config: `${noise}${[...noise].reverse().join("")}${crypto.getRandomValues(new Uint8Array(20_000)).join("")}` })),
    ).toBeUndefined();
  });

  it("may be plain, from a browser that cannot compress", async () => {
    expect(await unpack(plain({ tab: "export", target: "nginx" }))).toEqual({ state: state({ tab: "export", target: "nginx" }) });
  });

  it.each([
    ["another form", "#hello", /does not have the form/],
    ["a script", "#javascript:alert(1)", /does not have the form/],
    ["another version", "#2c.AAAA", /another version/],
    ["an unknown packing", "#1z.AAAA", /another version/],
    ["more than 16 kB", `#1p.${"A".repeat(16_384)}`, /longer than 16384 characters/],
    ["damaged base64", "#1p.A", /damaged/],
    ["damaged compression", "#1c.AAAA", /damaged/],
    ["no JSON", `#1p.${Buffer.from("{").toString("base64url")}`, /damaged/],
    ["no UTF-8", `#1p.${Buffer.from([0xff, 0xfe]).toString("base64url")}`, /damaged/],
    ["a list", plain([1]), /damaged/],
    ["null", plain(null), /damaged/],
    ["an unknown field", plain({ html: "<img>" }), /does not know/],
    ["a field that is no text", plain({ check: { a: 1 } }), /does not know/],
    ["__proto__", `#1p.${Buffer.from('{"__proto__":{"check":"x"}}').toString("base64url")}`, /does not know/],
    ["constructor", plain({ constructor: "x" }), /does not know/],
  ])("is refused with a sentence for %s", async (_, fragment, sentence) => {
    expect(await unpack(fragment)).toEqual({ refused: expect.stringMatching(sentence) });
  });

  it("that unpacks to megabytes is refused", async () => {
    const bomb = await deflated(JSON.stringify({ check: "x".repeat(8_000_000) }));
    expect([bomb.length < 16_384, await unpack(bomb)]).toEqual([true, { refused: expect.stringMatching(/too much text/) }]);
  });
});

describe("the place of a mistake", () => {
  const text =
    '{\n  "policy": ["strict", {\n    "contentSecurityPolicy": {\n      "imgSrc": { "append": ["self",\n        "slef"] }\n    }\n  }],\n  "services": [\n    "strype"]\n}';
  const { places } = readPlaces(text);

  it.each([
    ["contentSecurityPolicy.imgSrc[1]", 5],
    ["contentSecurityPolicy.imgSrc", 4],
    ["contentSecurityPolicy.fontSrc[0]", 3],
    ["services[0]", 9],
  ])("%s is in line %i", (path, line) => {
    expect(lineOf(text, places, path)).toBe(line);
  });

  it("is that of the word where the path is the name of a preset", () => {
    const named = '{\n  "policy": [\n    "strct",\n    { "xFrameOptions": "DENY" }\n  ]\n}';
    const built = build(named);
    const path = built.ok ? "" : (built.mistakes[0]?.path ?? "");
    expect([path, lineOf(named, readPlaces(named).places, path)]).toEqual(["strct", 3]);
  });

  it("is unknown where nothing of the path is in the text", () => {
    expect(lineOf(text, places, "layers")).toBeUndefined();
  });

  it("a quoted step is one step", () => {
    expect(stepsOf('custom["x-a.b"][0]')).toEqual(["custom", "x-a.b", 0]);
  });

  it("is found in a text that is not finished", () => {
    expect(readPlaces('{ "policy": [{ "xFrameOptions": "DE').places.map(({ steps }) => steps.join("."))).toEqual([
      "",
      "policy",
      "policy.0",
      "policy.0.xFrameOptions",
    ]);
  });
});

describe("text that is too much", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  it.each([
    [100, /^a list is not a layer$/],
    [101, /^policy\.json has more than 100 levels of nested lists and objects\.$/],
  ])("a policy of %i levels is refused for what it is", (levels, sentence) => {
    const built = build(nested(levels));
    expect(built.ok ? "" : built.mistakes[0]?.message).toMatch(sentence);
  });

  it.each([
    [100, true],
    [101, false],
  ])("the controls read %i levels: %s", (levels, isRead) => {
    expect(readDocument(nested(levels)) !== undefined).toBe(isRead);
  });

  it.each([
    [65_536, true],
    [65_537, false],
  ])("the controls read %i characters: %s", (length, isRead) => {
    expect(readDocument('"strict"'.padEnd(length)) !== undefined).toBe(isRead);
  });

  it("places are read to the level that the library reads", () => {
    expect(readPlaces(nested(150)).places).toHaveLength(101);
  });

  it("no place is read of a longer text", () => {
    expect(readPlaces('"strict"'.padEnd(65_537)).places).toEqual([]);
  });

  it.each([
    ["3,000 words", 2_999, undefined],
    ["3,001 words", 3_000, "The headers have 3001 words, and at most 3000 are read here."],
  ])("of headers: %s", (_, sources, sentence) => {
    const checked = check(`img-src ${Array.from({ length: sources }, (_, index) => `a${index}.example`).join(" ")}`);
    expect(checked.ok ? undefined : checked.mistakes[0]?.message).toBe(sentence);
  });
});

describe("routes that are too many for their words", () => {
  /** A policy of 102 words, each route of which adds three: its list, its layer, and DENY. */
  const policy = (routes: readonly unknown[]) =>
    JSON.stringify({
      policy: ["none", { contentSecurityPolicy: { defaultSrc: Array.from({ length: 98 }, (_, index) => `a${index}.io`) } }],
      routes,
    });
  const routes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `/${index}`, layers: [{ xFrameOptions: "DENY" }] }));
  const sentence = (answer: Answer<unknown>) => (answer.ok ? undefined : answer.mistakes.map(({ message, hint }) => `${message} ${hint}`));

  it.each([
    ["build", (text: string) => build(text)],
    ["export", (text: string) => exportText(text, "nginx")],
  ] as const)("are refused in %s, before any is made", (_, answerTo) => {
    const refused = [
      "The 953 routes have 100065 words of headers together, such as sources, and at most 100000 are read here. The command line reads more.",
    ];
    expect([sentence(answerTo(policy(routes(952)))), sentence(answerTo(policy(routes(953))))]).toEqual([undefined, refused]);
  });

  it("count the layers of the routes around them", () => {
    const around = Array.from({ length: 60 }, () => ({ path: "/*", layers: [{ custom: { "X-A": "a b c d e f g h i j" } }] }));
    expect(sentence(build(policy([...around, ...routes(200)])))?.[0]).toMatch(/^The 260 routes have \d+ words/);
  });
});

describe("a configuration with a thousand paths", () => {
  const vercel = (count: number, value: (index: number) => string) =>
    JSON.stringify({
      headers: [
        { source: "/(.*)", headers: [{ key: "Content-Security-Policy", value: `default-src ${"a.example ".repeat(300)}` }] },
        ...Array.from({ length: count }, (_, index) => ({ source: `/${index}`, headers: [{ key: "X-A", value: value(index) }] })),
      ],
    });
  const routesIn = (text: string) => {
    const read = importText("vercel", text, "", "x");
    return read.ok ? read.value.routes.length : read.mistakes.map(({ message }) => message);
  };

  it("is read where the same headers are repeated", () => {
    expect(routesIn(vercel(1_300, () => "b"))).toBe(1_300);
  });

  it("is refused where a large policy is another on each", () => {
    expect(routesIn(vercel(1_300, String))).toEqual(["reading it takes more than 20000000 steps of work"]);
  });
});

describe("the responses of curl -iL", () => {
  const last = (text: string) => {
    const checked = check(text);
    return checked.ok ? [checked.value.headers, checked.value.notes] : checked.mistakes;
  };

  it("the last one counts, with any number of empty lines before it", () => {
    const headers = [["X-Frame-Options", "DENY"]];
    expect(last("HTTP/2 301\r\nServer: a\r\n\r\n\r\n\r\nHTTP/2 200\r\nX-Frame-Options: DENY\r\n\r\n")).toEqual([headers, []]);
  });

  it("what follows the headers is a body", () => {
    const headers = [["X-Frame-Options", "DENY"]];
    expect(last("HTTP/2 200\nX-Frame-Options: DENY\n\n\n<p>\n\nHTTP/2 200\nServer: a\n")).toEqual([
      headers,
      ["The body below the headers is left out (3 lines)."],
    ]);
  });
});

describe("the controls of Build", () => {
  const document = readDocument(
    '{ "policy": ["strict", { "xFrameOptions": "DENY" }], "services": ["stripe", { "intercom": { "region": "eu" } }] }',
  );
  if (document === undefined) throw new Error("not read");

  it("read the preset", () => {
    expect(presetOf(document)).toBe("strict");
  });

  it("change the preset below the patches", () => {
    expect(JSON.parse(textOf(withPreset(document, "api")))).toEqual({
      policy: ["api", { xFrameOptions: "DENY" }],
      services: ["stripe", { intercom: { region: "eu" } }],
    });
  });

  it("take the preset away for the empty choice", () => {
    expect(JSON.parse(textOf(withPreset(document, "")))["policy"]).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("read no preset of a policy without one", () => {
    expect(presetOf(withPreset(document, ""))).toBe("");
  });

  it("add a recipe with options, and take one away", () => {
    const changed = withService(withService(document, "stripe", { link: true }), "intercom", false);
    expect(JSON.parse(textOf(changed))["services"]).toEqual([{ stripe: { link: true } }]);
  });

  it("read a patch alone as a layer", () => {
    expect(readDocument('{ "xFrameOptions": "DENY" }')?.layers).toEqual([{ xFrameOptions: "DENY" }]);
  });

  it("leave alone what they cannot show", () => {
    expect(readDocument('{ "services": [{ "a": {}, "b": {} }] }')).toBeUndefined();
  });

  it("keep a key named __proto__ as a key", () => {
    const text = textOf(readDocument('{ "policy": [{ "__proto__": { "a": 1 } }] }') ?? document);
    expect(text).toContain('"__proto__"');
  });
});

describe("the size of the playground", () => {
  const gzipped = async (fits: (path: string) => boolean) => {
    const { files } = await buildOnce();
    return [...files].filter(([path]) => fits(path)).reduce((sum, [, bytes]) => sum + gzipSync(bytes, { level: 9 }).length, 0);
  };

  it("is at most 155 kB gzipped without the readers of configurations, which are loaded when a configuration is pasted", async () => {
    expect(await gzipped((path) => !path.includes("/import-"))).toBeLessThanOrEqual(155_000);
  });

  it("is at most 199 kB gzipped with them", async () => {
    expect(await gzipped(() => true)).toBeLessThanOrEqual(199_000);
  });

  it("is at most 80 kB gzipped for the tab that opens first", async () => {
    expect(await gzipped((path) => !/\/(?:import|audit|export)-/.test(path))).toBeLessThanOrEqual(80_000);
  });
});

describe("check of a policy with routes", () => {
  it("finds a route that is weaker", () => {
    const checked = check('{ "policy": "strict", "routes": [{ "path": "/admin", "layers": ["none"] }] }');
    expect(checked).toMatchObject({ ok: true, value: { score: { points: 140 }, routes: [{ path: "/admin", score: { points: 50 } }] } });
  });

  it("refuses more than 50", () => {
    const routes = Array.from({ length: 51 }, (_, index) => ({ path: `/${index}`, layers: [] }));
    expect(check(JSON.stringify({ policy: "none", routes }))).toMatchObject({
      mistakes: [{ message: "The policy has 51 routes, and at most 50 are read here." }],
    });
  });

  it("names the route of a mistake", () => {
    const text = JSON.stringify({ policy: "none", routes: [{ path: "/a", layers: [{ xFrameOptions: "MAYBE" }] }] });
    expect(check(text)).toMatchObject({ mistakes: [{ path: "routes[0].xFrameOptions" }] });
  });
});

describe("compareTexts of policies with routes", () => {
  const withRoutes = (...routes: readonly object[]) => JSON.stringify({ policy: ["none", { xFrameOptions: "DENY" }], routes });
  const OPEN = { path: "/admin/*", layers: ["none"] };

  it("finds a route that is weaker", () => {
    const answer = compareTexts(withRoutes(), withRoutes(OPEN));
    expect(answer).toMatchObject({
      ok: true,
      value: { verdict: "weaker", routes: [{ path: "/admin/*", verdict: "weaker", isAsSite: false }], notes: [] },
    });
  });

  it("says that one response is compared with every route", () => {
    const answer = compareTexts("X-Frame-Options: DENY", withRoutes(OPEN));
    expect(answer).toMatchObject({ value: { notes: ["Before: one response, which is compared with every route."] } });
  });

  it("names the side and the route of a mistake", () => {
    const answer = compareTexts("none", withRoutes({ path: "/a", layers: [{ xFrameOptions: "MAYBE" }] }));
    expect(answer).toMatchObject({ ok: false, mistakes: [{ path: "after: routes[0].xFrameOptions" }] });
  });

  it("refuses more than 50 routes", () => {
    const answer = compareTexts("none", withRoutes(...Array.from({ length: 51 }, (_, index) => ({ path: `/${index}`, layers: [] }))));
    expect(answer).toMatchObject({ mistakes: [{ message: "The policy has 51 routes, and at most 50 are read here." }] });
  });

  it("refuses routes that have too many words together", () => {
    const imgSrc = Array.from({ length: 400 }, (_, index) => `https://${index}.example`);
    const layers = ["none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc } }];
    const answer = compareTexts("none", withRoutes(...Array.from({ length: 10 }, (_, index) => ({ path: `/${index}`, layers }))));
    expect(answer).toMatchObject({ mistakes: [{ message: expect.stringMatching(/^The headers have \d+ words, and at most 3000/) }] });
  });
});
