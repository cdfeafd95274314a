/** A package manager, as lines for a shell. */
export interface Manager {
  /** Installs one more package. */
  readonly add: string;
  /** The same, for development only. */
  readonly addDev: string;
  /** What stands before a program of an installed package. */
  readonly exec: string;
  /** Installs what the lock file has, in CI. */
  readonly install: readonly string[];
}

const NPM: Manager = { add: "npm install", addDev: "npm install --save-dev", exec: "npx", install: ["npm install"] };

const NPM_LOCK = "package-lock.json";

const PNPM: Manager = {
  add: "pnpm add",
  addDev: "pnpm add --save-dev",
  exec: "pnpm exec",
  install: ["corepack enable", "pnpm install --frozen-lockfile"],
};

const YARN: Manager = { add: "yarn add", addDev: "yarn add --dev", exec: "yarn", install: ["corepack enable", "yarn install --immutable"] };

/** Yarn 1 has another word for it. */
const YARN_1: Manager = { ...YARN, install: ["corepack enable", "yarn install --frozen-lockfile"] };

const BUN: Manager = {
  add: "bun add",
  addDev: "bun add --dev",
  exec: "bunx",
  install: ["npm install --global bun", "bun install --frozen-lockfile"],
};

/**
 * The package manager of a project or its workspace: that of the field `packageManager`, or the one that wrote its lock file.
 *
 * @param field what package.json has, of any type.
 * @param has whether the folder has a file.
 * @param beginning the first bytes of a file: those of yarn.lock say which Yarn wrote it.
 */
export function managerOf(field: unknown, has: (name: string) => boolean, beginning: (name: string) => string): Manager {
  const [, named, version] = /^(npm|pnpm|yarn|bun)@(\d+)/.exec(typeof field === "string" ? field : "") ?? [];
  switch (named ?? nameByLock(has)) {
    case "pnpm":
      return PNPM;
    case "bun":
      return BUN;
    case "yarn":
      return (version ?? (beginning("yarn.lock").includes("# yarn lockfile v1") ? "1" : "")) === "1" ? YARN_1 : YARN;
    default:
      return has(NPM_LOCK) ? { ...NPM, install: ["npm ci"] } : NPM;
  }
}

/** Whether a folder has the lock file of a package manager. */
export const hasManager = (has: (name: string) => boolean): boolean => nameByLock(has) !== undefined || has(NPM_LOCK);

function nameByLock(has: (name: string) => boolean): string | undefined {
  if (has("pnpm-lock.yaml")) return "pnpm";
  if (has("yarn.lock")) return "yarn";
  return has("bun.lock") || has("bun.lockb") ? "bun" : undefined;
}
