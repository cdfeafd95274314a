import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { append, type Layer, remove } from "../../src/index.js";
import { CHROMIUM } from "../browser/support.js";
import { peersRequired, skipWithout } from "../peers.js";
import { DEVICES, PARTS, type Part, type PartName } from "./parts.js";
import { CURRENT, DOORS, installStreamlit, NGINX, startStreamlit, streamlit, type Visit, violations, visit } from "./support.js";

if (peersRequired()) installStreamlit(CURRENT);

/** What the script is, that the example has in a frame: without inline scripts the policy has to name it. */
const FRAMED = "'sha256-gkr2fpxy6D0nwlJE0cPU7I2Xds9TbIR1sTJ0iFsbe4A='";
const STRICT: readonly Layer[] = ["streamlitStrict", { contentSecurityPolicy: { scriptSrc: append(FRAMED) } }];

const WORKS = "works";

/** Goes through the whole application as its user does, without ever loading it anew. */
async function walk(visit: Visit, names: readonly PartName[]): Promise<Readonly<Record<string, string>>> {
  const results: [string, string][] = [];
  await visit.page.goto(visit.url);
  let here = "";
  for (const name of names) {
    const part: Part = PARTS[name];
    if (part.path !== here) {
      await visit.page.locator(`[data-testid=stSidebarNav] a[href$="/${part.path}"]`).click();
      visit.asked.clear();
    }
    here = part.path;
    const worked = await part.works(visit).then(
      () => WORKS,
      (error: unknown) => String(error),
    );
    results.push([name, worked]);
  }
  return Object.fromEntries(results);
}

const ALL = Object.keys(PARTS) as PartName[];
/** What goes over the wire in a way of its own: behind nginx, which sends the same headers as the proxy, only these. */
const OVER_THE_WIRE: readonly PartName[] = [
  ...(["a button", "a slider", "a form", "data frames", "pictures", "sound", "video", "an upload", "a download", "a chat"] as const),
  ...(["a declared component", "a component of version 2"] as const),
];

/** Once more, because a walk is 26 parts of somebody else's program, any of which may be slow to draw; what is blocked stays blocked. */
const PATIENCE = { timeout: 150_000, retry: 1 };

describe.skipIf(skipWithout("Streamlit behind a policy", [streamlit(CURRENT), CHROMIUM, NGINX]))("Streamlit", PATIENCE, () => {
  let app: Awaited<ReturnType<typeof startStreamlit>>;
  beforeAll(async () => {
    app = await startStreamlit(CURRENT);
  });
  afterAll(() => app?.stop());

  it.each<[string, keyof typeof DOORS, readonly Layer[], readonly PartName[]]>([
    ["streamlit, behind the proxy", "proxy", ["streamlit"], ALL],
    ["streamlit, behind nginx", "nginx", ["streamlit"], OVER_THE_WIRE],
    ["streamlitStrict, behind the proxy", "proxy", STRICT, ALL],
    ["streamlitStrict, behind nginx", "nginx", STRICT, OVER_THE_WIRE],
  ])("works in every part, and nothing is blocked: %s", async (_, door, layers, names) => {
    const visitor = await visit(await DOORS[door](app.port, layers));
    expect(await walk(visitor, names)).toEqual(Object.fromEntries(names.map((name) => [name, WORKS])));
    expect(await violations(visitor)).toEqual([]);
  });

  it.each(["streamlit", "streamlitStrict"] as const)("takes pictures and sound under %s with streamlitMedia", async (preset) => {
    const visitor = await visit(await DOORS.proxy(app.port, [preset, "streamlitMedia"]), ["camera", "microphone"]);
    await visitor.page.goto(visitor.url + DEVICES.path);
    await DEVICES.works(visitor);
    expect(await violations(visitor)).toEqual([]);
  });

  it("with a base path works where the proxy's target has it, and where visitors have it", async () => {
    const under = await startStreamlit(CURRENT, "/base");
    const parts = ["a button", "pictures", "sound", "an upload", "a download", "a declared component", "a component of version 2"] as const;
    const expected = Object.fromEntries(parts.map((name) => [name, WORKS]));
    try {
      for (const url of [await DOORS.proxy(under.port, STRICT, "/base"), `${await DOORS.proxy(under.port, STRICT)}base/`]) {
        expect([url, await walk(await visit(url), parts)]).toEqual([url, expected]);
      }
    } finally {
      await under.stop();
    }
  });

  /** What is taken away, what is then blocked, and a part: the one that no longer works, or one that does in spite of it. */
  type Row = [taken: string, layers: readonly Layer[], blocked: readonly string[], part: PartName, then: "breaks" | "works"];

  const without = (base: "streamlit" | "streamlitStrict", patch: Layer): readonly Layer[] => [base, patch];

  // Side by side: what breaks is waited for, and is nothing to do meanwhile.
  it.concurrent.for<Row>([
    [
      "the hash of Streamlit's own script",
      without("streamlitStrict", { contentSecurityPolicy: { scriptSrc: ["self", "blob:", "wasm-unsafe-eval"] } }),
      ["script-src-elem inline"],
      "a button",
      "works",
    ],
    [
      "blob: as a script",
      without("streamlitStrict", { contentSecurityPolicy: { scriptSrc: remove("blob:") } }),
      ["script-src-elem blob"],
      "a component of version 2",
      "breaks",
    ],
    [
      "WebAssembly",
      without("streamlitStrict", { contentSecurityPolicy: { scriptSrc: remove("wasm-unsafe-eval") } }),
      ["script-src wasm-eval"],
      "a Graphviz chart",
      "breaks",
    ],
    [
      "inline style",
      without("streamlitStrict", { contentSecurityPolicy: { styleSrc: ["self"] } }),
      ["style-src-elem inline"],
      "style of one's own",
      "breaks",
    ],
    [
      "data: as an image",
      without("streamlitStrict", { contentSecurityPolicy: { imgSrc: remove("data:") } }),
      ["img-src data"],
      "pictures",
      "breaks",
    ],
    [
      "blob: as an image",
      without("streamlitStrict", { contentSecurityPolicy: { imgSrc: remove("blob:") } }),
      ["img-src blob"],
      "a Mermaid chart",
      "breaks",
    ],
    [
      "data: as a font",
      without("streamlitStrict", { contentSecurityPolicy: { fontSrc: ["self"] } }),
      ["font-src data"],
      "a formula",
      "works",
    ],
    [
      "the maps' background",
      without("streamlitStrict", { contentSecurityPolicy: { connectSrc: ["self"] } }),
      [
        "connect-src https://basemaps.cartocdn.com/gl/dark-matter-gl-style/style.json",
        "connect-src https://basemaps.cartocdn.com/gl/positron-gl-style/style.json",
      ],
      "maps",
      "breaks",
    ],
    [
      "the WebSocket",
      without("streamlitStrict", { contentSecurityPolicy: { connectSrc: ["none"] } }),
      ["connect-src"],
      "a button",
      "breaks",
    ],
    ["media", without("streamlitStrict", { contentSecurityPolicy: { mediaSrc: ["none"] } }), ["media-src"], "sound", "breaks"],
    [
      "frames",
      without("streamlitStrict", { contentSecurityPolicy: { frameSrc: ["none"] } }),
      ["frame-src"],
      "a declared component",
      "breaks",
    ],
    [
      "being framed",
      without("streamlitStrict", { contentSecurityPolicy: { frameAncestors: ["none"] } }),
      [],
      "a declared component",
      "breaks",
    ],
    ["workers", without("streamlitStrict", { contentSecurityPolicy: { workerSrc: ["none"] } }), ["worker-src blob"], "maps", "breaks"],
    ["a hash of framed HTML", ["streamlitStrict"], ["script-src-elem inline"], "a script in HTML that is framed", "breaks"],
    [
      "streamlit's frames",
      without("streamlit", { xFrameOptions: "DENY", contentSecurityPolicy: { frameAncestors: ["none"] } }),
      [],
      "a declared component",
      "breaks",
    ],
    [
      "streamlit's blob: as a script",
      without("streamlit", { contentSecurityPolicy: { scriptSrc: remove("blob:") } }),
      ["script-src-elem blob"],
      "a component of version 2",
      "breaks",
    ],
    [
      "streamlit's blob: as an image",
      without("streamlit", { contentSecurityPolicy: { imgSrc: remove("blob:") } }),
      ["img-src blob"],
      "a Mermaid chart",
      "breaks",
    ],
    [
      "streamlit's workers",
      without("streamlit", { contentSecurityPolicy: { scriptSrc: remove("blob:") } }),
      ["worker-src blob"],
      "maps",
      "breaks",
    ],
    [
      "streamlit's maps",
      without("streamlit", { contentSecurityPolicy: { connectSrc: ["self", "ws:", "wss:"] } }),
      [
        "connect-src https://basemaps.cartocdn.com/gl/dark-matter-gl-style/style.json",
        "connect-src https://basemaps.cartocdn.com/gl/positron-gl-style/style.json",
      ],
      "maps",
      "breaks",
    ],
  ])("asks for %s", async ([_, layers, blocked, name, then], { onTestFinished }) => {
    const visitor = await visit(await DOORS.proxy(app.port, layers, "", onTestFinished), [], onTestFinished);
    const part: Part = PARTS[name];
    await visitor.page.goto(visitor.url + part.path);
    const expected = expect.arrayContaining(blocked.map((one) => expect.stringContaining(one)));
    await vi.waitFor(async () => expect(await violations(visitor)).toEqual(expected), { timeout: 30_000, interval: 50 });
    // Without a WebSocket nothing comes; else what is still on its way must not count as broken.
    if (!blocked.includes("connect-src")) await visitor.page.getByRole("heading", { level: 1 }).waitFor();
    if (then === "breaks") visitor.waitAtMost(5_000);
    const came = await part.works(visitor).then(
      () => "works",
      () => "breaks",
    );
    expect(came).toBe(then);
  });
});
