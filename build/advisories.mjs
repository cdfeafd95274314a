// npm run advisories: fails on a known advisory for a package that dist holds code of, from moderate on; says so where no registry answers.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SEVERITIES = ["moderate", "high", "critical"];

/**
 * What `npm audit --json` printed, for the packages that are bundled.
 *
 * @param {string} printed
 * @param {readonly string[]} names the bundled packages.
 * @returns {{ failed: boolean, line: string }}
 */
export function readAudit(printed, names) {
  let report;
  try {
    report = JSON.parse(printed);
  } catch {
    report = { message: "npm audit printed no JSON" };
  }
  if (report?.vulnerabilities === undefined) {
    const why = String(report?.message ?? report?.error?.summary ?? "no answer").split("\n")[0];
    return { failed: false, line: `Advisories: not checked, because the registry did not answer (${why}).` };
  }
  const found = names.filter(
    (name) => Object.hasOwn(report.vulnerabilities, name) && SEVERITIES.includes(report.vulnerabilities[name].severity),
  );
  if (found.length === 0) return { failed: false, line: `Advisories: none for the ${names.length} bundled packages.` };
  const list = found.map((name) => `${name} (${report.vulnerabilities[name].severity})`).join(", ");
  return { failed: true, line: `Advisories: known for bundled packages: ${list}. See npm audit.` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { components } = JSON.parse(readFileSync("dist/sbom.cdx.json", "utf8"));
  const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
  const { stdout } = spawnSync("npm", ["audit", "--json", "--package-lock-only"], { encoding: "utf8", timeout: 60_000 });
  const { failed, line } = readAudit(stdout ?? "", names);
  console.log(line);
  if (failed) process.exitCode = 1;
}
