import type { LookupAddress, LookupOptions, lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isPrivate, publicLookup } from "../../src/cli/input/private-addresses.js";
import { type FetchOptions, fetchSite } from "../../src/cli/input/site.js";
import { listen } from "../http/support.js";

describe("An address is private", () => {
  it.each([
    ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1"],
    ...["172.31.255.255", "192.0.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
    ...["::", "::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "64:ff9b:1::1"],
    ...["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:c0a8:1::1"],
    ...["2001::80ff:fffe", "2001:0:a:b:c:d:e:f", "::ffff:0:a9fe:a9fe"],
    ...["", "localhost", "127.1"],
  ])("%j", (address) => {
    expect(isPrivate(address)).toBe(true);
  });
});

describe("An address is public", () => {
  it.each([
    ...["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.0", "169.253.255.255", "172.15.255.255"],
    ...[
      "172.32.0.0",
      "192.167.255.255",
      "192.169.0.0",
      "223.255.255.255",
      "2606:4700::1111",
      "2001:4860:4860::8888",
      "::ffff:1.1.1.1",
      "64:ff9b::1.1.1.1",
    ],
    "2002:101:101::1",
  ])("%s", (address) => {
    expect(isPrivate(address)).toBe(false);
  });
});

/** 127.0.0.1 stands for a public address, and all others for private ones; names are looked up in a list, one answer after the other. */
function network(names: Readonly<Record<string, readonly string[]>> = {}): NonNullable<FetchOptions["network"]> {
  const asked: Record<string, number> = {};
  const find = (host: string, _options: LookupOptions, done: (error: null, found: LookupAddress[]) => void) => {
    asked[host] = (asked[host] ?? 0) + 1;
    const answers = names[host] ?? ["127.0.0.1"];
    const address = answers[Math.min(asked[host] - 1, answers.length - 1)] ?? "";
    done(null, [{ address, family: net.isIP(address) }]);
  };
  return { isPrivate: (address) => address !== "127.0.0.1", lookup: find as unknown as typeof lookup };
}

/** A site on 127.0.0.1 that redirects to a place, and how often somebody came to the inner one on 127.0.0.2 of the same port. */
async function sites(to: (port: number) => string) {
  const seen: string[] = [];
  const port = await listen(
    http.createServer((req, res) => {
      if (req.url === "/end") return void res.end("public");
      res.writeHead(302, { Location: to((req.socket.localPort ?? 0) as number) }).end();
    }),
  );
  const inner = http.createServer((req, res) => {
    seen.push(req.url ?? "");
    if (req.url === "/out") return void res.writeHead(302, { Location: `http://127.0.0.1:${port}/` }).end();
    if (req.url === "/again") return void res.writeHead(302, { Location: `http://127.0.0.2:${port}/secret` }).end();
    res.end("secret");
  });
  await new Promise<void>((resolve) => inner.listen(port, "127.0.0.2", resolve));
  const close = () => new Promise((resolve) => inner.close(resolve).closeAllConnections());
  return { port, seen, close };
}

describe.skipIf(process.platform !== "linux")("A redirect from a public site to a private address", () => {
  const refusedFor = async (to: (port: number) => string, from = (port: number) => `http://127.0.0.1:${port}/`, names = {}) => {
    const { port, seen, close } = await sites(to);
    const said = await fetchSite(from(port), { seconds: 5, network: network(names) }).then(
      ({ url }) => `came to ${url}`,
      (error: Error) => error.message.replaceAll(String(port), "PORT"),
    );
    await close();
    return { said, seen };
  };
  const WHY = "a public site redirects there, and the address is private (127.0.0.2). --allow-private follows it.";

  it.each([
    ["written as it is", (port: number) => `http://127.0.0.2:${port}/x`],
    ["as one number", (port: number) => `http://2130706434:${port}/x`],
    ["in hexadecimal", (port: number) => `http://0x7f.2:${port}/x`],
    ["without a scheme", (port: number) => `//127.0.0.2:${port}/x`],
  ])("is refused, %s", async (_, to) => {
    expect(await refusedFor(to)).toEqual({ said: `http://127.0.0.2:PORT/x: ${WHY}`, seen: [] });
  });

  it("is refused, as IPv6 that is IPv4", async () => {
    const { said, seen } = await refusedFor((port) => `http://[::ffff:127.0.0.2]:${port}/x`);
    expect([said, seen]).toEqual([expect.stringContaining("the address is private (::ffff:7f00:2)"), []]);
  });

  it("is refused, by a name that leads there", async () => {
    const names = { "inner.example": ["127.0.0.2"] };
    expect(await refusedFor((port) => `http://inner.example:${port}/x`, undefined, names)).toEqual({
      said: `http://inner.example:PORT/x: ${WHY}`,
      seen: [],
    });
  });

  it("is refused, by a name that led elsewhere before", async () => {
    const names = { "rebound.example": ["127.0.0.1", "127.0.0.2"] };
    const to = (port: number) => `http://rebound.example:${port}/`;
    expect((await refusedFor(to, (port) => `http://127.0.0.1:${port}/`, names)).seen).toEqual([]);
  });

  it("is refused, where the way began in private and led over a public site", async () => {
    const { said, seen } = await refusedFor(
      (port) => `http://127.0.0.2:${port}/secret`,
      (port) => `http://127.0.0.2:${port}/out`,
    );
    expect([said, seen]).toEqual([`http://127.0.0.2:PORT/secret: ${WHY}`, ["/out"]]);
  });

  it("is refused on the way over http, too", async () => {
    const { port, seen, close } = await sites((one) => `http://127.0.0.2:${one}/x`);
    const { redirects } = await fetchSite(`http://127.0.0.1:${port}/end`, {
      seconds: 5,
      http: `http://127.0.0.1:${port}/`,
      network: network(),
    });
    await close();
    expect([redirects?.at(-1), seen]).toEqual([{ url: `http://127.0.0.2:${port}/x`, fault: "unreachable" }, []]);
  });

  it("is followed where that is asked for", async () => {
    const { port, seen, close } = await sites((one) => `http://127.0.0.2:${one}/x`);
    const { html } = await fetchSite(`http://127.0.0.1:${port}/`, { seconds: 5, allowPrivate: true, network: network() });
    await close();
    expect([html, seen]).toEqual(["secret", ["/x"]]);
  });

  it("is followed where the user asked for a private address, and no public one was on the way", async () => {
    const { port, seen, close } = await sites(() => "/");
    const { html } = await fetchSite(`http://127.0.0.2:${port}/again`, { seconds: 5, network: network() });
    await close();
    expect([html, seen]).toEqual(["secret", ["/again", "/secret"]]);
  });

  it("does not keep from redirects to public ones", async () => {
    const { port, close } = await sites((one) => `http://site.example:${one}/end`);
    const { html } = await fetchSite(`http://127.0.0.1:${port}/`, { seconds: 5, network: network({ "site.example": ["127.0.0.1"] }) });
    await close();
    expect(html).toBe("public");
  });
});

describe("A hostile server", () => {
  const answering = (answer: string) =>
    listen(net.createServer((socket) => void socket.on("error", () => undefined).once("data", () => socket.end(answer))));

  it.each([
    ["lines of headers", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(1_001)}\r\n`, "it has more than 1000 header lines."],
    ["answers 103", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(101), "more than 100 responses with a 1xx status came, and no final one."],
  ])("is cut off with too many %s", async (_, answer, why) => {
    const port = await answering(answer);
    await expect(fetchSite(`http://127.0.0.1:${port}/`, { seconds: 5 })).rejects.toThrow(why);
  });
});

describe("A password in an address", () => {
  const sent = async (address: string, overHttp?: string) => {
    const seen: (readonly [address: string, authorization: unknown])[] = [];
    const { get } = http;
    for (const client of [http, https]) {
      const spy = vi.spyOn(client, "get").mockImplementation(((url: string, options: { headers: Record<string, unknown> }) => {
        seen.push([url, options.headers.authorization]);
        return get("http://127.0.0.1:1/", { agent: false });
      }) as never);
      onTestFinished(() => spy.mockRestore());
    }
    await fetchSite(address, { seconds: 5, http: overHttp }).catch(() => undefined);
    return seen;
  };
  const BASIC = `Basic ${Buffer.from("user:secret").toString("base64")}`;

  it("is never sent over plain http where https was asked for", async () => {
    expect(await sent("https://user:secret@127.0.0.9/a")).toEqual([
      ["https://127.0.0.9/a", BASIC],
      ["http://127.0.0.9/a", undefined],
    ]);
  });

  it("of the address over http is its own", async () => {
    expect(await sent("https://127.0.0.9/", "http://user:secret@127.0.0.9:81/")).toEqual([
      ["https://127.0.0.9/", undefined],
      ["http://127.0.0.9:81/", BASIC],
    ]);
  });
});

describe("a name with several addresses", () => {
  const resolve = ((_host: string, _options: unknown, done: (error: null, found: unknown) => void) =>
    done(null, [
      { address: "93.184.215.14", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ])) as unknown as typeof lookup;
  const asked = (all: boolean) =>
    new Promise((done) => {
      publicLookup(isPrivate, resolve)("a.example", { all }, (error, address) =>
        done(error === null ? address : [error.message, (error as NodeJS.ErrnoException).code]),
      );
    });

  it("is refused where any of them is private", async () => {
    expect(await asked(true)).toEqual(["10.0.0.1", "PORTCULLIS_PRIVATE"]);
    expect(await asked(false)).toEqual(["10.0.0.1", "PORTCULLIS_PRIVATE"]);
  });
});
