/** What kind of mistake a {@link PolicyIssue} tells of. */
export type PolicyErrorCode =
  /** A header, directive, feature, option or preset that does not exist. */
  | "unknown-name"
  /** `null`, an array where a string belongs, and so on. */
  | "wrong-type"
  /** Outside the grammar of its header. */
  | "invalid-value"
  /** Valid alone, not beside something else in the policy. */
  | "conflict"
  /** Something that has to be there is not. */
  | "missing"
  /** A `report-to` names an endpoint that Reporting-Endpoints does not have. */
  | "unknown-endpoint"
  /** An `append` or `remove` that has nothing to start from, or cannot start from what is there. */
  | "unresolved-edit"
  /** A getter or a proxy threw while it was read. */
  | "unreadable"
  /** A `perRequest` function threw, or returned something that is no source. */
  | "slot-failed"
  /** Headers were to be rendered, and a slot has no value. */
  | "slot-empty"
  /** Nothing is in force on this response. */
  | "no-policy"
  /** The response's headers are on their way already. */
  | "headers-sent"
  /** A factory was mounted without the call: `app.use(securityHeaders)`. */
  | "not-called";

/** Where something stands in a policy: `["contentSecurityPolicy", "scriptSrc", 1]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong, and what to write instead. */
export interface PolicyIssue {
  readonly code: PolicyErrorCode;
  /** For example `contentSecurityPolicy.scriptSrc[1]`. */
  readonly path: string;
  /** What came. */
  readonly message: string;
  /** What to write. */
  readonly hint: string;
}

/** How a check says what it found; `code` is `"invalid-value"` unless told otherwise. */
export type ReportIssue = (issue: {
  readonly path: Path;
  readonly message: string;
  /** A function where it takes time to find: it is only called for issues that are kept. */
  readonly hint: string | (() => string);
  readonly code?: PolicyErrorCode;
}) => void;

/** Issues of one error; how many more there are is counted. */
const MOST_ISSUES = 100;

/** Characters of one message, and of one hint. */
const LONGEST_TEXT = 2_000;

// Versioned and global: the ESM and the CommonJS copy of this package have to know each other's errors.
const BRAND = Symbol.for("portcullis.error@1");

/**
 * What every mistake in a policy becomes: at boot thrown, per request passed to `next(err)`.
 *
 * `issues` has all that is wrong, up to 100 issues, not only the first; the message says how many more there are. `code`, `path` and `hint` are those of the first.
 * `instanceof PolicyError` also holds for errors of the package's other module format.
 */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code: PolicyErrorCode;
  readonly path: string;
  readonly hint: string;
  readonly issues: readonly PolicyIssue[];

  constructor(found: readonly [PolicyIssue, ...PolicyIssue[]], options?: { cause?: unknown; more?: number }) {
    const issues = found.slice(0, MOST_ISSUES).map(bounded) as unknown as readonly [PolicyIssue, ...PolicyIssue[]];
    const more = found.length - issues.length + (options?.more ?? 0);
    const limit = Error.stackTraceLimit;
    // Without the package's own frames, which are left out, there are still as many as were asked for.
    const raised = limit > 0 && setStackTraceLimit(limit + OWN_FRAMES);
    super(message(issues, more), options);
    if (raised) setStackTraceLimit(limit);
    const stack = callersStack(this.stack, limit);
    if (stack !== undefined) Object.defineProperty(this, "stack", { value: `PolicyError: ${this.message}${stack}`, ...HIDDEN });
    const [first] = issues;
    this.code = first.code;
    this.path = first.path;
    this.hint = first.hint;
    this.issues = Object.freeze(issues);
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.hasOwn(value, BRAND) && (value as Record<symbol, unknown>)[BRAND] === true;
  }
}

const HIDDEN = { writable: true, configurable: true, enumerable: false };

/** More frames than the package has of its own between a call and the error. */
const OWN_FRAMES = 40;

/** `false` where the intrinsics are frozen. */
function setStackTraceLimit(limit: number): boolean {
  return Reflect.set(Error, "stackTraceLimit", limit);
}

/** The end of a frame of the published core: this module is elsewhere where it went into a bundle, with the user's own code. */
const CORE_FRAME = /[\\/]dist[\\/]shared[\\/]core\.c?js:\d+:\d+\)?$/;

/** The frames of a stack from the first that is not the package's own; undefined where that cannot be said. */
function callersStack(stack: unknown, limit: number): string | undefined {
  if (typeof stack !== "string") return undefined;
  const [newest = "", ...older] = stack.slice(stack.indexOf("\n    at ") + 1).split("\n");
  const file = newest.search(CORE_FRAME);
  if (file < 0) return undefined;
  const place = newest.indexOf("(") < 0 ? "    at ".length : newest.indexOf("(") + 1;
  const folder = newest.slice(place, file + "/dist/".length);
  // A function of JavaScript's own, such as Array.map, has no file: it is between two frames of the package.
  const first = older.findIndex((frame) => !frame.includes(folder) && !frame.includes("(<anonymous>)"));
  return first < 0 ? "" : ["", ...older.slice(first, first + limit)].join("\n");
}

/** A PolicyError of one issue. */
export function policyError(code: PolicyErrorCode, path: Path, message: string, hint: string, cause?: unknown) {
  const issue = { code, path: formatPath(path), message, hint };
  return new PolicyError([issue], cause === undefined ? undefined : { cause });
}

/** Gathers issues, and throws all of them at once; `adopt` takes over those of another check, under paths of their own. */
export function issueCollector() {
  const issues: PolicyIssue[] = [];
  let more = 0;
  const report: ReportIssue = ({ code = "invalid-value", path, message: text, hint }) => {
    if (issues.length >= MOST_ISSUES) more += 1;
    else issues.push({ code, path: formatPath(path), message: text, hint: typeof hint === "string" ? hint : hint() });
  };
  const adopt = (error: PolicyError, pathOf: (path: string) => string): void => {
    for (const issue of error.issues) {
      if (issues.length >= MOST_ISSUES) more += 1;
      else issues.push({ ...issue, path: pathOf(issue.path) });
    }
  };
  const throwIfAny = (): void => {
    const [first, ...rest] = issues;
    if (first !== undefined) throw new PolicyError([first, ...rest], { more });
  };
  return { issues: issues as readonly PolicyIssue[], report, adopt, throwIfAny };
}

/** The same report, for a part of the policy further in. */
export function reportUnder(prefix: Path, report: ReportIssue): ReportIssue {
  return (issue) => report({ ...issue, path: [...prefix, ...issue.path] });
}

// Also a path that was formatted already, further in.
const PLAIN_STEP = /^[A-Za-z_$][\w$]*(?:\[\d+\]|\.[A-Za-z_$][\w$]*)*$/;

/** A text in double quotes: cut, and without a character that could break a line of a log. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text);
  return quoted.replace(/[\x7f-\u2025\u2027-\u{10ffff}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** A copy of an issue, frozen and of bounded length. */
function bounded({ code, path, message, hint }: PolicyIssue): PolicyIssue {
  return Object.freeze({ code, path: cut(path), message: cut(message), hint: cut(hint) });
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

/** Characters of a step that is not quoted, and with that cut: it may be a whole path, further in. */
const LONGEST_STEP = 400;

export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (step.length > LONGEST_STEP || !PLAIN_STEP.test(step)) text += text === "" ? quote(step) : `[${quote(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

function message(issues: readonly PolicyIssue[], more: number): string {
  const lines = issues.map((issue) => `${issue.path}: ${issue.message}. ${issue.hint}`);
  if (more > 0) lines.push(`and ${more} more`);
  return lines.length === 1 ? (lines[0] as string) : `${issues.length + more} mistakes:\n  ${lines.join("\n  ")}`;
}
