// What an audit and a comparison cost, in times of JSON.parse of the same text.

import { definePolicy, renderHeaders } from "portcullis";
import { audit, compare } from "portcullis/audit";
import { median } from "../measure.js";

const nonce = "cG9ydGN1bGxpc3NhbXBsZQ==";
const HOSTS =
  "https://cdn.jsdelivr.net https://code.jquery.com https://www.googletagmanager.com https://js.stripe.com https://cdn.site.example";
const ASSETS = Array.from({ length: 12 }, (_, index) => `https://cdn${index}.example/assets/`);

/** Nanoseconds of one call, in a batch of so many. */
function timeOf(call, times) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < times; index += 1) call();
  return Number(process.hrtime.bigint() - start) / times;
}

/** A cheap call beside a dear one: in turn, round by round, once both are warm. */
function inTurn(call, text, rounds) {
  const round = () => median(Array.from({ length: 5 }, () => timeOf(call, 10))) / timeOf(() => JSON.parse(text), 2_000);
  for (let index = 0; index < 20; index += 1) round();
  return Array.from({ length: rounds }, round);
}

const auditing = (headers, rounds) => inTurn(() => audit(headers), JSON.stringify(headers), rounds);

export const auditRecommended = ({ rounds }) => auditing(renderHeaders(definePolicy("recommended")), rounds);
export const auditStrictDynamic = ({ rounds }) => auditing(renderHeaders(definePolicy("strictDynamic"), { nonce }), rounds);
export const auditStreamlit = ({ rounds }) => auditing(renderHeaders(definePolicy("streamlit")), rounds);
export const auditHosts = ({ rounds }) => {
  const csp = `default-src 'self'; script-src 'self' ${HOSTS}`;
  return auditing({ ...renderHeaders(definePolicy("recommended")), "Content-Security-Policy": csp }, rounds);
};

const before = definePolicy("recommended", { contentSecurityPolicy: { imgSrc: ["self", ...ASSETS], connectSrc: ["self", ...ASSETS] } });
const after = definePolicy("strictDynamic", { contentSecurityPolicy: { imgSrc: ["self", "https://*.example"] } });

export const comparePolicies = ({ rounds }) => {
  const text = JSON.stringify([before, after].map((policy) => renderHeaders(policy, { nonce })));
  return inTurn(() => compare(before, after), text, rounds);
};
