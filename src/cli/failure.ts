import { PolicyError } from "../errors.js";
import { kebabCase } from "../values/text.js";
import { MOST_MISTAKES } from "./limits.js";

/** 1: the input is refused, or the command failed; 2: the command line is wrong. */
export type ExitCode = 1 | 2;

/** A mistake that the user can correct: printed as lines, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
  /** What to do about all lines. */
  readonly hint: string | undefined;

  constructor(lines: readonly string[], exitCode: ExitCode = 1, hint?: string) {
    super(lines.join("\n"));
    this.lines = lines;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** An error of the operating system in one line; other errors are thrown again. `what` is its subject. */
export function systemFailure(error: unknown, what: string): Failure {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== "string" || typeof syscall !== "string") throw error;
  return new Failure([`${what} ${REASONS[code] ?? `failed: ${code}`}.`]);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "is not permitted",
  EPERM: "is not permitted",
  ENOENT: "does not exist",
  EISDIR: "is a folder",
  ENOTDIR: "is below a file, which is not a folder",
  EEXIST: "exists already",
  ENOSPC: "cannot be written: the disk is full",
  EROFS: "cannot be written: the file system is read-only",
  EADDRINUSE: "is in use already",
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "is not a known host",
  EAI_AGAIN: "is not a known host",
};

/** One line for each issue; an option of a function is named as the command-line option that it came from. */
export function issueLines({ issues }: PolicyError, prefix = ""): string[] {
  return issues.map(({ path, message, hint }) => {
    const place = optionOf(path) ?? path;
    return `${prefix}${place === "" ? "" : `${place}: `}${message}. ${hint}`;
  });
}

/** A PolicyError as lines; exit code 2 where it names options only. */
export function policyFailure(error: PolicyError): Failure {
  return new Failure(issueLines(error), error.issues.every(({ path }) => optionOf(path) !== undefined) ? 2 : 1);
}

/** Runs a check of a file: each line of a PolicyError begins with the file's name. `hint` is for all of them. */
export function named<T>(file: string, check: () => T, hint?: string): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const lines = issueLines(error, `${file}: `);
    const more = lines.length - MOST_MISTAKES;
    throw new Failure(more > 0 ? [...lines.slice(0, MOST_MISTAKES), `${file}: ${more} more.`] : lines, 1, hint);
  }
}

const OPTION = /^(?:createProxy|exportPolicy)\.(\w+)$/;

function optionOf(path: string): string | undefined {
  const [, name] = OPTION.exec(path) ?? [];
  if (name === undefined || name === "policy") return undefined;
  return name === "tls" ? "--key and --cert" : `--${kebabCase(name)}`;
}
