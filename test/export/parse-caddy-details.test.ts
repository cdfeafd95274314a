import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";

/** The headers everywhere, and the notes of what differs as `line: message`. */
function read(text: string, server?: string) {
  const { policy, notes } = parseConfig("caddy", text, { server });
  return { all: renderHeaders(policy), notes: notes.flatMap(({ line, message, differs }) => (differs ? [`${line}: ${message}`] : [])) };
}

describe("a Caddyfile", () => {
  it("headers for some responses only are not read, and a note says so", () => {
    const text = "a.example {\n\theader {\n\t\tmatch status 404\n\t\tX-A a\n\t}\n}\n";
    expect(read(text)).toEqual({
      all: {},
      notes: ["2: applies to some responses only (match): not read: X-A"],
    });
  });

  it("handle_response beside header_down is a note", () => {
    const down = (more: string) => `a.example {\n\treverse_proxy app:1 {\n\t\theader_down X-A a\n${more}\t}\n}\n`;
    const NOTE = "3: handle_response may send another response without it: read as always sent";
    expect(read(down("\t\thandle_response {\n\t\t\trespond x\n\t\t}\n")).notes).toContain(NOTE);
    expect(read(down("")).notes).not.toContain(NOTE);
  });

  it("a variable that nothing sets is empty in a value", () => {
    expect(read("a.example {\n\theader X-A a{http.vars.x}b\n}\n")).toEqual({ all: { "X-A": "ab" }, notes: [] });
  });

  it.each([
    ["a:80", "plain"],
    ["a:443", "secure"],
  ])("the scheme of an address is its port: %s", (server, value) => {
    const text = "http://a {\n\theader X-A plain\n}\nhttps://a {\n\theader X-A secure\n}\n";
    expect(read(text, server)).toEqual({ all: { "X-A": value }, notes: [] });
  });
});
