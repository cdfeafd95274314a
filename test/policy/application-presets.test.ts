import { describe, expect, it } from "vitest";
import { applications, dash, gradio, jupyter, jupyterStrict, nodeRed, swaggerUi } from "../../src/applications/index.js";
import { policyOfJson } from "../../src/cli/input/policy-file.js";
import { append, definePolicy, type Layer, renderHeaders } from "../../src/index.js";
import { snippet } from "../docs/snippets.js";

const wire = (...layers: readonly Layer[]) => renderHeaders(definePolicy(...layers));
const cspOf = (...layers: readonly Layer[]) => wire(...layers)["Content-Security-Policy"];

/** What `recommended` has beside its Content-Security-Policy. */
const RECOMMENDED = {
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "SAMEORIGIN",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "X-DNS-Prefetch-Control": "off",
  "X-XSS-Protection": "0",
};

const CSP: Readonly<Record<keyof typeof applications, string>> = {
  jupyter:
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; font-src 'self' data:; media-src 'self' data:; frame-src 'self' blob:; object-src blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  jupyterStrict:
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'sha256-DHk7PmJD5wtdpNjEzpkYISzoAstMGRwG1GNWZ25R2pM='; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' data:; frame-src 'self' blob:; object-src blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  gradio:
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  gradioStrict:
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'sha256-Bp00+bXvXIKMynrZJ/zG223J2+w1B7iMwzQeXZXUst4=' 'sha256-lBZME9sy7yKjB68UVFZPDhjhQDBysZtJAO/4YoISCxA='; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
  dash: "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; font-src 'self' data:; connect-src 'self' https://cdn.plot.ly https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com; media-src 'self' data:; worker-src blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  dashStrict:
    "default-src 'none'; script-src 'self' 'sha256-jZlsGVOhUAIcH+4PVs7QuGZkthRMgvT2n0ilH6/zTM0='; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' https://cdn.plot.ly https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com; media-src 'self' data:; worker-src blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  swaggerUi:
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  swaggerUiStrict:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  nodeRed:
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https://catalogue.nodered.org; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  nodeRedStrict:
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

describe("The presets of applications", () => {
  it.each(Object.keys(CSP) as (keyof typeof applications)[])("%s has this Content-Security-Policy", (name) => {
    expect(cspOf(applications[name])).toBe(CSP[name]);
  });

  it.each([
    ["jupyter", jupyter],
    ["dash", dash],
    ["nodeRed", nodeRed],
  ] as const)("%s has the other headers of recommended", (_, preset) => {
    const { "Content-Security-Policy": _csp, ...others } = wire(preset);
    expect(others).toEqual(RECOMMENDED);
  });

  it("gradio allows the camera and the microphone", () => {
    const { "Content-Security-Policy": _csp, ...others } = wire(gradio);
    expect(others).toEqual({ ...RECOMMENDED, "Permissions-Policy": "geolocation=(), camera=(self), microphone=(self)" });
  });

  it("swaggerUi sends no Cross-Origin-Opener-Policy, which would cut the window of a sign-in off", () => {
    const { "Content-Security-Policy": _csp, ...others } = wire(swaggerUi);
    const { "Cross-Origin-Opener-Policy": _coop, ...expected } = RECOMMENDED;
    expect(others).toEqual(expected);
  });

  it.each([
    ["jupyterStrict", "SAMEORIGIN", "require-corp"],
    ["gradioStrict", "DENY", "require-corp"],
    ["dashStrict", "DENY", "require-corp"],
    ["swaggerUiStrict", "DENY", "require-corp"],
    ["nodeRedStrict", "DENY", undefined],
  ] as const)("%s isolates its pages: X-Frame-Options %s, Cross-Origin-Embedder-Policy %s, no referrer", (name, framing, embedding) => {
    const headers = wire(applications[name]);
    expect(headers["Cross-Origin-Embedder-Policy"]).toBe(embedding);
    expect(headers).toMatchObject({
      "X-Frame-Options": framing,
      "Referrer-Policy": "no-referrer",
      "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
  });

  it("gradioStrict allows the camera and the microphone, and no other powerful feature", () => {
    const features = wire(applications.gradioStrict)["Permissions-Policy"] as string;
    expect(features).toMatch(/(?:^|, )camera=\(self\), /);
    expect(features.match(/=\((?!\))[^)]*\)/g)).toEqual(["=(self)", "=(self)"]);
  });

  it("dashStrict takes the hashes of clientside callbacks, as docs/applications.md has them", () => {
    const { layers } = policyOfJson(snippet("docs/applications.md > Dash > 1"), "dash.json");
    expect(cspOf(...(layers as Layer[]))).toBe(
      CSP.dashStrict.replace("zTM0='", "zTM0=' 'sha256-tPmHj5LISIeRmeob7mO8LZMb/BS+EKF9tA2DLqqJdEg='"),
    );
  });

  it("are complete layers: they replace what is below, and patches change them", () => {
    expect(cspOf("api", jupyterStrict, { contentSecurityPolicy: { imgSrc: append("https://img.example") } })).toBe(
      CSP.jupyterStrict.replace("img-src 'self' data: blob:", "img-src 'self' data: blob: https://img.example"),
    );
  });
});
