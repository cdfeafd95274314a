import { expect, it } from "vitest";
import { policyOfJson } from "../../src/cli/input/policy-file.js";
import { inFile } from "../../src/cli/policies.js";
import { makePolicy } from "../../src/policy/policy.js";

const NO_NONCE =
  "JSON has no nonce, which differs in each response: write the policy in a module such as policy.mjs, or allow the code by its hash.";
const LAYERS = 'Write the policy under the key policy: "policy": ["strict", { "xFrameOptions": "DENY" }].';

/** The error of a policy file with these script sources. */
const refused = (text: string): string => {
  try {
    policyOfJson(text, "p.json");
  } catch (error) {
    return (error as Error).message.replace(/^p\.json: /, "");
  }
  return "not refused";
};
const scripts = (sources: string) => refused(`{ "contentSecurityPolicy": { "scriptSrc": ${sources} } }`).replace(/^.*scriptSrc/, "");

it.each([
  ['["self", "nonce"]', `[1]: "nonce" is a string, not the nonce slot. ${NO_NONCE}`],
  ['["nonce-abc"]', `[0]: "nonce-abc" is a nonce written as text, the same on every response. ${NO_NONCE}`],
  ['["hash"]', '[0]: "hash" is not a source. For a host of that name write its scheme: "https://hash".'],
  [
    '["append", "https://a.example"]',
    '[0]: "append" is not a source. Write an edit in place of the list: { "append": ["https://cdn.example"] }.',
  ],
  ['"remove(…)"', ': "remove(…)" is not a list. Write an edit in place of the list: { "remove": ["https://cdn.example"] }.'],
  ['"perRequest(…)"', ': "perRequest(…)" is not a list. JSON has no functions: write the policy in a module such as policy.mjs.'],
  [
    '{ "add": ["https://a.example"] }',
    ': an object is not a list. Write a list such as ["self"], or one edit: { "append": ["https://cdn.example"] } or { "remove": ["https://cdn.example"] }.',
  ],
])("a mistake in a policy of JSON is answered in JSON: %s", (sources, message) => {
  expect(scripts(sources)).toBe(message);
});

it.each([
  ['{ "hsts": true }', 'hsts: unknown header. This is a helmet option: write "strictTransportSecurity": true.'],
  ['{ "preset": "strict" }', `preset: unknown option. ${LAYERS}`],
  ['{ "extends": "strict" }', `extends: unknown option. ${LAYERS}`],
  ['{ "strict": true }', 'strict: unknown header. This is a preset: write a list: ["strict", { … }].'],
  ['{ "reportOnly": true }', 'reportOnly: unknown header. Write "contentSecurityPolicyReportOnly": { … }.'],
  ['{ "nonce": true }', `nonce: unknown header. ${NO_NONCE}`],
])("a key that is not one in JSON is answered in JSON: %s", (text, message) => {
  expect(refused(text)).toBe(message);
});

it("what only the whole policy shows is answered in JSON too", () => {
  const patch = { contentSecurityPolicy: { scriptSrc: ["strict-dynamic"] } } as const;
  expect(() => inFile(["p.json"], () => makePolicy([patch]))).toThrow(
    'Add a hash, or take "strict-dynamic" out. A nonce needs a module such as policy.mjs.',
  );
});

it("a module keeps the hints of JavaScript", () => {
  const patch = { contentSecurityPolicy: { scriptSrc: ["nonce"] } };
  expect(() => inFile(["p.mjs"], () => makePolicy([patch as never]))).toThrow('import { nonce } from "portcullis"');
});
