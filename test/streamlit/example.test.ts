import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";
import { type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { append, definePolicy, renderHeaders } from "../../src/index.js";

const example = (path: string) => readFileSync(new URL(`../../examples/streamlit/${path}`, import.meta.url), "utf8");

/** The script that the example frames, as app.py has it. */
const [, script = ""] = /<script>(.*?)<\/script>/.exec(example("app.py")) ?? [];
const hash = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
const layers = ["streamlitStrict", { contentSecurityPolicy: { scriptSrc: append(hash as `'sha256-${string}'`) } }] as const;

it("the example's policy names the script that its application frames", () => {
  const patch = { contentSecurityPolicy: { scriptSrc: { append: [hash] } } };
  expect(JSON.parse(example("policy.json"))).toEqual(["streamlitStrict", patch]);
});

it.each<[string, TargetName, Partial<ExportOptions>, string]>([
  ["portcullis.conf", "nginx", { upstream: "http://127.0.0.1:8501" }, "nginx/"],
  ["docker-compose.yml", "docker-compose", { upstream: "http://app:8501" }, ""],
])("the example's %s is what export %s prints", (_, target, options, folder) => {
  const { files, warnings } = exportPolicy(target, { policy: layers, serverName: "app.example.com", ...options });
  expect(warnings).toEqual([]);
  for (const { path, text } of files) expect([path, example(folder + path)]).toEqual([path, text]);
});

it("streamlitStrict is these headers", () => {
  const { "Permissions-Policy": features, ...others } = renderHeaders(definePolicy("streamlitStrict")) as Record<string, string>;
  expect(features).toContain("camera=(), ");
  expect(others).toEqual({
    "Content-Security-Policy":
      "default-src 'none'; script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' 'sha256-FvEKghNLP0YzyZSAxnPKuXunfcpTJfm4/Tuu/j9uBRw=' blob: 'wasm-unsafe-eval'; " +
      "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
      "connect-src 'self' https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com; media-src 'self'; frame-src 'self'; " +
      "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-DNS-Prefetch-Control": "off",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-XSS-Protection": "0",
  });
});

it("streamlitMedia lets streamlitStrict's page have the camera and the microphone", () => {
  const { "Permissions-Policy": features, "Content-Security-Policy": csp } = renderHeaders(
    definePolicy("streamlitStrict", "streamlitMedia"),
  );
  expect(features).toContain("camera=(self), ");
  expect(features).toContain("microphone=(self), ");
  expect(csp).toContain(
    "connect-src 'self' https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com data: blob:; media-src 'self' blob:; ",
  );
});

it("streamlitMapbox lets streamlitStrict's maps ask for a token and Mapbox", () => {
  expect(renderHeaders(definePolicy("streamlitStrict", "streamlitMapbox"))["Content-Security-Policy"]).toContain(
    "connect-src 'self' https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; ",
  );
});

// 100; unsafe in style alone 0; frame-ancestors +5; no-referrer +5; COOP, COEP and CORP +10 each. Streamlit's page sets no cookie.
it("streamlitStrict has 140 points by the Observatory's figures, where 90 were asked for", () => {
  const { points, grade } = audit(definePolicy("streamlitStrict")).score;
  expect([points, grade]).toEqual([140, "A+"]);
});

it("streamlit stays below 90 by them, with inline scripts allowed", () => {
  expect(audit(definePolicy("streamlit")).score.points).toBe(80);
});
