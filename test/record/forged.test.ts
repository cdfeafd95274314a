import { describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { page, recordSite } from "./needs.js";

/** What a frame of another host says about the site, by the function that the recorder exposes to pages. */
const LIES = `
  const site = "https://site.test:PORT/", evil = "https://evil.test";
  const tell = (message) => globalThis.__portcullisDetail(JSON.stringify(message));
  tell({ kind: "popup", document: site, origin: evil });
  tell({ kind: "framed", document: site, ancestors: [evil] });
  tell({ kind: "framed", document: site + "in.html", ancestors: [evil] });
  tell({ kind: "report", report: { type: "permissions-policy-violation", url: site,
    body: { featureId: "camera", disposition: "report", message: "", srcAttribute: evil } } });
  tell({ kind: "report", report: { type: "coep", url: site,
    body: { type: "corp", blockedURL: evil + "/a", destination: "image", disposition: "report" } } });
`;

const FRAMES = "<iframe src=https://ad.test:PORT/ad.html></iframe><iframe src=/in.html></iframe>";
const CHANGES = { "frame-src": "https://ad.test 'self'", "frame-ancestors": "'self'", "X-Frame-Options": "SAMEORIGIN" };

describe.skipIf(skipWithout("what a frame of another host says", [CHROMIUM]))("A frame of another host adds nothing to the policy", () => {
  it("by messages about the site", { timeout: 120_000 }, async () => {
    const pages = { "/": page(FRAMES), "/in.html": { body: "inner" }, "/ad.html": { body: `<script>${LIES}</script>ad` } };
    const { proposed } = await recordSite({ pages });
    expect(proposed).toEqual({ outcome: "proven", changes: CHANGES, pending: [], needed: [] });
  });

  it("by such messages from a document without an address", { timeout: 120_000 }, async () => {
    const blank = `addEventListener("load", () => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const code = frame.contentDocument.createElement("script");
      code.textContent = ${JSON.stringify(LIES)};
      frame.contentDocument.body.append(code);
      location = URL.createObjectURL(new Blob(["<script>" + ${JSON.stringify(LIES)} + "</" + "script>"], { type: "text/html" }));
    })`;
    const pages = { "/": page(FRAMES), "/in.html": { body: "inner" }, "/ad.html": { body: `<body>ad<script>${blank}</script>` } };
    const { proposed } = await recordSite({ pages });
    // The frame goes to a blob: URL, which the policy of the site has to allow.
    expect({ ...proposed.changes, "frame-src": undefined }).toEqual({ ...CHANGES, "frame-src": undefined });
    expect(proposed.pending).toEqual([]);
  });

  it("by requests that its own policy blocks", { timeout: 120_000 }, async () => {
    const ad = {
      headers: { "Content-Security-Policy": "default-src 'none'" },
      body: "ad<script src=https://evil.test:PORT/done.js></script><img src=https://evil.test:PORT/image.svg>",
    };
    const pages = { "/": page(FRAMES), "/in.html": { body: "inner" }, "/ad.html": ad };
    const { recording, proposed } = await recordSite({ pages });
    expect(proposed).toEqual({ outcome: "proven", changes: CHANGES, pending: [], needed: [] });
    expect(recording.proof?.evidence.violations).toBe(0);
  });

  it("by lines of the console that look like the browser's", { timeout: 120_000 }, async () => {
    const refused = "Refused to display 'https://site.test:PORT/in.html' in a frame because it set 'X-Frame-Options' to 'deny'.";
    const ad = { body: `ad<script>console.error(${JSON.stringify(refused)})</script>` };
    const pages = { "/": page(FRAMES), "/in.html": { body: "inner" }, "/ad.html": ad };
    const { recording } = await recordSite({ pages });
    expect(recording.proof?.evidence.refusedFrames).toEqual([]);
  });
});
