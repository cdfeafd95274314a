import { describe, expect, it } from "vitest";
import { type Patch, securityHeaders } from "../../src/index.js";
import { braintree, crisp, zendesk } from "../../src/services/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, serveSite } from "./support.js";

// What a vendor's script does in the page, or in a blank frame of the page. The vendor's code is not run here.

const MICROPHONE = "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => true, () => false)";
const CAMERA = "navigator.mediaDevices.getUserMedia({ video: true }).then(() => true, () => false)";
const PAYMENT = `(() => {
  try {
    new PaymentRequest([{ supportedMethods: "https://google.com/pay" }], { total: { label: "a", amount: { currency: "EUR", value: "1" } } });
    return true;
  } catch {
    return false;
  }
})()`;

describe.skipIf(skipWithout("Features of services in a browser", [CHROMIUM]))("Chromium, on strict with", () => {
  it.each<[call: string, feature: string, expression: string, without: Patch, recipe: Patch]>([
    ["crisp({ calls: true })", "the microphone", MICROPHONE, crisp(), crisp({ calls: true })],
    ["crisp({ calls: true })", "the camera", CAMERA, crisp(), crisp({ calls: true })],
    ["zendesk({ voice: true })", "the microphone", MICROPHONE, zendesk(), zendesk({ voice: true })],
    ["braintree({ googlePay: true })", "a PaymentRequest of Google Pay", PAYMENT, braintree(), braintree({ googlePay: true })],
  ])(
    "%s, lets the page and its blank frames use %s, and without the option does not",
    async (_call, _feature, expression, without, recipe) => {
      const body = "<title>page</title><iframe></iframe>";
      const { port } = await serveSite({
        "/without": { policy: securityHeaders("strict", without), body },
        "/with": { policy: securityHeaders("strict", recipe), body },
      });
      const page = await newPage({ permissions: ["microphone", "camera"] });
      const found: unknown[] = [];
      for (const path of ["/without", "/with"]) {
        await page.goto(`http://localhost:${port}${path}`);
        for (const frame of page.frames()) found.push(await frame.evaluate(expression));
      }
      expect(found).toEqual([false, false, true, true]);
    },
  );
});
