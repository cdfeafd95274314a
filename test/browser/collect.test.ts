import { describe, expect, it, vi } from "vitest";
import { collectViolations } from "../../src/adapters/testing.js";
import { append, definePolicy, type Patch, type Policy, securityHeaders } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Served, serveSite } from "./support.js";

const base = definePolicy("none", {
  contentSecurityPolicy: { defaultSrc: ["self"], baseUri: ["none"], formAction: ["none"], frameAncestors: ["self"] },
});

const served = (policy: Policy, body: string): Served => ({ policy: securityHeaders(policy), body: `<!doctype html><body>\n${body}` });

/** What `expectNone` says of a page; the port, which is another every time, left out. */
async function saidOf(pages: Readonly<Record<string, Served>>, from = "localhost", isTold = 1): Promise<string> {
  const { port } = await serveSite(pages);
  const page = await newPage({ permissions: ["camera"] });
  const seen = await collectViolations(page);
  await page.goto(`http://${from}:${port}/`);
  await vi.waitFor(() => expect(seen.violations.length).toBeGreaterThanOrEqual(isTold), { timeout: 10_000 });
  const message = await seen.expectNone().then(
    () => "",
    (error: Error) => error.message,
  );
  return message.replaceAll(`:${port}`, "");
}

describe.skipIf(skipWithout("Violations in a browser", [CHROMIUM]))("collectViolations", () => {
  it.each<[string, string, string[]]>([
    ["x", "<img src=http://other.test:PORT/image.svg>", []],
    ["x", "<img src='data:image/png;base64,AAAA'>", []],
    ["x", "<script>1</script>", []],
    ["x", "<script>1</script>\n<script>2</script>", []],
    ["x", "<b onclick=1 style='color:red'></b><style>b{}</style>", []],
    ["x", "<base href=http://other.test/>", []],
    ["x", "<script src=/eval.js></script><script src=/wasm.js></script>", []],
    ["x", "<iframe src=http://127.0.0.1:PORT/frame.html></iframe>", []],
    ["x", "<iframe src=/frame></iframe>", []],
  ])("%s %s", async (_, html, lines) => {
    console.log(await saidOf({ "/": served(base, html), "/frame": served(base, "<img src=http://other.test/x.png>") }));
  });
  it("more", async () => {
    const p = definePolicy("none", { permissionsPolicy: { camera: [] } });
    console.log(await saidOf({ "/": served(p, "<script>navigator.mediaDevices.getUserMedia({ video: true }).catch(() => {})</script>") }));
    const q = definePolicy("none", { permissionsPolicy: { camera: ["self"] } });
    console.log(await saidOf({ "/": served(q, "<iframe src=http://127.0.0.1:PORT/f></iframe>"), "/f": served(definePolicy("none"), "<script>navigator.mediaDevices.getUserMedia({ video: true }).catch(() => {})</script>") }));
    const c = definePolicy("none", { crossOriginEmbedderPolicy: "require-corp" });
    console.log(await saidOf({ "/": served(c, "<img src=http://127.0.0.1:PORT/image.svg>") }));
    console.log(await saidOf({ "/": served(c, "<iframe src=/frame.html></iframe>") }));
    const x = definePolicy("none", { xFrameOptions: "DENY" });
    console.log(await saidOf({ "/": served(definePolicy("none"), "<iframe src=/f></iframe><iframe src=http://127.0.0.1:PORT/f></iframe>"), "/f": served(x, "") }, "localhost", 2));
    console.log(await saidOf({ "/": served(definePolicy("none"), "<iframe src=http://127.0.0.1:PORT/f></iframe>"), "/f": served(base, "") }));
    const s = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], sandbox: [] } });
    console.log(await saidOf({ "/": served(s, "<img src=http://other.test/x.png><style>b{}</style>") }, "localhost", 2));
    const t = definePolicy("none", { contentSecurityPolicy: { trustedTypes: ["one"], requireTrustedTypesFor: ["script"] } });
    console.log(await saidOf({ "/": served(t, "<b id=x></b><script>try{trustedTypes.createPolicy('two',{})}catch{}; x.innerHTML='y'</script>") }, "localhost", 2));
  });
});
