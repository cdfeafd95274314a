import { describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { CHROMIUM, servePages, walkOver } from "./walking.js";

const POPUP = "<script>(opener.parent ?? opener).postMessage('paid', '*')</script>popup";
const OPEN = "<script>onload = () => open('http://popup.test:PORT/popup', '_blank', 'popup')</script>";

/** A page waits for the message of a popup before it is at rest. */
const WAIT = "<script>onmessage = () => fetch('/got')</script>";

describe.skipIf(skipWithout("popups of frames", [CHROMIUM]))("a window that sends a message to the site", () => {
  it.each([
    ["a foreign frame", `${WAIT}<iframe src=http://foreign.test:PORT/opens></iframe>`, []],
    ["a foreign frame of the same site", `${WAIT}<iframe src=http://sub.site.test:PORT/opens></iframe>`, []],
    ["a frame of its own", `${WAIT}<iframe src=/opens></iframe>`, ["http://popup.test:PORT"]],
    ["a srcdoc frame", `${WAIT}<iframe srcdoc="${OPEN.replaceAll('"', "&quot;")}"></iframe>`, ["http://popup.test:PORT"]],
    ["the page itself", `${WAIT}${OPEN}`, ["http://popup.test:PORT"]],
  ])("counts by its opener: %s", async (_, html, popups) => {
    const { port, asked } = await servePages({ "/": html, "/opens": OPEN, "/popup": POPUP, "/got": "got" });
    const { evidence } = await walkOver(`http://site.test:${port}/`);
    expect(asked).toContain("GET site.test/got");
    expect(evidence.popups.map((origin) => origin.replace(String(port), "PORT"))).toEqual(popups);
  });
});
