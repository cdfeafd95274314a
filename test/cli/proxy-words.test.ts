import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationAddress } from "../../src/cli/input/address.js";
import { reachability } from "../../src/cli/reachability.js";
import { bundle, type Program, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

it.each([
  ["http://localhost:8080", "8080"],
  ["http://127.0.0.1:8080", "8080"],
  ["http://[::1]:8080", "8080"],
  ["http://localhost", "80"],
])("a proxy that is its own target is refused: %s on port %s", async (target, port) => {
  const { code, err } = await run(program, ["proxy", "--target", target, "--port", port]);
  expect([code, err.split("\n")[0]]).toEqual([2, `error: --target ${target} is the address of the proxy itself. Write another --port.`]);
});

it.each([
  ["--health-target", "--health-target and --no-health cannot be combined."],
  ["--health-path", "--health-path and --no-health cannot be combined."],
])("--no-health beside %s is refused", async (flag, message) => {
  const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--port", "0", "--no-health", flag, "/up"]);
  expect([code, err.split("\n")[0]]).toEqual([2, `error: ${message}`]);
});

it.each([
  ["localhost:8501", "http://localhost:8501"],
  ["127.0.0.1:8501/base", "http://127.0.0.1:8501/base"],
  ["[::1]:8501", "http://[::1]:8501"],
  [":8501", "http://localhost:8501"],
  ["8501", "http://localhost:8501"],
  ["localhost:8443", "https://localhost:8443"],
  ["localhost", "localhost"],
  ["http://app:8501", "http://app:8501"],
  ["app", "app"],
])("the address of an application needs no scheme on this machine: %s", (word, address) => {
  expect(applicationAddress(word, "target")).toBe(address);
});

it.each([
  [["proxy", "--target"], "app:8501", '--target: "app:8501" has no scheme. Write http://app:8501 or https://app:8501.'],
  [
    ["proxy", "--target"],
    "site.example:80",
    '--target: "site.example:80" has no scheme. Write http://site.example:80 or https://site.example:80.',
  ],
  [
    ["export", "nginx", "--upstream"],
    "10.0.0.1:80",
    '--upstream: "10.0.0.1:80" has no scheme. Write http://10.0.0.1:80 or https://10.0.0.1:80.',
  ],
])("another host needs its scheme: %j %s", async (args, word, message) => {
  expect(await run(program, [...args, word])).toEqual({ code: 2, out: "", err: `error: ${message}\n` });
});

it.each(["localhost", "site.example"])("a host alone is refused, with the form of an address: %s", async (word) => {
  const { code, err } = await run(program, ["proxy", "--target", word]);
  expect([code, err.split(". ")[0]]).toEqual([2, `error: --target: "${word}" is not a target address`]);
});

it("export takes the address of an application without its scheme", async () => {
  const { out } = await run(program, ["export", "caddy", "--upstream", "localhost:8501", "--server-name", "site.example"]);
  expect(out).toContain("reverse_proxy http://localhost:8501");
});

it("a proxy without a scheme is refused as its own target too", async () => {
  const { err } = await run(program, ["proxy", "--target", ":8080"]);
  expect(err.split("\n")[0]).toBe("error: --target http://localhost:8080 is the address of the proxy itself. Write another --port.");
});

describe("What a proxy says of its application", () => {
  /** The lines for requests with these statuses and errors. */
  function lines(...entries: readonly (readonly [status: number, error?: string | undefined, path?: string])[]): readonly string[] {
    const said: string[] = [];
    const watch = reachability("http://a", ["/health"], { say: (line) => said.push(line), warn: (line) => said.push(`! ${line}`) });
    for (const [status, error, path = "/"] of entries) watch({ method: "GET", path, status, ms: 1, from: "b", error });
    return said;
  }
  const gone = (why: string, status = 502) =>
    `! http://a cannot be reached: ${why}. Requests get status ${status} until it answers; the proxy keeps running.`;

  it("is nothing while it answers, also with errors", () => {
    expect(lines([200], [502], [504], [400, "not one valid Host"])).toEqual([]);
  });

  it("is one line when it is gone, and one when it is back, each time", () => {
    const down = [502, "ECONNREFUSED"] as const;
    expect(lines(down, down, [200], [404], down)).toEqual([
      gone("nothing listens there"),
      "http://a answers again",
      gone("nothing listens there"),
    ]);
  });

  it("is nothing of a client that left, and of a response that is broken", () => {
    expect(lines([200, "client closed"], [502, "HPE_INVALID_HEADER_TOKEN"], [502, "upstream closed"])).toEqual([]);
  });

  it("is not that it is back where the proxy answers itself, or a client leaves", () => {
    expect(lines([504, "ETIMEDOUT"], [200, undefined, "/health"], [200, "client closed"])).toEqual([gone("nothing answers there", 504)]);
  });

  it.each([
    ["ECONNREFUSED", "nothing listens there"],
    ["ENOTFOUND", "no host has this name"],
    ["EAI_AGAIN", "no host has this name"],
    ["EHOSTUNREACH", "this host cannot be reached"],
    ["ENETUNREACH", "this host cannot be reached"],
    ["EADDRNOTAVAIL", "this host cannot be reached"],
    ["ENOENT", "ENOENT"],
    ["ETIMEDOUT", "nothing answers there"],
    ["EPROTO", "the server does not speak TLS, or only an insecure version (EPROTO)"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "the server does not speak TLS, or only an insecure version (ERR_SSL_WRONG_VERSION_NUMBER)"],
    ["HPE_INVALID_CONSTANT", "the answer is not HTTP: HPE_INVALID_CONSTANT"],
    ["CERT_HAS_EXPIRED", "the certificate is not valid: it has expired"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "the certificate is not valid: it is for other names"],
  ])("is one line for %s", (code, why) => {
    expect(lines([502, code], [502, code])).toEqual([gone(why)]);
  });

  it.each(["ETIMEDOUT", "HPE_INVALID_CONSTANT"])("is nothing for %s once it has answered: one response is late or broken", (code) => {
    expect(lines([200, undefined], [504, code], [200, undefined], [502, code])).toEqual([]);
  });

  it.each(["ECONNRESET", "EPIPE", "HPE_HEADER_OVERFLOW", "XENOENT", "ENOENTX"])("is nothing for %s, which is of one response", (code) => {
    expect(lines([502, code])).toEqual([]);
  });

  it("is nothing of a status below 500", () => {
    expect([lines([499, "ECONNREFUSED"]), lines([500, "ECONNREFUSED"])]).toEqual([[], [gone("nothing listens there", 500)]]);
  });

  it("is why its certificate is refused", () => {
    expect(lines([502, "DEPTH_ZERO_SELF_SIGNED_CERT"])).toEqual([gone("the certificate is not valid: it is self-signed")]);
  });
});
