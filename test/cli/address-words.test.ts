import http from "node:http";
import { describe, expect, it } from "vitest";
import { addressesOf, applicationAddress, isBareAddress, withoutPassword } from "../../src/cli/input/address.js";
import { fetchSite } from "../../src/cli/input/site.js";
import { listen } from "../http/support.js";

describe("A word is a file", () => {
  it.each([
    ...["reports.db", "x.sqlite", "policy.json", "policy.js", "policy.mjs", "policy.cts", "r.txt", "a.htm", "a.html", "a.headers"],
    ...["nginx.conf", "a.log", "a.yml", "a.yaml", "a.toml"],
  ])("by its extension: %s", (word) => {
    expect(isBareAddress(word)).toBe(false);
  });
});

describe("A word is an address", () => {
  it.each(["localhost", "localhost:4430", "app:8080", "[::1]:80", "127.0.0.1", "site.example", "site.dbs", "reports.db/a", "x.sqlite:80"])(
    "without its scheme: %s",
    (word) => {
      expect(isBareAddress(word)).toBe(true);
    },
  );
});

describe("The addresses that a word may mean", () => {
  it.each([
    ["localhost:4430", ["http://localhost:4430/", "https://localhost:4430/"]],
    ["localhost", ["http://localhost/", "https://localhost/"]],
    ["localhost:8443", ["https://localhost:8443/", "http://localhost:8443/"]],
    ["127.0.0.1:1443/a", ["https://127.0.0.1:1443/a", "http://127.0.0.1:1443/a"]],
    ["site.example:4430", ["https://site.example:4430/"]],
    ["http://localhost:8443/", ["http://localhost:8443/"]],
  ])("%s", (word, addresses) => {
    expect(addressesOf(word).map(({ href }) => href)).toEqual(addresses);
  });
});

describe("The address of an application on this machine", () => {
  it.each([
    ["localhost:4430", "http://localhost:4430"],
    ["4430", "http://localhost:4430"],
    ["localhost:1443/a", "https://localhost:1443/a"],
    ["localhost:80/443", "http://localhost:80/443"],
  ])("%s", (word, address) => {
    expect(applicationAddress(word, "target")).toBe(address);
  });
});

describe("The fragment of an address", () => {
  it("is not printed", () => {
    expect(withoutPassword(new URL("https://site.example/a?b=c#access_token=wxyz"))).toBe("https://site.example/a?b=c");
  });

  it("is no part of the address that was requested, also after a redirect", async () => {
    const seen: (string | undefined)[] = [];
    const port = await listen(
      http.createServer((req, res) => {
        seen.push(req.url);
        if (req.url === "/a") res.writeHead(302, { Location: "/b#state=open" });
        res.end();
      }),
    );
    const { url, hops } = await fetchSite(`http://127.0.0.1:${port}/a#access_token=wxyz`, { seconds: 30 });
    expect([url, hops.map((hop) => hop.url), seen]).toEqual([
      `http://127.0.0.1:${port}/b`,
      [`http://127.0.0.1:${port}/a`, `http://127.0.0.1:${port}/b`],
      ["/a", "/b"],
    ]);
  });
});
