// npm run pictures: takes the pictures of the README from the example site, in Chromium. Needs a build, Chromium and script (util-linux).
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createApp } from "../examples/site/app.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = `${process.execPath} ${root}dist/cli/cli.js`;
const INJECTED = '<script>fetch("/account")</script>';
const COLUMNS = 88;

const STYLE = `
body { margin: 0; background: #fff; }
pre { display: inline-block; margin: 0; padding: 20px 24px; border-radius: 8px; background: #10151d; color: #d8dee9;
      font: 14px/1.45 "DejaVu Sans Mono", monospace; }
b { color: #fff; }
.prompt { color: #7fb4ff; }
.red { color: #ff7b72; } .green { color: #7ee787; } .yellow { color: #e3b341; } .dim { color: #8b949e; }`;

const CLASSES = { 2: "dim", 31: "red", 32: "green", 33: "yellow", 36: "prompt" };

/** What a command prints on a terminal. */
function printed(command) {
  // A terminal would show the progress, and then remove it.
  const child = spawn("script", ["-qec", `stty cols ${COLUMNS} && ${command} 2>/dev/null`, "/dev/null"], { cwd: root });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  return new Promise((resolve) => child.on("close", () => resolve(out.replaceAll("\r\n", "\n").trimEnd())));
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Text with the codes of a terminal as HTML. */
function markup(text) {
  let open = 0;
  return escaped(text).replace(/\x1b\[(\d+)m/g, (_, code) => {
    if (["0", "22", "39"].includes(code)) return "</span>".repeat(open > 0 ? open-- && 1 : 0);
    open += 1;
    return code === "1" ? '<span style="font-weight:bold;color:#fff">' : `<span class="${CLASSES[code] ?? ""}">`;
  });
}

async function terminalPicture(page, name, shown, command) {
  const text = (await printed(command)).replaceAll(site, "http://localhost:3000");
  await page.setContent(`<style>${STYLE}</style><pre><span class="prompt">$</span> ${escaped(shown)}\n\n${markup(text)}</pre>`);
  await page.locator("pre").screenshot({ path: `${root}docs/images/${name}.png` });
}

const server = createServer(createApp());
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const site = `http://localhost:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 }, deviceScaleFactor: 1.5 });
  await terminalPicture(page, "check", "npx portcullis check http://localhost:3000", `${PROGRAM} check ${site}`);
  await terminalPicture(
    page,
    "record",
    "npx portcullis record http://localhost:3000 --policy strict",
    `${PROGRAM} record ${site} --policy strict`,
  );
  for (const path of [`/search?q=${encodeURIComponent(INJECTED)}`, "/", `/search?q=${encodeURIComponent(INJECTED)}&page=2`]) {
    await page.goto(site + path);
    await page.waitForTimeout(500);
  }
  await page.goto(`${site}/reports`);
  await page.screenshot({ path: `${root}docs/images/reports.png`, clip: { x: 0, y: 0, width: 1000, height: 680 } });
} finally {
  await browser.close();
  server.close();
}
