// What a request costs.
import { deepStrictEqual } from "node:assert";
import { randomBytes } from "node:crypto";
import helmet from "helmet";
import { append, definePolicy, nonce, override, renderHeaders, sealHeaders, securityHeaders } from "portcullis";
import { median, next, proxiedPair, ratioOf, realPair, stubbedPair } from "../measure.js";

/** The names and values that a middleware really sets, to be set by hand or asked of the peer. */
function linesOf(...chain) {
  const [req, res] = realPair();
  for (const middleware of chain) middleware(req, res, next);
  return res.getRawHeaderNames().map((name) => [name, res.getHeader(name)]);
}

const lower = (lines) =>
  Object.fromEntries(
    lines.map(([name, value]) => [
      name.toLowerCase(),
      String(value)
        .replaceAll(/; ?/g, ";")
        .replace(/'nonce-[^']+'/g, "'nonce-N'"),
    ]),
  );

/** Both sides have to send the same, or the ratio means nothing. */
function sameHeaders(ours, theirs) {
  deepStrictEqual(lower(linesOf(...ours)), lower(linesOf(...theirs)));
}

function bareLoop(lines) {
  return (_req, res) => {
    for (const [name, value] of lines) res.setHeader(name, value);
    res.removeHeader("X-Powered-By");
    next();
  };
}

const run = (...chain) =>
  chain.length === 1
    ? (req, res) => chain[0](req, res, next)
    : (req, res) => {
        for (const middleware of chain) middleware(req, res, next);
      };

// helmet's headers without HSTS, as a policy that has no need to look at the transport.
const helmetCsp = {
  defaultSrc: ["self"],
  baseUri: ["self"],
  fontSrc: ["self", "https:", "data:"],
  formAction: ["self"],
  frameAncestors: ["self"],
  imgSrc: ["self", "data:"],
  objectSrc: ["none"],
  scriptSrc: ["self"],
  scriptSrcAttr: ["none"],
  styleSrc: ["self", "https:", "unsafe-inline"],
};
const asHelmet = {
  contentSecurityPolicy: helmetCsp,
  xFrameOptions: "SAMEORIGIN",
  xContentTypeOptions: true,
  referrerPolicy: "no-referrer",
  crossOriginOpenerPolicy: true,
  crossOriginResourcePolicy: true,
  originAgentCluster: true,
  xDnsPrefetchControl: "off",
  xDownloadOptions: true,
  xPermittedCrossDomainPolicies: "none",
  xXssProtection: true,
  stripHeaders: ["X-Powered-By"],
};
const noUpgrade = { upgradeInsecureRequests: null };
const helmetSame = (directives = {}, options = {}) =>
  helmet({ strictTransportSecurity: false, contentSecurityPolicy: { directives: { ...noUpgrade, ...directives } }, ...options });
const CONSTANT = "'nonce-AAAAAAAAAAAAAAAAAAAAAA=='";

export function staticPolicy(options) {
  const ours = securityHeaders("none", asHelmet);
  return ratioOf(run(ours), bareLoop(linesOf(ours)), options);
}

export function recommendedPolicy(options) {
  const ours = securityHeaders();
  return ratioOf(run(ours), bareLoop(linesOf(ours)), options);
}

export const recommendedPolicyProxied = (options) => recommendedPolicy({ ...options, makePair: proxiedPair });

export function ownShare(options) {
  const ours = securityHeaders("none", asHelmet);
  const theirs = helmetSame();
  sameHeaders([ours], [theirs]);
  return ratioOf(run(ours), run(theirs), { ...options, makePair: stubbedPair });
}

/** The look at the transport, which HSTS asks for, counted in: a request's first touch. */
export function ownShareLooking(options) {
  const ours = securityHeaders("none", asHelmet, { strictTransportSecurity: true });
  const theirs = helmetSame({}, { strictTransportSecurity: true });
  sameHeaders([ours], [theirs]);
  return ratioOf(run(ours), run(theirs), { ...options, makePair: stubbedPair });
}

export function ownShareNonce(options) {
  const ours = securityHeaders("none", asHelmet, { contentSecurityPolicy: { scriptSrc: append(nonce) } });
  const theirs = helmetSame({ scriptSrc: ["'self'", () => CONSTANT] });
  sameHeaders([ours], [theirs]);
  // Ours cannot be told to leave the drawing out: its share is measured alone, and taken off.
  const stubbed = { ...options, makePair: stubbedPair };
  const drawing = median(ratioOf(drawNonce(), run(theirs), stubbed)) - median(ratioOf(next, run(theirs), stubbed));
  return ratioOf(run(ours), run(theirs), stubbed).map((ratio) => ratio - drawing);
}

/** What src/values/nonces.ts does for each response. */
function drawNonce() {
  const pool = Buffer.alloc(4096);
  let start = pool.length;
  return () => {
    if (start === pool.length) {
      crypto.getRandomValues(pool);
      start = 0;
    }
    start += 16;
    return pool.toString("base64", start - 16, start);
  };
}

export function strictDynamicPolicy(options) {
  const ours = securityHeaders("strictDynamic");
  const rendered = Object.entries(renderHeaders(definePolicy("strictDynamic"), { nonce: "NNNN" }));
  const bare = rendered.map(([name, value]) => [name, value.split("NNNN")]);
  const theirs = (_req, res) => {
    for (const [name, [before, after]] of bare)
      res.setHeader(name, after === undefined ? before : `${before}AAAAAAAAAAAAAAAAAAAAAA==${after}`);
    res.removeHeader("X-Powered-By");
    next();
  };
  sameHeaders([ours], [theirs]);
  return ratioOf(run(ours), theirs, options);
}

export const strictDynamicPolicyProxied = (options) => strictDynamicPolicy({ ...options, makePair: proxiedPair });

export function generatedNonce(options) {
  const ours = securityHeaders("none", asHelmet, { contentSecurityPolicy: { scriptSrc: append(nonce) } });
  const theirs = helmetSame({ scriptSrc: ["'self'", () => `'nonce-${randomBytes(16).toString("base64")}'`] });
  sameHeaders([ours], [theirs]);
  return ratioOf(run(ours), run(theirs), options);
}

export function routeOverride(options) {
  const ours = [
    securityHeaders("none", asHelmet),
    override({ xFrameOptions: "DENY", contentSecurityPolicy: { imgSrc: append("https://img.example") } }),
  ];
  const routeOptions = {
    contentSecurityPolicy: { directives: { ...noUpgrade, imgSrc: ["'self'", "data:", "https://img.example"] } },
    xFrameOptions: { action: "deny" },
  };
  const theirs = [helmetSame(), helmet({ strictTransportSecurity: false, ...routeOptions })];
  sameHeaders(ours, theirs);
  return ratioOf(run(...ours), run(...theirs), options);
}

/** A number is drawn for each response, and nine of ten responses have no endpoints to set. */
export function sampledReports(options) {
  const sampled = securityHeaders("none", asHelmet, { reporting: { csp: "/reports", sample: 0.1 } });
  const whole = securityHeaders("none", asHelmet, { reporting: { csp: "/reports" } });
  return ratioOf(run(sampled), run(whole), options);
}

/** Up to the moment the headers are on their way: that is when the seal does its work. */
export function sealedPolicy(options) {
  const site = securityHeaders("none", asHelmet);
  const seal = sealHeaders();
  const sealed = (req, res) => {
    site(req, res, next);
    seal(req, res, next);
    res.writeHead(200);
  };
  const unsealed = (req, res) => {
    site(req, res, next);
    res.writeHead(200);
  };
  return ratioOf(sealed, unsealed, options);
}

/** Ten thousand routes in turn, against one. */
export function manyOverrides(options) {
  const site = securityHeaders("none", asHelmet);
  const overrideTo = (index) => override({ contentSecurityPolicy: { imgSrc: append(`https://img${index}.example`) } });
  const all = Array.from({ length: 10_000 }, (_, index) => overrideTo(index));
  // Each has met the policy once: that is boot's work.
  for (const one of all) linesOf(site, one);
  let turn = 0;
  const many = (req, res) => {
    site(req, res, next);
    all[turn](req, res, next);
    turn = (turn + 1) % all.length;
  };
  const one = (req, res) => {
    site(req, res, next);
    all[0](req, res, next);
  };
  return ratioOf(many, one, options);
}
