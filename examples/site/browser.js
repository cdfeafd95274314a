// The part of the demo that needs a browser.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const PROGRAM = fileURLToPath(new URL("../../dist/cli/cli.js", import.meta.url));
const SCRIPT = `<script>document.getElementById("query").textContent = "This page is mine."</script>`;

/** Playwright's own Chromium, Chrome or Edge where they are installed, and Debian's Chromium. */
const PLACES = [{}, { channel: "chrome" }, { channel: "msedge" }, { executablePath: "/usr/bin/chromium" }];

async function launch() {
  for (const place of PLACES) {
    try {
      return await chromium.launch({ ...place, args: ["--disable-quic", "--disable-component-update", "--disable-sync"] });
    } catch {
      // The next place.
    }
  }
  return undefined;
}

/** Opens a page with an injected script, and says what became of it; one line without a browser. */
export async function attack(site) {
  const browser = await launch();
  if (browser === undefined) return ["No browser was found. npx playwright-core install chromium installs one, for the rest of the demo."];
  try {
    const page = await browser.newPage();
    const reported = page.waitForRequest(`${site}/csp-report`);
    await page.goto(`${site}/search?q=${encodeURIComponent(SCRIPT)}`);
    const { "csp-report": report } = (await reported).postDataJSON();
    const ran = (await page.locator("#query").textContent()) === "This page is mine.";
    return [
      `/search?q=${SCRIPT.slice(0, 50)}…`,
      `The page writes it out as HTML, and the browser ${ran ? "ran" : "did not run"} it:`,
      `${report["effective-directive"]} blocked ${report["blocked-uri"]}, a script without the nonce of the response.`,
      `The browser's report of it: ${site}/reports`,
    ];
  } finally {
    await browser.close();
  }
}

/** What `portcullis record` prints. */
export function record(site) {
  const child = spawn(process.execPath, [PROGRAM, "record", site, "--policy", "strict"], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let error = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    error += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (out === "" ? reject(new Error(`portcullis record ended with code ${code}: ${error}`)) : resolve(out)));
  });
}
