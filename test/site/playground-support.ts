import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import { playgroundPage } from "../../site/playground.js";
import { definePolicy, securityHeaders } from "../../src/index.js";
import { newPage, type Served, serveSite } from "../browser/support.js";

/** As strict as the site, and stricter: no Trusted Types policy may be made. */
const POLICY = definePolicy("strict", {
  strictTransportSecurity: false,
  contentSecurityPolicy: { upgradeInsecureRequests: false, requireTrustedTypesFor: ["script"], trustedTypes: ["none"] },
});

const THEME =
  ":root { color-scheme: light dark } body { font: 16px/1.6 sans-serif; margin: 1rem; background: light-dark(#fff, #14171c); color: light-dark(#1b1f24, #e6e8eb) }";

let built: ReturnType<typeof playgroundPage> | undefined;

/** The page's HTML and files, built once for a suite. */
export function buildOnce(): ReturnType<typeof playgroundPage> {
  built ??= playgroundPage();
  return built;
}

/** A playground in a browser. */
export interface Playground {
  readonly page: Page;
  readonly url: string;
  /** Console messages and errors. */
  readonly messages: readonly string[];
  readonly violations: () => Promise<readonly string[]>;
}

/** Opens the playground under a strict policy. */
export async function openPlayground(options: Parameters<typeof newPage>[0] = {}, fragment = ""): Promise<Playground> {
  const { html, files } = await buildOnce();
  const policy = securityHeaders(POLICY);
  const typeOf = (path: string) => (path.endsWith(".css") ? "text/css" : "text/javascript");
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Playground</title><link rel="stylesheet" href="/theme.css"><link rel="icon" href="/favicon.ico"></head><body>${html}</body></html>`;
  const pages: Record<string, Served> = { "/": { policy, body }, "/theme.css": { type: "text/css", body: THEME } };
  for (const [path, bytes] of files) pages[`/${path}`] = { policy, type: typeOf(path), body: Buffer.from(bytes) };
  const { port } = await serveSite(pages);
  const page = await newPage(options);
  const messages: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  const url = `http://localhost:${port}/`;
  await page.goto(url + fragment);
  await page.locator("#pg-app").waitFor();
  return { page, url, messages, violations: () => page.evaluate("violations") as Promise<readonly string[]> };
}

/** The path of the library in the bundle. */
export async function enginePath(): Promise<string> {
  const { files } = await buildOnce();
  const path = [...files.keys()].find((file) => /\/engine-[A-Z0-9]+\.js$/.test(file));
  if (path === undefined || !existsSync("site")) throw new Error("no engine in the bundle");
  return `/${path}`;
}
