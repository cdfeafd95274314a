import { describe, expect, it } from "vitest";
import { compilers, editor } from "./compiler.js";

const HEAD = 'import { append, securityHeaders } from "portcullis";\n';

describe.each(compilers)("In an editor with TypeScript %s", (_, ts) => {
  const { completions, hover } = editor(ts);

  it("an empty policy offers the directives", () => {
    const offered = completions(`${HEAD}securityHeaders({ contentSecurityPolicy: { ▮ } });`);
    expect(offered).toEqual(expect.arrayContaining(["defaultSrc", "scriptSrc", "imgSrc", "frameAncestors", "upgradeInsecureRequests"]));
  });

  it("a policy that was begun offers the directives that are left", () => {
    const offered = completions(`${HEAD}securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self"], ▮ } });`);
    expect(offered).toEqual(expect.arrayContaining(["defaultSrc", "imgSrc"]));
    expect(offered).not.toContain("scriptSrc");
  });

  it("an empty patch offers headers, twins and settings", () => {
    const offered = completions(`${HEAD}securityHeaders({ ▮ });`);
    expect(offered).toEqual(
      expect.arrayContaining(["contentSecurityPolicy", "contentSecurityPolicyReportOnly", "xFrameOptions", "reporting"]),
    );
  });

  it("a script list offers the keywords that scripts take", () => {
    const offered = completions(`${HEAD}securityHeaders({ contentSecurityPolicy: { scriptSrc: ["▮"] } });`);
    expect(offered).toEqual(expect.arrayContaining(["self", "none", "strict-dynamic", "unsafe-eval", "'self'", "https:"]));
  });

  it("an image list offers no keyword of scripts", () => {
    const offered = completions(`${HEAD}securityHeaders({ contentSecurityPolicy: { imgSrc: ["▮"] } });`);
    expect(offered).toEqual(expect.arrayContaining(["self", "none", "data:"]));
    expect(offered).not.toContain("strict-dynamic");
  });

  it("append offers keywords", () => {
    const offered = completions(`${HEAD}securityHeaders({ contentSecurityPolicy: { scriptSrc: append("▮") } });`);
    expect(offered).toEqual(expect.arrayContaining(["self", "strict-dynamic"]));
  });

  it("a text in the place of a layer offers the presets", () => {
    const offered = completions(`${HEAD}securityHeaders("▮");`);
    expect(offered).toEqual(expect.arrayContaining(["recommended", "strict", "strictDynamic", "api", "streamlit", "development", "none"]));
  });

  it("an empty permissions policy offers the features", () => {
    const offered = completions(`${HEAD}securityHeaders({ permissionsPolicy: { ▮ } });`);
    expect(offered).toEqual(expect.arrayContaining(["camera", "microphone", "geolocation"]));
  });

  it("a header with few values offers them", () => {
    const offered = completions(`${HEAD}securityHeaders({ xFrameOptions: "▮" });`);
    expect(offered).toEqual(expect.arrayContaining(["DENY", "SAMEORIGIN"]));
  });

  it.each([
    ["a directive", "{ contentSecurityPolicy: { ▮scriptSrc: ['self'] } }", "`script-src`: scripts, inline handlers, `eval`."],
    ["a header", "{ ▮xFrameOptions: 'DENY' }", "`X-Frame-Options`: who may frame this page"],
    [
      "a twin",
      "{ ▮contentSecurityPolicyReportOnly: { scriptSrc: ['self'] } }",
      "`Content-Security-Policy-Report-Only`: what it would block is reported",
    ],
    ["a directive of a twin", "{ contentSecurityPolicyReportOnly: { ▮imgSrc: ['self'] } }", "`img-src`: images and icons."],
    ["a feature", "{ permissionsPolicy: { ▮camera: [] } }", "`camera`. "],
    ["an option", "{ strictTransportSecurity: { ▮maxAge: 3 } }", "Seconds for which browsers use https"],
    ["a setting", "{ ▮reporting: '/r' }", "Where browsers send reports"],
  ])("hovering over %s tells what it is", (_what, patch, documentation) => {
    expect(hover(`${HEAD}securityHeaders(${patch});`)).toContain(documentation);
  });

  it("hovering over a function tells what it does", () => {
    expect(hover(`${HEAD}▮securityHeaders();`)).toContain("Puts a policy in force for what is mounted below");
  });
});
