// The step of action.yml: runs portcullis check and portcullis compare, and writes what they say where GitHub shows it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { annotation, COUNTED, checkSummary, compareSummary, countOf, data, groupsOf } from "./summary.mjs";

const input = (name) => (process.env[`PORTCULLIS_${name}`] ?? "").trim();
const folder = resolve(input("FOLDER") || ".");
const MOST_ANNOTATIONS = 10;

class Problem extends Error {}

/** The program: of the version that was asked for, else the one of the project, else of this action's version. */
function programOf() {
  const version = input("VERSION");
  if (version === "") {
    try {
      const file = createRequire(join(folder, "package.json")).resolve("portcullis/package.json");
      return [process.execPath, join(dirname(file), JSON.parse(readFileSync(file, "utf8")).bin.portcullis)];
    } catch {
      // It is not installed in the project.
    }
  }
  const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
  const wanted = version || own;
  if (!/^[\w.~^-]{1,50}$/.test(wanted)) throw new Problem('version: write a version such as "1.2.3".');
  if (process.platform === "win32") throw new Problem("On Windows, install portcullis in the project.");
  return ["npx", "--yes", `portcullis@${wanted}`];
}

/** Runs the program without a shell. Its errors are for the log, where no line of them may be a command to GitHub. */
async function portcullis(...args) {
  if (!existsSync(folder)) throw new Problem(`working-directory: ${folder} does not exist.`);
  const [command, ...before] = programOf();
  const pause = randomUUID();
  console.log(`::stop-commands::${pause}`);
  const child = spawn(command, [...before, ...args], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  const code = await new Promise((done, fail) => child.on("error", fail).on("close", done));
  console.log(`::${pause}::`);
  return { code, out };
}

/** What was printed as JSON; of an argument that could not be read, that is the reason. */
function parsed({ code, out }, what) {
  let found;
  try {
    found = JSON.parse(out);
  } catch {
    throw new Problem(`portcullis ${what} ended with code ${code}; the log says why.`);
  }
  if (Array.isArray(found.errors)) throw new Problem(`${what}: ${found.errors.join(" ")}`);
  return found;
}

/** An argument that begins with a dash would be an option. */
function word(value, name) {
  if (value.startsWith("-")) throw new Problem(`${name}: ${JSON.stringify(value)} begins with a dash. Write ./${value} for a file.`);
  return value;
}

function write(variable, content) {
  const file = process.env[variable];
  if (file) appendFileSync(file, `${content}\n`);
}

async function check() {
  const words = input("CHECK")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (words.length === 0) return true;
  words.forEach((one) => void word(one, "check"));
  const failOn = input("FAIL_ON") || "high";
  if (![...COUNTED, "never"].includes(failOn)) throw new Problem(`fail-on: ${JSON.stringify(failOn)} is not high, medium, low or never.`);
  const failUnder = input("FAIL_UNDER");
  const limits = [...(failOn === "never" ? [] : ["--fail-on", failOn]), ...(failUnder === "" ? [] : ["--fail-under", failUnder])];
  const ran = await portcullis("check", ...words, "--json", "--no-config", ...limits);
  const found = parsed(ran, "check");
  const sites = found.sites ?? [found];
  write("GITHUB_STEP_SUMMARY", checkSummary(sites));
  const groups = groupsOf(sites);
  for (const group of groups.slice(0, MOST_ANNOTATIONS)) console.log(annotation(group));
  const points = sites.flatMap(({ score }) => (score === undefined ? [] : [score.points]));
  if (points.length > 0) write("GITHUB_OUTPUT", `score=${Math.min(...points)}`);
  write("GITHUB_OUTPUT", `findings=${sites.reduce((sum, site) => sum + COUNTED.reduce((all, one) => all + countOf(site, one), 0), 0)}`);
  const sarif = input("SARIF");
  if (sarif !== "") {
    const report = await portcullis("check", ...words, "--sarif");
    parsed(report, "check --sarif");
    writeFileSync(resolve(folder, sarif), report.out);
  }
  return ran.code === 0;
}

async function compare() {
  const [before, after] = [input("BEFORE"), input("AFTER")];
  if (before === "" && after === "") return true;
  if (before === "" || after === "") throw new Problem("before and after belong together: write both.");
  const limit = input("FAIL_ON_WEAKER") || "true";
  if (!["true", "false"].includes(limit)) throw new Problem(`fail-on-weaker: ${JSON.stringify(limit)} is not true or false.`);
  const flags = limit === "true" ? ["--fail-on-weaker"] : [];
  const ran = await portcullis("compare", word(before, "before"), word(after, "after"), "--json", ...flags);
  const compared = parsed(ran, "compare");
  write("GITHUB_STEP_SUMMARY", compareSummary(compared));
  write("GITHUB_OUTPUT", `result=${compared.verdict}`);
  return ran.code === 0;
}

try {
  if (input("CHECK") === "" && input("BEFORE") === "" && input("AFTER") === "") {
    throw new Problem("There is nothing to do: write check, or before and after.");
  }
  const passed = [await check(), await compare()];
  if (passed.includes(false)) {
    console.log(
      "::error::Portcullis: fail-on, fail-under or fail-on-weaker was not met, or a site could not be read. The log and the summary say what.",
    );
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.log(`::error::Portcullis: ${data(error.message)}`);
  process.exitCode = 2;
}
