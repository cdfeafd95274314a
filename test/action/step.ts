import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STEP = join(ROOT, ".github/action/run.mjs");

/** What a step left behind. */
export interface Ran {
  readonly status: number | null;
  readonly log: string;
  readonly errors: string;
  readonly summary: string;
  readonly output: string;
}

/** A project in which the step of the action is run as GitHub runs it. */
export interface Project {
  readonly folder: string;
  /** Runs the step with these inputs, by the names they have in the environment: `FAIL_ON`. */
  step(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Ran;
  remove(): void;
}

function projectIn(folder: string): Project {
  return {
    folder,
    step(inputs, others = {}) {
      const [summary, output] = [join(folder, "summary.md"), join(folder, "output.txt")];
      for (const file of [summary, output]) writeFileSync(file, "");
      const named = Object.entries(inputs).map(([name, value]) => [`PORTCULLIS_${name}`, value]);
      const github = { PORTCULLIS_FOLDER: folder, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output };
      const env = { ...process.env, ...github, ...Object.fromEntries(named), ...others };
      const { status, stdout, stderr } = spawnSync(process.execPath, [STEP], { cwd: folder, env, encoding: "utf8" });
      return { status, log: stdout, errors: stderr, summary: readFileSync(summary, "utf8"), output: readFileSync(output, "utf8") };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A project without Portcullis. */
export const emptyProject = () => projectIn(mkdtempSync(join(tmpdir(), "portcullis-action-")));

/** A project that has this repository's Portcullis installed. */
export function project(): Project {
  const made = emptyProject();
  mkdirSync(join(made.folder, "node_modules"));
  symlinkSync(ROOT, join(made.folder, "node_modules/portcullis"));
  return made;
}

/** A project whose Portcullis is this script, as an ES module: it may say what no site could be made to cause. */
export function projectWith(script: string): Project {
  const made = emptyProject();
  const library = join(made.folder, "node_modules/portcullis");
  mkdirSync(library, { recursive: true });
  writeFileSync(join(library, "package.json"), '{ "name": "portcullis", "type": "module", "bin": { "portcullis": "cli.js" } }');
  writeFileSync(join(library, "cli.js"), script);
  return made;
}

/** A project whose Portcullis prints this as JSON, and ends with this code. */
export const projectThatPrints = (found: unknown, code = 0) =>
  projectWith(`console.log(${JSON.stringify(JSON.stringify(found))});\nprocess.exitCode = ${code};\n`);

/** Puts a program before all others: `PATH` for the step. */
export function withProgram({ folder }: Project, name: string, script: string): Readonly<Record<string, string>> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/usr/bin/env node\n${script}`);
  chmodSync(join(bin, name), 0o755);
  return { PATH: `${bin}${delimiter}${process.env["PATH"]}` };
}

/** Lets the step see another version of Node: `NODE_OPTIONS` for it. */
export function withNode({ folder }: Project, version: string): Readonly<Record<string, string>> {
  const file = join(folder, "node.cjs");
  writeFileSync(file, `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`);
  return { NODE_OPTIONS: `--require=${file}` };
}
