import { expect, it } from "vitest";
import { definePolicy, renderHeaders } from "../../src/index.js";

it("streamlitStrict is this Content-Security-Policy", () => {
  expect(renderHeaders(definePolicy("streamlitStrict"))["Content-Security-Policy"]).toBe(
    [
      "default-src 'none'",
      "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' 'sha256-FvEKghNLP0YzyZSAxnPKuXunfcpTJfm4/Tuu/j9uBRw=' blob: 'wasm-unsafe-eval'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      "connect-src 'self' https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com",
      "media-src 'self'",
      "frame-src 'self'",
      "worker-src blob:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      "object-src 'none'",
    ].join("; "),
  );
});
