import type http from "node:http";
import { describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { CHROMIUM, notesOf, pathsOf, servePages, walkOver } from "./walking.js";

const to =
  (location: string): http.RequestListener =>
  (_, res) =>
    void res.writeHead(302, { Location: location }).end();

describe.skipIf(skipWithout("links that redirect", [CHROMIUM]))("a link that redirects", () => {
  it("to an address that looks unsafe, of any origin and after any redirects, does not lead there, and is noted", async () => {
    const { port, asked } = await servePages({
      "/": "<a href=/bye>bye</a> <a href=/far>far</a> <a href=/two?id=secret>two</a> <a href=/moved>moved</a>",
      "/bye": to("/logout?token=secret"),
      "/far": to("http://login.test:1/signout"),
      "/two": to("/three"),
      "/three": to("/items/5?delete=1"),
      "/moved": to("/page"),
      "/page": "page <iframe src=/frame></iframe>",
      "/frame": to("/reset"),
      "/reset": "a frame of the page itself",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /", "200 /page"]);
    expect(asked).toEqual([
      ...["GET localhost/", "GET localhost/bye", "GET localhost/far", "GET localhost/two?id=secret", "GET localhost/three"],
      ...["GET localhost/moved", "GET localhost/page", "GET localhost/frame", "GET localhost/reset"],
    ]);
    expect(notesOf(walked)).toEqual([
      "3 links were not followed, since they may log out, delete or end something: http://localhost/bye → http://localhost/logout (logout), http://localhost/far → http://login.test:1/signout (signout), http://localhost/two → http://localhost/items/5 (delete). If one only shows a page, write --start with its address.",
    ]);
  });

  it("does not lead there in a walk that visits the same pages again", async () => {
    const { port, asked } = await servePages({ "/": "start", "/bye": to("/logout") });
    const site = `http://localhost:${port}`;
    const { walked } = await walkOver(`${site}/`, { again: [`${site}/`, `${site}/bye`] });
    expect(asked).toEqual(["GET localhost/", "GET localhost/bye"]);
    expect(notesOf(walked)).toEqual([
      "1 link was not followed, since it may log out, delete or end something: http://localhost/bye → http://localhost/logout (logout). If one only shows a page, write --start with its address.",
    ]);
  });

  it("is followed where it is a start address, or a step of a script", async () => {
    const { port, asked } = await servePages({ "/": to("/logout"), "/logout": "<a href=/go>go</a>", "/go": to("/logout?again") });
    const { walked } = await walkOver(`http://localhost:${port}/`, {
      flow: async ({ page }) => void (await page.goto(`http://localhost:${port}/go`)),
    });
    expect(pathsOf(walked)).toEqual(["200 /logout", "200 /logout (script, end)"]);
    expect(asked.filter((one) => one.endsWith("/logout?again"))).toEqual(["GET localhost/logout?again"]);
  });
});
