import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM, program } from "../browser/support.js";
import { whenFileEnds } from "../file-end.js";

export { CHROMIUM };

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"];

let browser: Promise<Browser> | undefined;

/** One browser for all tests of a file. */
function theBrowser(): Promise<Browser> {
  if (browser !== undefined) return browser;
  const started = chromium.launch({ executablePath: program, args: [...FLAGS, "--disable-background-networking"] });
  browser = started;
  whenFileEnds(async () => {
    browser = undefined;
    await (await started).close();
  });
  return started;
}

/** What happened on a page. */
export interface Happened {
  /** What its scripts wrote down in `window.ran`. */
  readonly ran: readonly string[];
  /** What the policy blocked, as `"script-src-elem inline"`. */
  readonly blocked: readonly string[];
  /** The same of a script that was injected at the end. */
  readonly injected: string | undefined;
}

interface Violation {
  readonly effectiveDirective: string;
  readonly blockedURI: string;
}
interface Target {
  append(child: unknown): void;
  addEventListener(type: "securitypolicyviolation", listener: (event: Violation) => void): void;
}
declare const window: { ran: string[]; blocked: string[]; top: typeof window };
declare const document: Target & { body: Target; createElement(name: string): Target };

/** A new page without a past; `window.ran` and `window.blocked` are there before its own scripts. */
export async function newPage({ javaScriptEnabled = true } = {}): Promise<Page> {
  const page = await (await theBrowser()).newPage({ javaScriptEnabled });
  await page.addInitScript(() => {
    if (window.top === window) Object.assign(window, { ran: [], blocked: [] });
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      window.top.blocked.push(`${effectiveDirective} ${blockedURI}`);
    });
  });
  return page;
}

/** Loads a page whose policy takes no inline style, and injects an inline script, as an attacker would. */
export async function visit(page: Page, url: string): Promise<Happened> {
  await page.goto(url);
  const { ran, blocked } = await page.evaluate(async () => {
    const script = document.createElement("script");
    const style = document.createElement("style");
    script.append("window.ran.push('injected')");
    style.append("p { color: red }");
    // Violations are told in their order: with that of the style, all that came before it was.
    const told = new Promise<void>((resolve) => style.addEventListener("securitypolicyviolation", () => setTimeout(resolve)));
    document.body.append(script);
    document.body.append(style);
    await told;
    return { ran: window.ran, blocked: window.blocked };
  });
  return { ran, blocked: blocked.slice(0, -2), injected: blocked.at(-2) };
}
