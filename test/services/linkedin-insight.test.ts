import { expect, it } from "vitest";
import { linkedinInsight } from "../../src/services/linkedin-insight.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", linkedinInsight())).toEqual({
    "script-src": "'self' https://snap.licdn.com",
    "img-src": "'self' https://px.ads.linkedin.com https://px4.ads.linkedin.com https://www.linkedin.com/px/",
    "connect-src": "'self' https://px.ads.linkedin.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", linkedinInsight())).toEqual({
    "img-src": "'self' data: https://px.ads.linkedin.com https://px4.ads.linkedin.com https://www.linkedin.com/px/",
    "connect-src": "'self' https://px.ads.linkedin.com",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", linkedinInsight())).toEqual({
    "script-src": "'self' https://snap.licdn.com",
    "img-src": "'self' data: https://px.ads.linkedin.com https://px4.ads.linkedin.com https://www.linkedin.com/px/",
    "connect-src": "'self' https://px.ads.linkedin.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => linkedinInsight({ partner: 1 } as never))).toMatch(/^linkedinInsight\.partner: unknown option\./);
});
