import { describe, expect, it } from "vitest";
import { compare } from "../../src/audit/compare.js";
import { audit, explain } from "../../src/audit/index.js";
import { SENT_POLICIES } from "./sent-policies.js";

const csp = (text: string) => ({ "Content-Security-Policy": text });
const blocked = (text: string) => `${text}, default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox`;
const findings = (text: string) => audit(csp(text)).findings.filter(({ rule }) => rule === "broken-value");

/** Directives of the table that some browser had, or may have. */
const NOT_KNOWN = ["plugin-types", "allow", "prefetch-src", "require-sri-for"];

it("there are a few dozen of them", () => {
  expect(SENT_POLICIES.length).toBeGreaterThan(36);
});

describe.each(SENT_POLICIES)("$name", ({ text, policies, ignored }) => {
  it("is read: a finding names each part that browsers ignore, and there are no others", () => {
    const messages = findings(text).map(({ message }) => message);
    expect(messages.map((message) => message.split('"')[0])).toHaveLength(ignored.length);
    const joined = messages.join("\n").replaceAll('\\"', '"');
    for (const part of ignored) expect(joined).toContain(part.replace(/^'none'$/, "none"));
  });
  it("is explained, a row for each of its policies", () => {
    expect(explain(csp(text))).toHaveLength(policies);
  });
  it("is the same as itself", () => {
    expect(compare(csp(text), csp(text)).headers[0]?.message).toBe("Unchanged.");
  });
  it("is incomparable with an unknown directive more", () => {
    const odd = text.split(",").map((one) => (one.trim() === "" || /^[\s;]*$/.test(one) ? one : `${one}; invented-src *`));
    expect(compare(csp(text), csp(odd.join(","))).verdict).toBe("incomparable");
  });
  it("is weaker than with a second policy that blocks everything", () => {
    expect(compare(csp(text), csp(blocked(text))).verdict).toBe("stronger");
    expect(compare(csp(blocked(text)), csp(text)).verdict).toBe("weaker");
  });
  it("is stronger than none, unless it has no directive, or one that is not known here", () => {
    const isUnknown = ignored.some((part) => NOT_KNOWN.includes(part));
    expect(compare({}, csp(text)).verdict).toBe(text.startsWith("default-src:") ? "same" : isUnknown ? "incomparable" : "stronger");
  });
});

describe.each([
  "a code host",
  "a browser maker",
  "its documentation",
  "a short-message service",
  "keywords without quotes",
  "addresses without a scheme",
  "a query in a source",
  "quoted hosts",
  "a directive twice",
  "a hash without quotes",
])("%s", (name) => {
  const text = SENT_POLICIES.find((one) => one.name === name)?.text ?? "";
  const wider = /script-src /.test(text)
    ? text.replace("script-src ", "script-src https://added.example ")
    : text.replace("default-src ", "default-src https://added.example ");

  it("is weaker with a host more, which is told", () => {
    const { verdict, headers } = compare(csp(text), csp(wider));
    expect(verdict).toBe("weaker");
    expect(headers[0]?.message).toContain("https://added.example/");
  });
  it("is stronger without it", () => {
    expect(compare(csp(wider), csp(text)).verdict).toBe("stronger");
  });
});
