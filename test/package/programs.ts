/** Used as a server's author would: a real server, asked once, its headers printed. */
const SERVER = `
const server = createServer((req, res) => {
  res.locals = {};
  site(req, res);
  page(req, res);
  res.end(nonceOf(res) === res.locals.cspNonce ? "same" : "different");
});
server.listen(0, "127.0.0.1", async () => {
  const response = await fetch("http://127.0.0.1:" + server.address().port);
  console.log(response.headers.get("x-frame-options"));
  console.log(response.headers.get("content-security-policy").replace(/nonce-[^']{24}'/, "nonce-24'"));
  console.log(await response.text());
  server.close();
});
`;

const USE = `
const site = securityHeaders("none", { xFrameOptions: "DENY", contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce] } });
const page = override({ xFrameOptions: "SAMEORIGIN", contentSecurityPolicy: { imgSrc: append("https://img.example") } });
`;

/** What both print. */
export const SERVED = `SAMEORIGIN
default-src 'self'; script-src 'self' 'nonce-24'; img-src 'self' https://img.example
same
`;

export const ESM_SERVER = `
import { createServer } from "node:http";
import { append, nonce, nonceOf, override, securityHeaders } from "portcullis";
import { strict } from "portcullis/presets";
securityHeaders(strict);
${USE}${SERVER}`;

export const CJS_SERVER = `
const { createServer } = require("node:http");
const { append, nonce, nonceOf, override, securityHeaders } = require("portcullis");
const { strict } = require("portcullis/presets");
securityHeaders(strict);
${USE}${SERVER}`;

/** Each copy makes what the other one uses; every line says what was tried, and what came of it. */
export const BOTH_COPIES = `
import { createRequire } from "node:module";
import { createServer } from "node:http";
import * as esm from "portcullis";
import * as esmPresets from "portcullis/presets";
const require = createRequire(import.meta.url);
const cjs = require("portcullis");
const cjsPresets = require("portcullis/presets");

console.log("two copies:", esm.securityHeaders !== cjs.securityHeaders);

for (const [from, maker, makerPresets, user] of [["ESM", esm, esmPresets, cjs], ["CJS", cjs, cjsPresets, esm]]) {
  const policy = maker.definePolicy("none", { xFrameOptions: "DENY", contentSecurityPolicy: { imgSrc: ["self"], scriptSrc: [maker.nonce] } });
  const show = (...layers) => JSON.stringify(user.renderHeaders(user.definePolicy(...layers), { nonce: "abc" }));
  console.log(from, "policy:", show(policy));
  console.log(from, "policy, rendered as it is:", JSON.stringify(user.renderHeaders(policy, { nonce: "abc" })));
  console.log(from, "nonce:", show("none", { contentSecurityPolicy: { scriptSrc: [maker.nonce] } }));
  console.log(from, "edit:", show(policy, { contentSecurityPolicy: { imgSrc: maker.append("data:") } }));
  console.log(from, "source:", show("none", { contentSecurityPolicy: { defaultSrc: [maker.source("intranet")] } }));
  console.log(from, "preset:", show(makerPresets.none, { xFrameOptions: "DENY" }));
  console.log(from, "patch preset:", show(makerPresets.none, { strictTransportSecurity: true, xFrameOptions: "DENY" }, makerPresets.development));
  const slot = maker.perRequest(() => "https://a.example");
  const slotted = user.definePolicy("none", { contentSecurityPolicy: { defaultSrc: [slot] } });
  console.log(from, "perRequest:", JSON.stringify(user.renderHeaders(slotted, { slots: new Map([[slot, "https://a.example"]]) })));
  try {
    maker.securityHeaders({ xFrameOption: "DENY" });
  } catch (error) {
    console.log(from, "error:", error instanceof user.PolicyError, error instanceof maker.PolicyError, error instanceof Error);
  }
  console.log(from, "no error:", new Error("x") instanceof user.PolicyError);
}

for (const [name, site, page] of [["ESM site, CJS page:", esm, cjs], ["CJS site, ESM page:", cjs, esm]]) {
  const put = site.securityHeaders("none", { xFrameOptions: "DENY", contentSecurityPolicy: { scriptSrc: ["self", site.nonce] } });
  const change = page.override({ xFrameOptions: "SAMEORIGIN", contentSecurityPolicy: { scriptSrc: page.append("https://a.example") } });
  const server = createServer((req, res) => {
    put(req, res);
    const before = site.nonceOf(res);
    change(req, res);
    page.sealHeaders()(req, res);
    res.writeHead(200, { "x-frame-options": "ALLOWALL", "Content-Security-Policy": "script-src *" });
    res.end(String(before === page.nonceOf(res) && site.policyOf(res) === page.policyOf(res)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const response = await fetch("http://127.0.0.1:" + server.address().port);
  const csp = response.headers.get("content-security-policy").replace(/nonce-[^']{24}'/, "nonce-24'");
  console.log(name, response.headers.get("x-frame-options"), "|", csp, "|", await response.text());
  server.close();
}
`;

const agreed = (
  from: string,
) => `${from} policy: {"Content-Security-Policy":"img-src 'self'; script-src 'nonce-abc'","X-Frame-Options":"DENY"}
${from} policy, rendered as it is: {"Content-Security-Policy":"img-src 'self'; script-src 'nonce-abc'","X-Frame-Options":"DENY"}
${from} nonce: {"Content-Security-Policy":"script-src 'nonce-abc'"}
${from} edit: {"Content-Security-Policy":"img-src 'self' data:; script-src 'nonce-abc'","X-Frame-Options":"DENY"}
${from} source: {"Content-Security-Policy":"default-src intranet"}
${from} preset: {"X-Frame-Options":"DENY"}
${from} patch preset: {"X-Frame-Options":"DENY"}
${from} perRequest: {"Content-Security-Policy":"default-src https://a.example"}
${from} error: true true true
${from} no error: false
`;

/** What that prints where the copies agree. */
export const AGREED = `two copies: true
${agreed("ESM")}${agreed("CJS")}ESM site, CJS page: SAMEORIGIN | script-src 'self' 'nonce-24' https://a.example | true
CJS site, ESM page: SAMEORIGIN | script-src 'self' 'nonce-24' https://a.example | true
`;

/** An Express application under types: what a first hour with the library is made of. */
export const TYPESCRIPT = `
import express from "express";
import { append, definePolicy, nonce, nonceOf, override, type Patch, type Policy, PolicyError, securityHeaders } from "portcullis";
import { strict, streamlit } from "portcullis/presets";

const patch = { contentSecurityPolicy: { scriptSrc: ["self", nonce], imgSrc: append("https://img.example") } } satisfies Patch;
const policy: Policy = definePolicy(strict, patch);
const app = express();
app.use(securityHeaders(policy));
app.get("/", override(streamlit, { xFrameOptions: false }), (req, res) => {
  const text: string | undefined = res.locals.cspNonce;
  res.send(text ?? nonceOf(res));
});
export const isOurs = (error: unknown): boolean => error instanceof PolicyError && error.issues.length > 0;
// @ts-expect-error: types are there, and say no
securityHeaders({ xFrameOption: "DENY" });
`;
