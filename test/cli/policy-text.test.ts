import { expect, it } from "vitest";
import { jupyter, jupyterStrict } from "../../src/applications/index.js";
import { jsonOf, moduleOf, type Written } from "../../src/cli/policy-text.js";
import { definePolicy, nonce, source } from "../../src/index.js";

const site = (policy: Written["policy"], routes: Written["routes"] = []): Written => ({ policy, routes });

it("a module has the policy as it would be written by hand", () => {
  const policy = definePolicy("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce, source("cdn")], upgradeInsecureRequests: true },
    strictTransportSecurity: { maxAge: 1 },
    custom: { "X-Own": 'a "b"' },
  });
  expect(moduleOf(site(policy), "Read from nginx.conf.")).toBe(`// Read from nginx.conf.
import { definePolicy, nonce, source } from "portcullis";

export const policy = definePolicy("none", {
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: [nonce, source("cdn")],
    upgradeInsecureRequests: true,
  },
  strictTransportSecurity: {
    maxAge: 1,
  },
  custom: {
    "X-Own": "a \\"b\\"",
  },
});
`);
});

it("a module has the routes beside it", () => {
  const routes = [{ path: "/embed", policy: definePolicy("none", { xFrameOptions: "DENY" }) }];
  expect(moduleOf(site(definePolicy("none"), routes), "x")).toBe(`// x
import { definePolicy } from "portcullis";

export const policy = definePolicy("none");

export const routes = [
  { path: "/embed", layers: ["none", {
    xFrameOptions: "DENY",
  }] },
];
`);
});

it("a module imports the presets of applications; JSON has their names, which the command line knows", () => {
  const written = site(definePolicy(jupyterStrict, { xFrameOptions: "DENY" }), [{ path: "/a", policy: definePolicy(jupyter) }]);
  expect(moduleOf(written, "x")).toBe(`// x
import { definePolicy } from "portcullis";
import { jupyter, jupyterStrict } from "portcullis/applications";

export const policy = definePolicy(jupyterStrict, {
  xFrameOptions: "DENY",
});

export const routes = [
  { path: "/a", layers: [jupyter] },
];
`);
  expect(JSON.parse(jsonOf(written, "s"))).toEqual({
    $schema: "s",
    policy: ["jupyterStrict", { xFrameOptions: "DENY" }],
    routes: [{ path: "/a", layers: ["jupyter"] }],
  });
});

it("a list that is long has an item a line", () => {
  const hosts = Array.from({ length: 4 }, (_, index) => `https://a-long-name-of-a-host-${index}.example` as const);
  const text = moduleOf(site(definePolicy("none", { contentSecurityPolicy: { defaultSrc: hosts } })), "x");
  expect(text).toContain('    defaultSrc: [\n      "https://a-long-name-of-a-host-0.example",\n');
});

it("the name of a file ends no comment", () => {
  expect(moduleOf(site(definePolicy("none")), "a\nb\u2028c").split("\n")[0]).toBe("// a b c");
});

it("JSON has layers and routes", () => {
  const routes = [{ path: "/embed", policy: definePolicy("none", { xFrameOptions: "DENY" }) }];
  expect(JSON.parse(jsonOf(site(definePolicy("none", { referrerPolicy: "origin" }), routes), "./s.json"))).toEqual({
    $schema: "./s.json",
    policy: ["none", { referrerPolicy: "origin" }],
    routes: [{ path: "/embed", layers: ["none", { xFrameOptions: "DENY" }] }],
  });
});

it("JSON has a Content-Security-Policy as text where a source in it is known to no type", () => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self", source("cdn")] } });
  expect(JSON.parse(jsonOf(site(policy), "./s.json"))).toEqual({
    $schema: "./s.json",
    policy: ["none", { contentSecurityPolicy: "default-src 'self' cdn" }],
  });
});

it("JSON refuses a nonce", () => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce] } });
  expect(() => jsonOf(site(policy), "./s.json")).toThrow(
    "The policy has a nonce, which JSON cannot represent. Leave --json out to write a module.",
  );
});
