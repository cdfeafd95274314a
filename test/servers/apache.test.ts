import { describe, expect, it } from "vitest";
import { say } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { apache, main, run } from "./apache-support.js";
import { describeServer, expectIncluded, exported, freePort, INCLUDED } from "./support.js";

const MAIN = main("headers", "rewrite", "socache_shmcb", "ssl", "proxy", "proxy_http");

describeServer("apache", apache, (files, port) => run({ "apache.conf": `${MAIN}Include portcullis.conf\n`, ...files }, port), {
  down: 503,
});

describe.skipIf(skipWithout("headers included by Apache", [apache]))("headers included in an Apache of one's own", () => {
  it("go out with its files, its 304 and its errors", async () => {
    const port = await freePort();
    const own = `${main("headers")}Listen ${port}\nDocumentRoot public\nDirectoryIndex index.html\nInclude portcullis/headers.conf\n`;
    await run({ "apache.conf": own, "public/index.html": "x", "public/embed": "x", ...exported("apache", INCLUDED) }, port);
    await expectIncluded(port);
  });

  it("go out from a .htaccess alike", async () => {
    const port = await freePort();
    const own = `${main("headers")}Listen ${port}\nDocumentRoot public\nDirectoryIndex index.html
<Directory "\${root}/public">
    AllowOverride FileInfo
</Directory>
`;
    const text = exported("htaccess", INCLUDED)[".htaccess"] as string;
    await run({ "apache.conf": own, "public/index.html": "x", "public/embed": "x", "public/.htaccess": text }, port);
    await expectIncluded(port);
  });

  it.each([
    ["GET", 400, "DENY"],
    ["GET /embed HTTP/1.1\r\nbroken header", 400, "DENY"],
    [`GET /embed${"x".repeat(9_000)} HTTP/1.1`, 414, "DENY"],
    ["GET /embed HTTP/1.1\r\nExpect: x", 417, "DENY"],
    ["OPTIONS * HTTP/1.1", 200, undefined],
    ["OPTIONS / HTTP/1.1", 200, "DENY"],
  ])("go out with what Apache refuses to read, and not with OPTIONS *: %.40s", async (lines, status, expected) => {
    const port = await freePort();
    const own = `${main("headers")}Listen ${port}\nDocumentRoot public\nInclude portcullis/headers.conf\n`;
    await run({ "apache.conf": own, "public/index.html": "x", ...exported("apache", INCLUDED) }, port);
    const answer = await say(port, [lines, "Host: localhost", "Connection: close"]);
    expect(Number(answer.split(" ")[1])).toBe(status);
    expect(/^X-Frame-Options: (.*)\r$/m.exec(answer)?.[1]).toBe(expected);
  });
});
