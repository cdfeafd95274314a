// The step of action.yml: runs portcullis check and portcullis compare, and writes what they say where GitHub shows it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { annotation, COUNTED, checkSummary, compareSummary, countOf, data, groupsOf } from "./summary.mjs";

const input = (name) => (process.env[`PORTCULLIS_${name}`] ?? "").trim();
const folder = resolve(input("FOLDER") || ".");
const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const MOST_ANNOTATIONS = 10;

class Problem extends Error {}

/** Node, where it is too old for the program: it would end in an error of its own syntax. */
function checkNode({ engines }) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isEnough = engines.node.split("||").some((range) => {
    const [, sign, from, least] = /([>^])=?(\d+)\.(\d+)/.exec(range);
    return (sign === "^" ? major === +from : major >= +from) && (major > +from || minor >= +least);
  });
  if (isEnough) return;
  throw new Problem(`Node ${process.versions.node} is too old. Before this action, use actions/setup-node with node-version: 22.`);
}

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
  const wanted = version || own.version;
  if (!/^[\w.~^][\w.~^-]{0,49}$/.test(wanted)) throw new Problem('version: write a version such as "1.2.3".');
  if (process.platform === "win32") throw new Problem("On Windows, install portcullis in the project, and run npm ci before this action.");
  return ["npx", "--yes", `portcullis@${wanted}`];
}

/**
 * Runs the program without a shell. Its errors are for the log, where no line of them may be a command to GitHub: GitHub reads the two
 * outputs of a step independently of each other, so they go to the same output as the commands around them.
 */
async function portcullis(...args) {
  const [command, ...before] = programOf();
  const pause = randomUUID();
  const child = spawn(command, [...before, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors] = [child.stdout, child.stderr].map((stream) => {
    const kept = { text: "" };
    stream.setEncoding("utf8").on("data", (chunk) => {
      kept.text += chunk;
    });
    return kept;
  });
  const code = await new Promise((done, fail) => child.on("error", fail).on("close", done)).catch(({ code: reason }) => {
    throw new Problem(`${command} cannot be run (${reason}). Before this action, use actions/setup-node.`);
  });
  if (errors.text !== "") console.log(`::stop-commands::${pause}\n${errors.text}\n::${pause}::`);
  return { code, out: out.text, program: before.at(-1) };
}

/** What was printed as JSON; of an argument that could not be read, that is the reason. */
function parsed({ code, out, program }, what) {
  let found;
  try {
    found = JSON.parse(out);
  } catch {
    const fetched = program.startsWith("portcullis@")
      ? ` Is ${program} in the registry? To use a copy of the project, run npm ci before this action.`
      : "";
    throw new Problem(`portcullis ${what} ended with code ${code}; the log says why.${fetched}`);
  }
  if (Array.isArray(found.errors)) throw new Problem(`${what}: ${found.errors.map(withHint).join(" ")}`);
  return found;
}

/** An error of the program, with what to write in the workflow. */
function withHint(error) {
  if (error.includes("a revision in git")) return `${error} Is actions/checkout there, with fetch-depth: 2 or more (0 for all)?`;
  if (error.endsWith(" does not exist."))
    return `${error} Files are looked for in ${folder}: is actions/checkout there before this action?`;
  return error;
}

/** An argument that begins with a dash would be an option. */
function word(value, name) {
  if (value.startsWith("-")) throw new Problem(`${name}: ${JSON.stringify(value)} begins with a dash. Write ./${value} for a file.`);
  return value;
}

/** Appends to a file that GitHub reads after the step; without GitHub there is none. */
function write(variable, content) {
  const file = process.env[variable];
  if (file) appendFileSync(file, `${content}\n`);
}

async function check() {
  const words = input("CHECK")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (words.length === 0) return [];
  words.forEach((one) => void word(one, "check"));
  const failOn = input("FAIL_ON") || "high";
  if (![...COUNTED, "never"].includes(failOn)) throw new Problem(`fail-on: ${JSON.stringify(failOn)} is not high, medium, low or never.`);
  const failUnder = input("FAIL_UNDER");
  if (!/^(?:[1-9]\d{0,2})?$/.test(failUnder))
    throw new Problem(`fail-under: ${JSON.stringify(failUnder)} is not a number of points, such as 90.`);
  const limits = [...(failOn === "never" ? [] : ["--fail-on", failOn]), ...(failUnder === "" ? [] : ["--fail-under", failUnder])];
  const ran = await portcullis("check", ...words, "--json", "--no-config", ...limits);
  const found = parsed(ran, "check");
  const read = found.sites ?? [found];
  const sites = read.flatMap((one) => [one, ...(one.routes ?? [])]);
  write("GITHUB_STEP_SUMMARY", checkSummary(sites));
  const groups = groupsOf(sites);
  for (const group of groups.slice(0, MOST_ANNOTATIONS)) console.log(annotation(group));
  const points = sites.flatMap(({ score }) => (score === undefined ? [] : [score.points]));
  if (points.length > 0) write("GITHUB_OUTPUT", `score=${Math.min(...points)}`);
  write("GITHUB_OUTPUT", `findings=${sites.reduce((sum, site) => sum + COUNTED.reduce((all, one) => all + countOf(site, one), 0), 0)}`);
  if (input("SARIF") !== "") await writeSarif(words, input("SARIF"));
  const unread = sites.filter(({ errors }) => errors !== undefined);
  if (unread.length > 0) return [`${unread.length} of ${read.length} in check could not be read; the summary says why.`];
  const set = [...(failOn === "never" ? [] : [`fail-on: ${failOn}`]), ...(failUnder === "" ? [] : [`fail-under: ${failUnder}`])];
  return ran.code === 0 ? [] : [`check does not meet ${set.join(" and ")}; the summary says what was found.`];
}

async function writeSarif(words, sarif) {
  const report = await portcullis("check", ...words, "--sarif", "--no-config");
  parsed(report, "check --sarif");
  const path = resolve(folder, sarif);
  // A checkout may have links that lead anywhere.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Problem(`sarif: ${sarif} is a symbolic link. Write another name.`);
  try {
    writeFileSync(path, report.out);
  } catch ({ code }) {
    throw new Problem(`sarif: ${sarif} cannot be written (${code}). Its folder has to exist.`);
  }
}

async function compare() {
  const [before, after] = [input("BEFORE"), input("AFTER")];
  if (before === "" && after === "") return [];
  if (before === "" || after === "") throw new Problem("before and after belong together: write both.");
  const limit = input("FAIL_ON_WEAKER") || "true";
  if (!["true", "false"].includes(limit)) throw new Problem(`fail-on-weaker: ${JSON.stringify(limit)} is not true or false.`);
  const flags = limit === "true" ? ["--fail-on-weaker"] : [];
  const ran = await portcullis("compare", word(before, "before"), word(after, "after"), "--json", ...flags);
  const compared = parsed(ran, "compare");
  write("GITHUB_STEP_SUMMARY", compareSummary(compared));
  write("GITHUB_OUTPUT", `result=${compared.verdict}`);
  return ran.code === 0
    ? []
    : [`after allows what before does not (${compared.verdict}), and fail-on-weaker is true; the summary says what.`];
}

try {
  if (input("CHECK") === "" && input("BEFORE") === "" && input("AFTER") === "") {
    throw new Problem("There is nothing to do: write check, or before and after.");
  }
  if (!existsSync(folder)) throw new Problem(`working-directory: ${folder} does not exist. Is actions/checkout there before this action?`);
  checkNode(own);
  const failures = [...(await check()), ...(await compare())];
  for (const failure of failures) console.log(`::error::Portcullis: ${data(failure)}`);
  if (failures.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.log(`::error::Portcullis: ${data(error.message)}`);
  process.exitCode = 2;
}
