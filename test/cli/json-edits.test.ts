import { describe, expect, it } from "vitest";
import { Failure } from "../../src/cli/failure.js";
import { policyOfJson } from "../../src/cli/input/policy-file.js";
import { definePolicy, type Layer, renderHeaders } from "../../src/index.js";

const layersOf = (file: unknown) => policyOfJson(JSON.stringify(file), "p.json").layers as readonly Layer[];

const featuresOf = (file: unknown, ...below: readonly Layer[]) =>
  renderHeaders(definePolicy("none", ...below, ...layersOf(file)))["Permissions-Policy"];

function fault(file: unknown): string {
  try {
    layersOf(file);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  return "nothing was thrown";
}

describe("an edit of a feature", () => {
  const file = { permissionsPolicy: { payment: { edit: "allow", sources: ["https://x.example"] } } };

  it("widens the list below", () => {
    expect(featuresOf(file, { permissionsPolicy: { payment: ["self"] } })).toBe('payment=(self "https://x.example")');
  });

  it("changes nothing where the feature is not restricted", () => {
    expect(featuresOf(file, { permissionsPolicy: { camera: [] } })).toBe("camera=()");
  });

  it("is read inside a list of layers and the report-only header", () => {
    const observed = [{ permissionsPolicyReportOnly: file.permissionsPolicy }];
    const headers = renderHeaders(definePolicy("none", { permissionsPolicyReportOnly: { payment: ["self"] } }, ...layersOf(observed)));
    expect(headers["Permissions-Policy-Report-Only"]).toBe('payment=(self "https://x.example")');
  });
});

describe("the long form of a feature", () => {
  it("is the whole list, with its endpoint", () => {
    const file = { reportingEndpoints: { a: "/r" }, permissionsPolicy: { payment: { allow: ["https://x.example"], reportTo: "a" } } };
    expect(featuresOf(file, { permissionsPolicy: { payment: ["self"] } })).toBe('payment=("https://x.example");report-to="a"');
  });

  const MAY = 'permissionsPolicy.payment: { "allow": … } without "reportTo" may mean the whole list or an addition to it.';

  it.each([
    [
      ["https://x.example"],
      'Write ["https://x.example"] for the whole list, or { "edit": "allow", "sources": ["https://x.example"] } to widen it.',
    ],
    [[], "Write [] for the whole list."],
    ["*", 'Write "*" for the whole list.'],
  ])("without an endpoint is refused: %j", (allow, hint) => {
    expect(fault({ policy: ["strict", { permissionsPolicy: { payment: { allow } } }] })).toBe(`p.json: ${MAY} ${hint}`);
  });
});

describe("the name of a recipe in the place of a preset's", () => {
  it.each([
    [["strict", "stripe"], "stripe", '"stripe"'],
    ["stripe", "stripe", '"stripe"'],
    [{ policy: ["strict", "sentry"] }, "sentry", '{ "sentry": { "dsn": … } }'],
    [{ policy: "strict", routes: [{ path: "/a", layers: ["googleFonts"] }] }, "googleFonts", '"googleFonts"'],
  ])("%j", (file, name, written) => {
    expect(fault(file)).toBe(`p.json: ${name}: unknown preset. Write { "services": [${written}] }.`);
  });

  it("below a complete layer it is refused as a layer too", () => {
    expect(fault([{ services: ["stripe"] }, "strict"])).toBe(
      'p.json: layers[0]: stripe() has no effect below a preset or a policy, which replaces all layers below it. Write it after the preset or the policy: securityHeaders("strict", stripe()).',
    );
  });
});

it("a file with more than 1000 services is not read to its end", () => {
  const layers = Array.from({ length: 99 }, () => ({ services: Array(100).fill("googleFonts") }));
  expect(fault(["strict", ...layers])).toBe("p.json: policy[11].services[0]: it is one of more than 1000 services. Write each once.");
});
