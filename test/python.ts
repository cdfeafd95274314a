import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** An environment that has nothing but pip, and installs into all others: to put pip into each takes longer than most packages do. */
const PIP = process.env["PORTCULLIS_PIP"] ?? join(homedir(), ".cache/portcullis-pip");

const run = (program: string, ...args: readonly string[]) => spawnSync(program, args, { stdio: "ignore" });

/**
 * Installs packages into a virtual environment, and makes it where it is not there.
 * Without Python or network they stay away, and the suites say so.
 *
 * @param packages what pip installs, and its options.
 */
export function installPackages(folder: string, ...packages: readonly string[]): void {
  if (!existsSync(join(PIP, "pyvenv.cfg"))) makePip();
  if (!existsSync(join(folder, "pyvenv.cfg"))) {
    mkdirSync(folder, { recursive: true });
    run("python3", "-m", "venv", "--without-pip", folder);
  }
  // A program compiles what it imports when it first runs, which is a small part of what is installed.
  const install = ["install", "-q", "--no-compile", "--disable-pip-version-check", ...packages];
  run(join(PIP, "bin/python"), "-m", "pip", "--python", join(folder, "bin/python"), ...install);
}

/** Several processes may do so at once: whose environment is there first has made it. */
function makePip(): void {
  const own = `${PIP}-${process.pid}`;
  mkdirSync(dirname(own), { recursive: true });
  run("python3", "-m", "venv", own);
  try {
    renameSync(own, PIP);
  } catch {
    rmSync(own, { recursive: true, force: true });
  }
}

/** The environment of a program in Python, which keeps what it has compiled for when it runs again. */
export const pythonEnv = (): NodeJS.ProcessEnv => ({ ...process.env, PYTHONDONTWRITEBYTECODE: "" });
