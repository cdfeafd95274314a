import { describe, it } from "vitest";
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
});
