import { expect, it } from "vitest";
import { sarifOf } from "../../src/cli/sarif.js";

const FINDING = {
  rule: "information-leak",
  severity: "low",
  header: "Server",
  path: "",
  message: "Text.",
  fix: "Fix.",
  owasp: "A05:2021",
  cwe: "CWE-200",
  reference: "https://reference.example/",
} as const;

/** The URI of the one result. */
function uriOf(name: string): unknown {
  const { runs } = JSON.parse(JSON.stringify(sarifOf([{ name, findings: [FINDING] }], "1.2.3")));
  return runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri;
}

it.each([
  ["https://a.example/b?token=c", "a.example/b"],
  ["https://a.example/b#c", "a.example/b"],
  ["https://user:secret@a.example/b", "a.example/b"],
  ["HTTP://a.example:8080", "a.example%3A8080/"],
  ["b?c#d.txt", "b%3Fc%23d.txt"],
])("the URI of %s is %s: a query, a fragment and a password of an address are left out, a file has its whole name", (name, uri) => {
  expect(uriOf(name)).toBe(uri);
});
