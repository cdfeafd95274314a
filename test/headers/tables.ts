import { describe, expect, it } from "vitest";
import { definePolicy, type Patch, parseHeaders, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** The end of two messages. */
export const endpoint = "names no endpoint, so that nothing is reported";
export const relative = "is a relative URL, and browsers report nothing there";

/** What is held of one header; every row is a test. */
interface HeaderTables {
  /** What a policy has under the key, the header's name, and its value. */
  readonly sent?: readonly (readonly [key: string, value: unknown, name: string, text: string])[];
  /** A patch, and its issues. */
  readonly refused?: readonly (readonly [patch: unknown, ...issues: string[]])[];
  /** Headers that parseHeaders refuses, and the issue. */
  readonly broken?: readonly (readonly [headers: Record<string, string | string[]>, issue: string])[];
  /** A header as it came, and as it is written. */
  readonly normalised?: readonly (readonly [name: string, text: string, same: string])[];
}

const wire = (patch: unknown) => renderHeaders(definePolicy("none", patch as Patch)) as Record<string, string>;

/** Tests the tables of one header. */
export function testHeader({ sent = [], refused = [], broken = [], normalised = [] }: HeaderTables): void {
  describe.runIf(sent.length > 0)("what goes out", () => {
    it.each(sent)("%s: %j is %s: %s", (key, value, name, text) => {
      expect(wire({ [key]: value })).toEqual({ [name]: text });
    });

    it.each(sent.filter(([key]) => key !== "custom"))("%s: %j is read back as the same header", (_key, _value, name, text) => {
      expect(renderHeaders(parseHeaders({ [name]: text }))).toEqual({ [name]: text });
    });
  });

  describe.runIf(refused.length > 0)("what is refused", () => {
    it.each(refused)("%j", (patch, ...issues) => {
      expect(issuesOf(() => wire(patch))).toEqual(issues);
    });
  });

  describe.runIf(broken.length + normalised.length > 0)("reading headers that exist", () => {
    it.each(broken)("%j is refused", (headers, issue) => {
      expect(issuesOf(() => parseHeaders(headers))).toEqual([issue]);
    });

    it.each(normalised)("%s: %s is %s", (name, text, same) => {
      expect(renderHeaders(parseHeaders({ [name]: text }))).toEqual({ [name]: same });
    });
  });
}
