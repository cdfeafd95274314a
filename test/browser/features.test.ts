import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { featureKnowledge } from "../../src/audit/headers/permissions-policy/features.js";
import { features } from "../../src/headers/permissions-policy/features.js";
import { featureNamed } from "../../src/headers/permissions-policy/read.js";
import { securityHeaders } from "../../src/index.js";
import { kebabCase } from "../../src/values/text.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Served, serveSite } from "./support.js";

const FEATURES = "document.featurePolicy.features()";
const ALLOWED = "document.featurePolicy.allowedFeatures()";

/** Which of the page and its frame of another site may use a feature. */
async function allowed(feature: "camera" | "gamepad", header: string | undefined, allow = ""): Promise<readonly boolean[]> {
  const { port } = await serveSite({
    "/": {
      body: `<title>page</title><iframe allow="${allow}" src="http://other.test:PORT/frame.html"></iframe>`,
      ...(header !== undefined && { headers: { "Permissions-Policy": `${feature}=${header}` } }),
    },
  });
  const page = await newPage();
  await page.goto(`http://localhost:${port}/`);
  return Promise.all(
    page.frames().map((frame) => frame.evaluate(`document.featurePolicy.allowsFeature("${feature}")`) as Promise<boolean>),
  );
}

/** Requests of a page, and of its frame of another site, that carry a client hint; a.localhost is a secure context as localhost is. */
async function carriers(
  hint: "Sec-CH-DPR" | "Sec-CH-UA",
  header: string | undefined,
  allow = "",
  reportOnly = "",
): Promise<readonly string[]> {
  const found: string[] = [];
  const noted = (served: Served): Served => ({
    ...served,
    policy: (req) => {
      const { headers, url } = req as IncomingMessage;
      if (headers[hint.toLowerCase()] !== undefined) found.push((headers.host ?? "").replace(/:\d+$/, "") + url);
    },
  });
  const svg = { type: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg"/>' };
  const { port } = await serveSite({
    "/": {
      policy: (req, res) => {
        res.setHeader("Accept-CH", hint);
        if (header !== undefined)
          res.setHeader(`Permissions-Policy${reportOnly}`, header.replaceAll("PORT", String((req as IncomingMessage).socket.localPort)));
      },
      body: `<title>page</title><img src="/image"><img src="http://a.localhost:PORT/image"><iframe allow="${allow}" src="http://a.localhost:PORT/frame"></iframe>`,
    },
    "/frame": noted({ body: '<title>frame</title><img src="/inner">' }),
    "/image": noted(svg),
    "/inner": noted(svg),
  });
  const page = await newPage();
  await page.goto(`http://localhost:${port}/`);
  return found.sort();
}

describe.skipIf(skipWithout("The default allowlists of features in a browser", [CHROMIUM]))("Chromium", () => {
  it("gives a frame of another site, without allow, the features of the registry whose default allowlist is *", async () => {
    const { port } = await serveSite({
      "/": { policy: securityHeaders("none"), body: '<title>page</title><iframe src="http://other.test:PORT/frame.html"></iframe>' },
    });
    const page = await newPage();
    await page.goto(`http://localhost:${port}/`);
    const known = (await page.evaluate(FEATURES)) as string[];
    const inFrame = (await page.frames()[1]?.evaluate(ALLOWED)) as string[];
    const shared = Object.keys(features).filter((key) => known.includes(kebabCase(key)));
    expect(shared.length).toBeGreaterThan(40);
    expect(shared.filter((key) => inFrame.includes(kebabCase(key)))).toEqual(
      shared.filter((key) => featureKnowledge(key)?.defaultAllowlist === "*"),
    );
  });

  // The header only limits such a feature: * is the same as no mention.
  it.each<["camera" | "gamepad", string | undefined, allow: string, found: readonly boolean[]]>([
    ["camera", undefined, "", [true, false]],
    ["camera", "*", "", [true, false]],
    ["camera", undefined, "camera", [true, true]],
    ["camera", "*", "camera", [true, true]],
    ["camera", "(self)", "camera", [true, false]],
    ["gamepad", undefined, "", [true, true]],
    ["gamepad", "*", "", [true, true]],
    ["gamepad", "(self)", "gamepad", [true, false]],
  ])("%s=%s with allow=%j: the page, and a frame of another site", async (feature, header, allow, found) => {
    expect(await allowed(feature, header, allow)).toEqual(found);
  });

  it("knows no feature that is not in the registry", async () => {
    const { port } = await serveSite({ "/": { body: "<title>page</title>" } });
    const page = await newPage();
    await page.goto(`http://localhost:${port}/`);
    const known = (await page.evaluate(FEATURES)) as string[];
    expect(known.filter((name) => featureNamed(name) === undefined)).toEqual([]);
  });

  const A = '"http://a.localhost:PORT"';
  const OWN = "localhost/image";
  const THERE = "a.localhost/image";
  const FRAME = "a.localhost/frame";
  const IN_FRAME = "a.localhost/inner";

  // Client hints: the header names the origins that get them, and frames of these need no allow attribute.
  it.each<["Sec-CH-DPR" | "Sec-CH-UA", header: string | undefined, allow: string, requests: readonly string[]]>([
    ["Sec-CH-DPR", undefined, "", [OWN]],
    ["Sec-CH-DPR", "ch-dpr=(self)", "", [OWN]],
    ["Sec-CH-DPR", "ch-dpr=*", "", [FRAME, THERE, IN_FRAME, OWN]],
    ["Sec-CH-DPR", `ch-dpr=(self ${A})`, "", [FRAME, THERE, IN_FRAME, OWN]],
    ["Sec-CH-DPR", `ch-dpr=(${A})`, "", [FRAME, THERE]],
    ["Sec-CH-DPR", "ch-dpr=()", "", []],
    ["Sec-CH-DPR", undefined, "ch-dpr", [FRAME, IN_FRAME, OWN]],
    // The request for the frame has it, and those of the frame do not.
    ["Sec-CH-DPR", "ch-dpr=(self)", "ch-dpr", [FRAME, OWN]],
    ["Sec-CH-UA", undefined, "", [FRAME, THERE, IN_FRAME, OWN]],
    ["Sec-CH-UA", "ch-ua=*", "", [FRAME, THERE, IN_FRAME, OWN]],
    ["Sec-CH-UA", "ch-ua=(self)", "", [OWN]],
    ["Sec-CH-UA", "ch-ua=()", "", []],
  ])("sends %s, where the header is %s and the frame has allow=%j, with these requests", async (hint, header, allow, requests) => {
    expect(await carriers(hint, header, allow)).toEqual(requests);
  });

  it.each(["ch-dpr=*", "ch-dpr=()"])("sends Sec-CH-DPR as without the header where %s only reports", async (header) => {
    expect(await carriers("Sec-CH-DPR", header, "", "-Report-Only")).toEqual([OWN]);
  });
});
