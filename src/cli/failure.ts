import type { PolicyError } from "../errors.js";
import { kebabCase } from "../values/text.js";

/** 1: what was asked for is refused or failed; 2: the command line is wrong. */
export type ExitCode = 1 | 2;

/** Something the user can mend: told in lines, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
  /** What to do about all of them. */
  readonly hint: string | undefined;

  constructor(lines: readonly string[], exitCode: ExitCode = 1, hint?: string) {
    super(lines.join("\n"));
    this.lines = lines;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** What the system refused, in one line; other errors are thrown on. */
export function systemFailure(error: unknown, what: string): Failure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || typeof syscall !== "string") throw error;
  return new Failure([`${what} ${REASONS[code] ?? `failed: ${code}`}.`]);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "is not allowed",
  EPERM: "is not allowed",
  ENOENT: "is not there",
  EISDIR: "is a folder",
  ENOTDIR: "lies below something that is no folder",
  EEXIST: "is there already",
  ENOSPC: "does not fit: the disk is full",
  EROFS: "lies where nothing can be written",
  EADDRINUSE: "is taken",
  EADDRNOTAVAIL: "is no address of this machine",
  ENOTFOUND: "is no host that is known",
  EAI_AGAIN: "is no host that is known",
};

/** A line for each issue; an option of a function is told as the option of the command line that it came from. */
export function issueLines(error: PolicyError, prefix = ""): string[] {
  return error.issues.map(({ path, message, hint }) => `${prefix}${optionOf(path) ?? path}: ${message}. ${hint}`);
}

/** A PolicyError that nobody has put into words yet; where it speaks of options alone, the command line is wrong. */
export function policyFailure(error: PolicyError): Failure {
  return new Failure(issueLines(error), error.issues.every(({ path }) => optionOf(path) !== undefined) ? 2 : 1);
}

const OPTION = /^(?:createProxy|exportPolicy)\.(\w+)$/;

function optionOf(path: string): string | undefined {
  const [, name] = OPTION.exec(path) ?? [];
  if (name === undefined || name === "policy") return undefined;
  return name === "tls" ? "--key and --cert" : `--${kebabCase(name)}`;
}
