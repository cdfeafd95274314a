import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collectReports } from "../../src/reports/index.js";
import { CERTIFICATE, listen } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";
import { CHROMIUM } from "./support.js";

const certificate = new URL("../http/fixtures/localhost-cert.pem", import.meta.url).pathname;
const FIREFOX: Peer = {
  name: "firefox-esr, certutil and openssl",
  found: ["firefox-esr", "certutil", "openssl"].every((one) => existsSync(`/usr/bin/${one}`)),
  get: "apt-get install firefox-esr libnss3-tools openssl",
};

/** A certificate by the one that tests have, which Firefox takes for an authority's and for no server's. */
function certificateIn(folder: string): https.ServerOptions {
  const file = (name: string) => join(folder, name);
  const ca = (name: string) => new URL(`../http/fixtures/localhost-${name}.pem`, import.meta.url).pathname;
  writeFileSync(file("leaf.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", file("key.pem"), "-out", file("leaf.csr"), "-subj", "/CN=localhost");
  const issuer = ["-CA", ca("cert"), "-CAkey", ca("key"), "-set_serial", "7", "-days", "30"];
  openssl("x509", "-req", "-in", file("leaf.csr"), ...issuer, "-extfile", file("leaf.ext"), "-out", file("leaf.pem"));
  return { key: readFileSync(file("key.pem")), cert: readFileSync(file("leaf.pem")) };
}

/** How a browser is started on an address, with a profile of its own. */
const BROWSERS: readonly (readonly [name: string, peer: Peer, command: (profile: string, url: string) => readonly string[]])[] = [
  [
    "Chromium",
    CHROMIUM,
    (profile, url) => [
      ...[
        process.env["CHROMIUM"] ?? "/usr/bin/chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
      ],
      ...["--disable-component-update", "--disable-sync", "--short-reporting-delay", "--ignore-certificate-errors"],
      ...[`--user-data-dir=${profile}`, "--remote-debugging-port=0", url],
    ],
  ],
  [
    "Firefox",
    FIREFOX,
    (profile, url) => {
      execFileSync("certutil", ["-N", "-d", `sql:${profile}`, "--empty-password"]);
      execFileSync("certutil", ["-A", "-n", "site", "-t", "C,,", "-i", certificate, "-d", `sql:${profile}`]);
      const settings = {
        "dom.reporting.delivering.timeout": 2,
        "datareporting.policy.dataSubmissionEnabled": false,
        "app.update.enabled": false,
      };
      const lines = Object.entries(settings).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});`);
      writeFileSync(join(profile, "user.js"), lines.join("\n"));
      return ["/usr/bin/firefox-esr", "--headless", "--no-remote", "--profile", profile, url];
    },
  ],
];

/** A folder that is gone when the test is over. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "portcullis-browser-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

function start(command: (profile: string, url: string) => readonly string[], url: string): void {
  const profile = folder();
  const [program = "", ...args] = command(profile, url);
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  onTestFinished(async () => {
    const exit = new Promise((resolve) => child.on("exit", resolve));
    // It has started others, which are in its group.
    process.kill(-(child.pid as number), "SIGKILL");
    await exit;
  });
}

/** The page of another site: its script posts a made-up report to the endpoint, in every way there is. */
const EVIL = (endpoint: string, document: string) => `<script>
  const body = JSON.stringify({ "csp-report": { "document-uri": "${document}", "effective-directive": "img-src", "blocked-uri": "https://evil.example/" } });
  for (const type of ["application/csp-report", "application/reports+json", "application/json"]) {
    fetch("${endpoint}", { method: "POST", headers: { "content-type": type }, body }).catch(() => {});
    fetch("${endpoint}", { method: "POST", mode: "no-cors", headers: { "content-type": type }, body }).catch(() => {});
    navigator.sendBeacon("${endpoint}", new Blob([body], { type }));
  }
</script>`;

describe.each(BROWSERS)("reports of %s", (name, peer, command) => {
  it.skipIf(skipWithout(`Origins of reports of ${name}`, [peer]))(
    "count where the site's pages send them, by either delivery, and not from another site's script",
    { timeout: 90_000 },
    async () => {
      const server = name === "Firefox" ? certificateIn(folder()) : CERTIFICATE;
      const reports = collectReports({ hosts: ["localhost"] });
      const app = express().use("/csp-report", reports);
      const port = await listen(https.createServer(server, app));
      const elsewhere = await listen(https.createServer(server, (_req, res) => void res.setHeader("Content-Type", "text/html").end(evil)));
      const [own, other] = [`https://localhost:${port}`, `https://127.0.0.1:${port}`];
      const evil = EVIL(`${own}/csp-report`, `${own}/poison`);
      const blocks = "img-src 'none'";
      const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
        "/uri-same": { "Content-Security-Policy": `${blocks}; report-uri ${own}/csp-report` },
        "/uri-cross": { "Content-Security-Policy": `${blocks}; report-uri ${other}/csp-report` },
        "/uri-sandboxed": { "Content-Security-Policy": `${blocks}; sandbox; report-uri ${own}/csp-report` },
        "/to-same": { "Content-Security-Policy": `${blocks}; report-to e`, "Reporting-Endpoints": `e="${own}/csp-report"` },
        "/to-cross": { "Content-Security-Policy": `${blocks}; report-to e`, "Reporting-Endpoints": `e="${other}/csp-report"` },
      };
      app.get("/all", (_req, res) => {
        const frames = [...Object.keys(pages), `https://127.0.0.1:${elsewhere}/`].map((src) => `<iframe src="${src}"></iframe>`);
        res.type("html").send(frames.join(""));
      });
      app.use(
        (req, res) =>
          void res
            .set(pages[req.path] ?? {})
            .type("html")
            .send("<img src=/image.png>"),
      );

      start(command, `${own}/all`);
      await vi.waitFor(
        async () => {
          await reports.flush();
          const routes = (await reports.store.groups()).map(({ route }) => route).sort();
          expect([routes, reports.stats().shed["other-origin"] > 0]).toEqual([Object.keys(pages).sort(), true]);
        },
        { timeout: 75_000, interval: 250 },
      );
    },
  );
});
