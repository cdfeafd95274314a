import { describe, expect, it } from "vitest";
import { featureKnowledge } from "../../src/audit/headers/permissions-policy/features.js";
import { features } from "../../src/headers/permissions-policy/features.js";
import { securityHeaders } from "../../src/index.js";
import { kebabCase } from "../../src/values/text.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, serveSite } from "./support.js";

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

  // The header only limits: * is the same as no mention of the feature.
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
});
