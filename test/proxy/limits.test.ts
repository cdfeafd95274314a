import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { proxy } from "../../src/cli/commands/proxy.js";
import { QUIET_TIMEOUT, READ_TIMEOUT } from "../../src/export/target.js";
import * as limits from "../../src/proxy/limits.js";
import { readProxyOptions } from "../../src/proxy/options.js";

const docs = readFileSync(new URL("../../docs/proxy.md", import.meta.url), "utf8");
const defaults = readProxyOptions({ target: "http://127.0.0.1:1" });

/** The second cell of the row of docs/proxy.md that begins so. */
function documented(name: string): string | undefined {
  const rows = docs.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  return rows.find(([, first]) => first?.startsWith(name))?.[2];
}

describe("A limit of the proxy is what docs/proxy.md says", () => {
  it.each([
    ["connections of clients at once", "2,048", [defaults.maxConnections], [2_048]],
    ["requests of one connection that run or wait", "16", [limits.PIPELINED], [16]],
    ["header lines of a request", "300", [limits.REQUEST_LINES], [300]],
    ["header lines of a response", "1,000", [limits.RESPONSE_LINES], [1_000]],
    ["bytes of the headers", "16,384", [limits.HEADER_BYTES], [16_384]],
    ["time for the headers", "30 s", [limits.HEADERS_TIME], [30_000]],
    ["time to connect", "10 s", [defaults.connectTimeout], [10_000]],
    ["time until its response begins", "300 s", [defaults.responseTimeout], [300_000]],
    ["time for a health check", "5 s", [limits.HEALTH_TIME], [5_000]],
    ["time for which the result", "1 s", [limits.HEALTH_HELD], [1_000]],
    ["silence on a WebSocket", "1 h", [defaults.webSocketTimeout], [3_600_000]],
    ["a response that the client does not read", "60 to 120 s", [limits.STALL_TIME], [60_000]],
    ["an idle connection of a client", "65 s", [limits.CLIENT_IDLE], [65_000]],
    ["an idle connection to the application", "4 s", [limits.UPSTREAM_IDLE], [4_000]],
    ["idle connections to the application", "256", [limits.UPSTREAM_IDLE_SOCKETS], [256]],
    ["the rest of an upload", "16 MB, 30 s", [limits.DISCARDED_BYTES, limits.DISCARD_TIME], [16_000_000, 30_000]],
  ])("%s: %s", (name, text, actual, values) => {
    expect([documented(name), actual]).toEqual([text, values]);
  });

  it("and has a row for each value of limits.ts", () => {
    expect(Object.keys(limits).sort()).toEqual([
      "CLIENT_IDLE",
      "DISCARDED_BYTES",
      "DISCARD_TIME",
      "HEADERS_TIME",
      "HEADER_BYTES",
      "HEALTH_HELD",
      "HEALTH_TIME",
      "PIPELINED",
      "REQUEST_LINES",
      "RESPONSE_LINES",
      "STALL_TIME",
      "UPSTREAM_IDLE",
      "UPSTREAM_IDLE_SOCKETS",
    ]);
  });
});

it("An answer may take as long to begin as behind an exported server, and a WebSocket be silent for as long", () => {
  expect([defaults.responseTimeout, defaults.webSocketTimeout]).toEqual([1_000 * READ_TIMEOUT, 1_000 * QUIET_TIMEOUT]);
});

describe("A flag of portcullis proxy", () => {
  const rows = docs
    .split("\n")
    .flatMap((line) => [/^\| `--([\w-]+)` \| ([^|]*) \|/.exec(line)?.slice(1)].filter((row) => row !== undefined));

  it("has a row in docs/proxy.md, in the order of the help", () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(proxy.flags));
  });

  it("has there the default that the help has", () => {
    const told = rows.map(([name, otherwise]) => [name, otherwise?.replaceAll("`", "")]);
    const expected = Object.entries(proxy.flags).map(([name, { value, default: otherwise }]) => {
      if (name === "target") return [name, "none, required"];
      if (name === "change-host") return [name, "off; on for an https target"];
      return [name, otherwise ?? (value === undefined ? "off" : "none")];
    });
    expect(told).toEqual(expected);
  });

  it.each([
    ["health-path", defaults.healthPath],
    ["connect-timeout", String(defaults.connectTimeout / 1_000)],
    ["response-timeout", String(defaults.responseTimeout / 1_000)],
    ["web-socket-timeout", String(defaults.webSocketTimeout / 1_000)],
    ["max-connections", String(defaults.maxConnections)],
  ])("has the default of the code: --%s", (name, actual) => {
    expect(proxy.flags[name]?.default).toBe(actual);
  });
});
