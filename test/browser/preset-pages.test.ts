import { describe, expect, it, vi } from "vitest";
import { type Middleware, securityHeaders } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, serveSite } from "./support.js";

/** What an attacker has put into the page. */
const INJECTED = "<script>globalThis.injected = true</script><p id=x onclick='globalThis.injected = true'>Text</p>";
const STYLED = "getComputedStyle(x).color === 'rgb(1, 2, 3)'";
const INLINE_STYLE = "<style>#x { color: rgb(1, 2, 3) }</style>";
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
const SITES_OWN = "<script src=/done.js></script><link rel=stylesheet href=/style.css><img id=i src=/image.svg>";
const SOCKET = `<script>const socket = new WebSocket("ws://" + location.host); socket.onopen = () => { done = eval("true") }</script>`;

/** A page as the preset's users write it, what has to hold on it, and what an injected script comes to. */
const ROWS: readonly (readonly [preset: string, policy: Middleware, html: string, works: string, blocked: readonly string[]])[] = [
  [
    "recommended",
    securityHeaders(),
    `${SITES_OWN}${INLINE_STYLE}<img src=${PIXEL}>`,
    `done && ${STYLED} && [...document.images].every((one) => one.naturalWidth > 0)`,
    ["script-src-elem inline", "script-src-attr inline"],
  ],
  [
    "strict",
    securityHeaders("strict"),
    SITES_OWN,
    `done && ${STYLED} && i.naturalWidth > 0`,
    ["script-src-elem inline", "script-src-attr inline"],
  ],
  [
    "strictDynamic",
    securityHeaders("strictDynamic"),
    `<script nonce=NONCE>done = true</script><link rel=stylesheet href=/style.css><img id=i src=${PIXEL}>`,
    `done && crossOriginIsolated && ${STYLED} && i.naturalWidth > 0`,
    ["script-src-elem inline", "script-src-attr inline"],
  ],
  [
    "api",
    securityHeaders("api"),
    '{ "ok": true }',
    "document.body.innerText.includes('ok')",
    ["script-src-elem inline", "script-src-attr inline"],
  ],
  ["streamlit", securityHeaders("streamlit"), `${SITES_OWN}${INLINE_STYLE}${SOCKET}`, `done && ${STYLED} && i.naturalWidth > 0`, []],
  [
    "development",
    securityHeaders("recommended", "development"),
    `${SITES_OWN}${INLINE_STYLE}`,
    `done && ${STYLED} && i.naturalWidth > 0`,
    ["script-src-elem inline", "script-src-attr inline"],
  ],
  ["none", securityHeaders("none"), `<script>done = eval("true")</script>${INLINE_STYLE}`, `done && ${STYLED}`, []],
];

describe.skipIf(skipWithout("presets in a browser", [CHROMIUM]))("A page under", () => {
  it.each(ROWS)(
    "%s has all it needs, and an injected script runs only where the preset says so",
    async (_, policy, html, works, blocked) => {
      const site = await serveSite({ "/": { policy, body: html }, "/attacked": { policy, body: `${INJECTED}${html}` } });
      const page = await newPage();
      await page.goto(`http://localhost:${site.port}/`);
      if (!html.startsWith("{"))
        await page.evaluate("document.body.insertAdjacentElement('beforeend', document.createElement('p')).id = 'x'");
      await vi.waitFor(
        async () => expect(await page.evaluate(`({ works: Boolean(${works}), violations })`)).toEqual({ works: true, violations: [] }),
        {
          timeout: 15_000,
        },
      );

      await page.goto(`http://localhost:${site.port}/attacked`);
      await vi.waitFor(async () => expect(await page.evaluate(`Boolean(${works})`)).toBe(true), { timeout: 15_000 });
      await page.evaluate("x.click()");
      const after = () => page.evaluate("({ injected: globalThis.injected === true, violations })");
      await vi.waitFor(async () => expect(await after()).toEqual({ injected: blocked.length === 0, violations: blocked }), {
        timeout: 15_000,
      });
    },
  );
});
