import { describe, expect, it } from "vitest";
import {
  declareForwarded,
  declareScheme,
  farther,
  headerOf,
  isSecure,
  look,
  type Seen,
  schemeNamed,
  transportOf,
} from "../../src/middleware/transport.js";

/** A request as `http.createServer` makes it, with these headers and properties. */
const request = (rawHeaders: readonly string[] = [], more: object = {}) => ({ rawHeaders, headers: {}, socket: {}, ...more }) as never;
const HTTPS = ["X-Forwarded-Proto", "https"];
const encrypted = { socket: { encrypted: true } };
const declared = (scheme: "secure" | "plain" | "unknown", req: object = request()) => {
  declareScheme(req, scheme);
  return req as never;
};

it.each<[unknown, string]>([
  ["https", "secure"],
  [" HTTPS , http", "secure"],
  ["http", "plain"],
  ["wss", "unknown"],
  ["", "unknown"],
  [",https", "unknown"],
  [undefined, "unknown"],
  [["https"], "unknown"],
])("the scheme of %j is %s", (tokens, scheme) => {
  expect(schemeNamed(tokens)).toBe(scheme);
});

describe("headerOf", () => {
  it("is the first value in the raw list, in any case", () => {
    expect(headerOf(request(["A", "1", "HOST", "a", "host", "b"]), "host")).toBe("a");
  });

  it("is not a value that reads as the name", () => {
    expect(headerOf(request(["a", "host", "b", "c"]), "host")).toBe(undefined);
  });

  it.each([
    ["a string", "a", "a"],
    ["a list", ["a", "b"], "a"],
    ["nothing", undefined, undefined],
  ])("is read from headers with %s where there is no raw list", (_, host, value) => {
    expect(headerOf({ headers: { host } } as never, "host")).toBe(value);
  });

  it("is read from headers where the raw list is empty", () => {
    expect(headerOf({ rawHeaders: [], headers: { host: "a" } } as never, "host")).toBe("a");
  });
});

describe("a request is secure", () => {
  it.each<[string, never, boolean]>([
    ["as declared", declared("secure"), true],
    ["unless declared plain, on a TLS socket too", declared("plain", request(HTTPS, encrypted)), false],
    ["on a TLS socket", request([], encrypted), true],
    ["by X-Forwarded-Proto", request(HTTPS), true],
    ["not by X-Forwarded-Proto: http", request(["X-Forwarded-Proto", "http"]), false],
    ["not without any of these", request(), false],
    ["as the framework says", request([], { secure: true }), true],
    ["not where the framework says no, on a TLS socket too", request(HTTPS, { ...encrypted, secure: false, protocol: "http" }), false],
    ["where the framework has the protocol in capitals", request([], { secure: false, protocol: "HTTPS" }), true],
    ["not on a socket that is nearly encrypted", request([], { socket: { encrypted: "yes" } }), false],
    ["not without a socket", request([], { socket: undefined }), false],
  ])("%s", (_, req, secure) => {
    expect(isSecure(req)).toBe(secure);
  });
});

describe("what is seen of a request", () => {
  const trusting = (trust: unknown) => ({ app: { get: (name: string) => (name === "trust proxy fn" ? trust : undefined) } });

  it("is nothing new for a policy that depends on nothing", () => {
    expect(look("unseen", "nothing", request([], encrypted))).toBe("unseen");
  });

  it.each<[string, never, Seen]>([
    ["declared", declared("plain"), "plain"],
    ["declared unknown, on a TLS socket too", declared("unknown", request([], encrypted)), "unknown"],
    ["a TLS socket", request([], encrypted), "secure"],
    ["no proxy", request(), "unknown"],
    ["a proxy, and no framework", request(HTTPS), "unknown"],
    ["a proxy, and a middleware that calls it secure", request(HTTPS, { secure: true }), "secure"],
    ["no proxy, and a middleware that calls it secure", request([], { secure: true }), "unknown"],
    [
      "a proxy that Express trusts",
      request(
        HTTPS,
        trusting(() => true),
      ),
      "secure",
    ],
    [
      "a proxy that Express trusts, over http",
      request(
        ["x-forwarded-proto", "http"],
        trusting(() => true),
      ),
      "plain",
    ],
    ["a proxy that Express does not trust", request(HTTPS, { ...trusting(() => false), secure: true }), "unknown"],
    [
      "a proxy that Express trusts nearly",
      request(
        HTTPS,
        trusting(() => 1),
      ),
      "unknown",
    ],
    ["Express without a trust function", request(HTTPS, trusting(undefined)), "unknown"],
    ["a proxy that Koa trusts", request(HTTPS, { app: { proxy: true } }), "secure"],
    ["a proxy that Koa does not trust", request(HTTPS, { app: { proxy: false } }), "unknown"],
    ["a proxy that Koa trusts nearly", request(HTTPS, { app: { proxy: "yes" } }), "unknown"],
    ["a proxy, and no application", request(HTTPS, { app: null }), "unknown"],
  ])("for %s is its scheme", (_, req, seen) => {
    expect(look("unseen", "scheme", req)).toBe(seen);
  });

  it("asks Express about the peer, which is the first", () => {
    const asked: unknown[] = [];
    const trust = (...args: unknown[]) => asked.push(...args);
    look("unseen", "scheme", request(HTTPS, { ...trusting(trust), socket: { remoteAddress: "10.0.0.1" } }));
    expect(asked).toEqual(["10.0.0.1", 0]);
  });

  it("stays what was seen", () => {
    expect(look("plain", "scheme", request([], encrypted))).toBe("plain");
  });

  it.each<[Seen, readonly string[], Seen]>([
    ["unseen", ["Host", "localhost"], "loopback"],
    ["unknown", ["Host", "localhost:3000"], "loopback"],
    ["unknown", ["Host", "a.example"], "remote"],
    ["unknown", [":authority", "127.0.0.1"], "loopback"],
    ["unknown", ["Host", "a.example", ":authority", "localhost"], "remote"],
    ["unknown", [], "remote"],
    ["plain", ["Host", "localhost"], "plain"],
    ["remote", ["Host", "localhost"], "remote"],
  ])("after %s, for %j and a policy that depends on the host, is %s", (before, headers, seen) => {
    expect(look(before, "host", request(headers))).toBe(seen);
  });
});

it.each<[Seen, string]>([
  ["unseen", "secure"],
  ["secure", "secure"],
  ["plain", "plain"],
  ["unknown", "secure"],
  ["loopback", "loopback"],
  ["remote", "secure"],
])("for a request that is %s the %s variant is sent", (seen, transport) => {
  expect(transportOf(seen)).toBe(transport);
});

it.each([
  ["host", "scheme", "host"],
  ["nothing", "host", "host"],
  ["scheme", "nothing", "scheme"],
  ["nothing", "nothing", "nothing"],
] as const)("of %s and %s, %s depends on more", (one, other, more) => {
  expect(farther(one, other)).toBe(more);
});

describe("what Fastify makes of X-Forwarded-Proto", () => {
  const seen = (rawHeaders: readonly string[], more: object) => {
    const raw = request(rawHeaders);
    const forwarded = { raw, ...more };
    declareForwarded(forwarded);
    return [look("unseen", "scheme", raw), look("unseen", "scheme", { ...(request() as object), ...forwarded } as never)];
  };

  it.each<[string, readonly string[], object, string]>([
    ["of a trusted peer", HTTPS, { ips: ["10.0.0.1", "192.0.2.1"], protocol: "https" }, "secure"],
    ["of a peer that is not trusted", HTTPS, { ips: ["192.0.2.1"], protocol: "https" }, "unknown"],
    ["where it trusts nobody", HTTPS, { protocol: "https" }, "unknown"],
    ["without the header", [], { ips: ["10.0.0.1", "192.0.2.1"], protocol: "https" }, "unknown"],
    ["with http", HTTPS, { ips: ["10.0.0.1", "192.0.2.1"], protocol: "http" }, "plain"],
  ])("%s counts for its request and Node's", (_, headers, more, scheme) => {
    expect(seen(headers, more)).toEqual([scheme, scheme]);
  });
});
