// npm run gauntlet [NAME…] [--json]: starts each application, records and proves it, and writes docs/proven.md.
// The exit code is 1 where one does not end as expected.
// Results are kept beside the installed applications: a run of some of them leaves the rows of the others as they are.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { APPLICATIONS, CACHE, ROOT } from "./applications.mjs";
import { commandOf, documentOf } from "./document.mjs";
import { checkEnforced, flowOf, launch } from "./enforced.mjs";

const RESULTS = join(CACHE, "results.json");

const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== "--json");
const unknown = names.filter((name) => !Object.hasOwn(APPLICATIONS, name));
if (unknown.length > 0) {
  console.error(`There is no application ${unknown.join(", ")}. There are: ${Object.keys(APPLICATIONS).join(", ")}.`);
  process.exit(2);
}

mkdirSync(CACHE, { recursive: true });
const rows = {};
for (const name of names.length > 0 ? names : Object.keys(APPLICATIONS)) {
  console.error(`== ${name}`);
  rows[name] = await rowOf(APPLICATIONS[name]);
  console.error(rows[name].outcome, rows[name].error ?? rows[name].faults ?? "");
  if (!args.includes("--json")) keep(name, rows[name]);
}
if (args.includes("--json")) console.log(JSON.stringify(rows, null, 2));
const surprises = Object.keys(rows).filter((name) => rows[name].outcome !== (APPLICATIONS[name].expected ?? "proven"));
if (surprises.length > 0) console.error(`Not as expected: ${surprises.join(", ")}.`);
process.exit(surprises.length > 0 ? 1 : 0);

async function rowOf(application) {
  const { title, version, prepare, start, path = "/", arguments: given, why } = application;
  const recorded = new Date().toISOString().slice(0, 10);
  const row = { title, version, command: commandOf(application), why, recorded };
  try {
    const prepared = await prepare();
    const port = await freePort();
    const running = startProgram(start(port, prepared), port);
    try {
      const url = `http://localhost:${await running.port}${path}`;
      const options = given.map((one) => one.replace("PORT", new URL(url).port));
      await answers(url, running);
      const { seconds, text, code } = await runCommand(["record", url, "--json", ...options]);
      if (!text.startsWith("{")) return { ...row, outcome: "not tried", error: `exit code ${code}: ${text.slice(0, 500)}` };
      const recording = JSON.parse(text);
      const flow = await flowOf(options);
      const bareSeconds = await bareWalk(url, recording, flow);
      return { ...row, ...summaryOf(recording), ...(await enforced(url, recording, flow)), seconds, bareSeconds };
    } finally {
      await running.stop();
    }
  } catch (error) {
    return { ...row, outcome: "not tried", error: String(error.message ?? error).slice(0, 2_000) };
  }
}

/** A recording that is proven is so only where the policy holds in a browser without the recorder too. */
async function enforced(url, { outcome, headers }, flow) {
  if (outcome !== "proven") return {};
  const { browser, faults } = await checkEnforced(url, headers, flow);
  return { browser, faults, outcome: faults.length === 0 ? "proven" : "not proven" };
}

/** Keeps a row at once: a run that is ended loses none. */
function keep(name, row) {
  const all = { ...(existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {}), [name]: row };
  writeFileSync(RESULTS, JSON.stringify(all, null, 2));
  // A result of another command or version is no row of this page.
  const known = Object.entries(APPLICATIONS).flatMap(([one, { title, why, ...application }]) =>
    all[one]?.command === commandOf(application) && all[one].version === application.version ? [{ ...all[one], title, why }] : [],
  );
  writeFileSync(join(ROOT, "docs/proven.md"), documentOf(known));
}

/** What a row of the document needs of a recording. */
function summaryOf({ outcome, pages, violations, proof, score, allowed, pending, needed, headers }) {
  const count = (groups) => groups.reduce((sum, group) => sum + group.count, 0);
  return {
    outcome,
    pages: pages.length,
    violations: { before: count(violations), after: proof === undefined ? null : count(proof.violations) },
    score,
    allowed: allowed.map(({ directive, source, why }) => ({ directive, source, why })),
    pending: pending.map(({ message }) => message),
    needed: needed.map(({ message }) => message),
    differences: proof?.pages.map(({ url, differences }) => ({ url: new URL(url.split(" ")[0]).pathname, differences })) ?? [],
    notes: proof?.notes ?? [],
    masked: proof?.notCompared.map(({ lines, pixels }) => ({ lines, pixels })) ?? [],
    csp: headers["Content-Security-Policy"] ?? "",
    blocked: proof?.violations.map(({ directive, blocked }) => `${directive} ${blocked}`) ?? [],
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a program in a process group of its own; the examples take any port and print it. */
function startProgram({ program, args, cwd = CACHE, env = {} }, given) {
  const isExample = args[0]?.startsWith("examples/");
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env, PORT: isExample ? "0" : String(given) }, detached: true });
  let said = "";
  let closed = false;
  const ended = new Promise((resolve) => {
    child.on("error", (error) => {
      said += String(error);
    });
    child.on("close", () => {
      closed = true;
      resolve();
    });
  });
  const port = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said = (said + chunk).slice(-20_000);
        const [, printed] = /http:\/\/localhost:(\d+)/.exec(said) ?? [];
        if (isExample && printed !== undefined) resolve(Number(printed));
      });
    if (!isExample) resolve(given);
    else setTimeout(() => resolve(given), 20_000).unref();
  });
  return {
    port,
    said: () => said,
    isClosed: () => closed,
    async stop() {
      for (const signal of ["SIGTERM", "SIGKILL"]) {
        if (closed) return;
        try {
          process.kill(-child.pid, signal);
        } catch {
          return;
        }
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000))]);
      }
    },
  };
}

async function answers(url, running) {
  for (let rest = 240; rest > 0 && !running.isClosed(); rest -= 1) {
    const response = await fetch(url, { redirect: "manual" }).catch(() => undefined);
    if (response !== undefined && response.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`It does not answer: ${running.said().slice(-1_000)}`);
}

function runCommand(args) {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["dist/cli/cli.js", ...args], { cwd: ROOT, timeout: 600_000 });
    let text = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errors = (errors + chunk).slice(-2_000);
    });
    child.on("close", (code) => resolve({ code, text: text || errors, seconds: secondsSince(began) }));
  });
}

function secondsSince(began) {
  return Math.round((performance.now() - began) / 100) / 10;
}

/** How long the same pages and the same script take in the same browser without a recording, in seconds; undefined where it fails. */
async function bareWalk(url, { pages }, flow) {
  const began = performance.now();
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
    const look = async (page) => {
      await page.waitForLoadState("networkidle", { timeout: 15_000 }).catch(() => undefined);
      await page.screenshot({ fullPage: true });
    };
    // Pages of the script have its name behind their address.
    for (const { url: address } of pages.filter(({ url: one }) => !one.includes(" "))) {
      const page = await context.newPage();
      await page.goto(address).catch(() => undefined);
      await look(page);
      await page.close();
    }
    if (flow !== undefined) {
      const page = await context.newPage();
      const visit = async (address) => {
        await page.goto(new URL(address, url).href);
        await look(page);
      };
      await flow({ page, visit, snapshot: () => look(page) });
    }
    return secondsSince(began);
  } catch (error) {
    console.error(`the bare walk: ${String(error.message).split("\n")[0]}`);
    return undefined;
  } finally {
    await browser.close();
  }
}
