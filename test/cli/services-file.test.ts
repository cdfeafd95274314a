import { expect, it } from "vitest";
import { Failure } from "../../src/cli/failure.js";
import { policyOfJson } from "../../src/cli/input/policy-file.js";
import { definePolicy, type Layer, renderHeaders } from "../../src/index.js";
import { snippet } from "../docs/snippets.js";

const cspOf = (file: unknown, ...below: readonly Layer[]) =>
  renderHeaders(definePolicy(...below, ...(policyOfJson(JSON.stringify(file), "p.json").layers as readonly Layer[])))[
    "Content-Security-Policy"
  ];

function fault(file: unknown): string {
  try {
    policyOfJson(JSON.stringify(file), "p.json");
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  return "nothing was thrown";
}

const BELOW = { contentSecurityPolicy: { scriptSrc: ["self"], frameSrc: ["none"] } } as const;
const WITH_RECAPTCHA =
  "script-src 'self' https://www.recaptcha.net/recaptcha/ https://www.gstatic.com/recaptcha/; frame-src https://www.recaptcha.net/recaptcha/";

it.each<[where: string, file: unknown]>([
  ["beside policy", { policy: BELOW, services: [{ recaptcha: { host: "recaptcha.net" } }] }],
  ["in a patch, on top of it", { services: [{ recaptcha: { host: "recaptcha.net" } }], ...BELOW }],
  ["in a patch of a list", [BELOW, { services: [{ recaptcha: { host: "recaptcha.net" } }] }]],
  ["in a patch under policy", { policy: [BELOW, { services: [{ recaptcha: { host: "recaptcha.net" } }] }] }],
])("services %s", (_, file) => {
  expect(cspOf(file, "none")).toBe(WITH_RECAPTCHA);
});

it("services alone widen the policy below the file", () => {
  expect(cspOf({ services: ["stripe"] }, "none", { contentSecurityPolicy: { scriptSrc: ["self"] } })).toBe(
    "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
  );
});

it("services in the layers of a route", () => {
  const file = { policy: "strict", routes: [{ path: "/pay", layers: [{ xFrameOptions: "SAMEORIGIN", services: ["stripe"] }] }] };
  expect(policyOfJson(JSON.stringify(file), "p.json").routes[0]?.layers).toHaveLength(2);
});

it.each<[what: string, file: unknown, message: string]>([
  ["a misspelt name", { services: ["strpe"] }, 'p.json: services[0]: "strpe" is not a service. Did you mean "stripe"?'],
  [
    "an unknown name",
    { policy: ["strict", { services: ["nowhere"] }] },
    'p.json: policy[1].services[0]: "nowhere" is not a service. portcullis services lists those that there are.',
  ],
  [
    "a wrong option",
    { policy: "strict", services: ["stripe", { recaptcha: { host: "example.com" } }] },
    'p.json: services[1].recaptcha.host: "example.com" is not one of its values. Write "google.com" or "recaptcha.net".',
  ],
  [
    "an option in a route",
    { policy: "strict", routes: [{ path: "/", layers: [{ services: [{ stripe: { adress: true } }] }] }] },
    'p.json: routes[0].layers[0].services[0].stripe.adress: unknown option. Did you mean "address"?',
  ],
  [
    "two names in one object",
    { services: [{ stripe: {}, recaptcha: {} }] },
    'p.json: services[0]: has 2 names, and an object is for one service. Write a list such as ["stripe", { "intercom": { "region": "eu" } }].',
  ],
  ["no list", { services: "stripe" }, 'p.json: services: "stripe" is not a list. Write ["stripe", { "intercom": { "region": "eu" } }].'],
])("%s", (_, file, message) => {
  expect(fault(file)).toBe(message);
});

it("the policy file of docs/services.md", () => {
  const { layers } = policyOfJson(snippet("docs/services.md > The command line > 2"), "p.json");
  expect(renderHeaders(definePolicy(...(layers as readonly Layer[])))["Content-Security-Policy"]).toContain(
    "https://api-iam.eu.intercom.io",
  );
});
