import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import type { Preset, PresetName } from "../presets/index.js";
import type { SavedPlace } from "../record/saved-file.js";
import type { SuiteOptions } from "../record/suite.js";
import { awaited, type OptionSchemas, readOptions, shown } from "../values/options.js";
import { expecting } from "../values/schema.js";
import { show } from "../values/text.js";
import type { ConsoleMessageLike } from "./console.js";
import { type Violation, violationOf } from "./violation.js";
import { settle, startCollecting } from "./violations.js";

/**
 * The part of Playwright's browser context that is used.
 *
 * @experimental
 */
export interface ContextLike {
  /** The browser, which has to be Chromium. */
  browser(): object | null;
  pages(): readonly { url(): string; frames(): readonly { evaluate(expression: string): Promise<unknown> }[] }[];
  exposeBinding(name: string, callback: (source: unknown, reported: unknown) => void): Promise<unknown>;
  addInitScript(script: { readonly content: string }): Promise<unknown>;
  on(event: "console", listener: (message: ConsoleMessageLike) => void): unknown;
  on(event: "close", listener: () => void): unknown;
}

/**
 * A page of Playwright, which stands for its context.
 *
 * @experimental
 */
export interface PageOfContext {
  context(): ContextLike;
}

/**
 * What {@link recordViolations} takes.
 *
 * @experimental
 */
export interface RecordViolationsOptions {
  /** The policy to observe: what it would block is recorded. Default: `"strict"`. */
  readonly policy?: Policy | Preset | PresetName | undefined;
  /**
   * The folder to write to, such as `"csp"`: each process of a suite writes a file of its own, whose name no worker, shard or run has too.
   * `portcullis learn csp` reads all of them.
   */
  readonly folder?: string | undefined;
  /** Instead of `folder`, the file to write, in JSON. What it has already is kept: recordings of the same policy are added to it. */
  readonly file?: string | undefined;
}

/**
 * What {@link provePolicy} takes.
 *
 * @experimental
 */
export interface ProvePolicyOptions {
  /** The policy to enforce. */
  readonly policy: Policy | Preset | PresetName;
}

/**
 * A context that is recorded.
 *
 * @experimental
 */
export interface ViolationRecording {
  /** How many violations there were so far. */
  readonly violations: number;
  /**
   * Ends the recording, and adds it to its file. Closing the context does the same.
   *
   * The promise rejects with a PolicyError if the file cannot be written, or has a recording of another policy.
   */
  save(): Promise<void>;
}

/**
 * A context in which a policy is enforced.
 *
 * @experimental
 */
export interface PolicyProof {
  /** What was blocked so far, each once; a new list each time. */
  readonly violations: readonly Violation[];
  /** Waits for pending reports, and rejects with an Error that lists each violation and what to add to the policy, if there are any. */
  expectNone(): Promise<void>;
}

const RECORD = { name: "recordViolations", call: 'recordViolations(context, { policy: "strict", folder: "csp" })' } as const;
const PROVE = { name: "provePolicy", call: 'provePolicy(context, { policy: "strict" })' } as const;

/**
 * Records what a policy would block while tests use a site: `const recording = await recordViolations(context, { folder: "csp" })`,
 * and at the end `await recording.save()`. `portcullis learn csp` proposes from the files of that folder what to add to the policy.
 *
 * The policy is put on every document and worker of the context in the browser itself, in report-only headers: the site needs no change.
 * The file has no query strings, cookies or tokens, and of inline code its hash and its beginning.
 *
 * @param on a context of Playwright, or a page, which stands for its context; before its first navigation, and only once for each context.
 * @param options the policy, and the folder or file.
 * @throws {PolicyError} (the promise rejects) for wrong arguments, a page that has navigated already, a second call for a context, and a
 *   browser other than Chromium.
 * @experimental
 */
export async function recordViolations(on: ContextLike | PageOfContext, options: RecordViolationsOptions): Promise<ViolationRecording> {
  const context = contextOf(RECORD, on);
  const { policy = "strict", ...places } = readOptions<RecordViolationsOptions>(RECORD.name, options, RECORD_OPTIONS);
  const place = placeOf(places);
  const observed = policyOf(policy);
  begin(RECORD, context);
  const { recordContext } = await import("../record/suite.js");
  const recording = await recordContext(context as unknown as BrowserContext, { name: RECORD.name, policy: observed, place }).catch(
    release(context),
  );
  let saving: Promise<void> | undefined;
  const save = () => {
    saving ??= settleAll(context).then(() => recording.save());
    return saving;
  };
  // What a later save() rejects with is not lost.
  context.on("close", () => void save().catch(() => undefined));
  return {
    get violations() {
      return recording.violations;
    },
    save,
  };
}

/**
 * Enforces a policy while tests use a site: `const proof = await provePolicy(context, { policy })`, and at the end of each test
 * `await proof.expectNone()`, which lists what the policy has blocked, where, and what to add to it.
 *
 * The policy replaces the site's own headers of the same names, on every document and worker of the context. What workers and frames
 * report is listed too. What documents load, such as scripts, styles and images, keeps its own headers: what `X-Content-Type-Options` and
 * `Cross-Origin-Resource-Policy` would refuse there is loaded. `portcullis prove` puts the policy on these responses too.
 *
 * @param on as for {@link recordViolations}.
 * @param options the policy.
 * @throws {PolicyError} (the promise rejects) as {@link recordViolations} does.
 * @experimental
 */
export async function provePolicy(on: ContextLike | PageOfContext, options: ProvePolicyOptions): Promise<PolicyProof> {
  const context = contextOf(PROVE, on);
  const { policy } = readOptions<ProvePolicyOptions>(PROVE.name, options, PROVE_OPTIONS);
  if (policy === undefined) throw policyError("missing", [PROVE.name, "policy"], "the policy is missing", `Write ${PROVE.call}.`);
  const enforced = policyOf(policy);
  begin(PROVE, context);
  const { proveContext } = await import("../record/suite.js");
  const proof = await proveContext(context as unknown as BrowserContext, { name: PROVE.name, policy: enforced }).catch(release(context));
  context.on("close", () => void proof.close().catch(() => undefined));
  const collecting = startCollecting(asPage(context), () => proof.reports.map(violationOfReport), withoutQueries);
  const seen = await collecting.catch(async (error: unknown) => {
    await proof.close().catch(() => undefined);
    return release(context)(error);
  });
  return {
    get violations() {
      return seen.violations;
    },
    async expectNone() {
      await settleAll(context);
      await proof.settle();
      if (proof.notes.length > 0) throw new Error(proof.notes.join("\n"));
      await seen.expectNone();
    },
  };
}

/** Where to write. */
function placeOf({ folder, file }: Pick<RecordViolationsOptions, "folder" | "file">): SavedPlace {
  if (folder !== undefined && file !== undefined) {
    throw policyError("conflict", [RECORD.name, "file"], "there is a folder too", "Write one of them.");
  }
  if (folder !== undefined) return { folder };
  if (file !== undefined) return { file };
  throw policyError("missing", [RECORD.name, "folder"], "the folder is missing", `Write ${RECORD.call}.`);
}

type BrowserContext = Parameters<typeof import("../record/suite.js").proveContext>[0];
type Report = Awaited<ReturnType<typeof import("../record/suite.js").proveContext>>["reports"][number];

const POLICY = () => z.custom((value) => value !== null && value !== "", expecting("a policy", 'Write policy: "strict", or a policy.'));

const RECORD_OPTIONS: OptionSchemas<RecordViolationsOptions> = () => ({
  policy: POLICY(),
  folder: z.string(expecting("a folder", 'Write folder: "csp".')).check(z.minLength(1, expecting("a folder", 'Write folder: "csp".'))),
  file: z.string(expecting("a file", 'Write file: "csp/recording.json".')).check(z.minLength(1, expecting("a file"))),
});

const PROVE_OPTIONS: OptionSchemas<ProvePolicyOptions> = () => ({ policy: POLICY() });

const policyOf = (given: Policy | Preset | PresetName): Policy => makePolicy([given]);

interface Call extends Pick<SuiteOptions, "name"> {
  readonly call: string;
}

const METHODS = ["browser", "pages", "exposeBinding", "addInitScript", "on"] as const satisfies readonly (keyof ContextLike)[];

function contextOf({ name, call }: Call, on: unknown): ContextLike {
  const context = contextIn(on);
  if (context !== undefined) return context;
  const hint = awaited(on, `Write ${call}, with a context or a page of Playwright.`);
  throw policyError("wrong-type", [name], `${shown(on)} is not a context`, hint);
}

/** The context that a value is, or that a page is of; never throws. */
function contextIn(on: unknown): ContextLike | undefined {
  try {
    const context = isObject(on) && "context" in on && typeof on.context === "function" ? (on.context() as unknown) : on;
    const isContext = isObject(context) && METHODS.every((method) => typeof (context as Partial<ContextLike>)[method] === "function");
    return isContext ? (context as ContextLike) : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const used = new WeakMap<ContextLike, string>();

/** Refuses a context that a policy is put on already, and one whose pages were loaded without it. */
function begin({ name }: Call, context: ContextLike): void {
  const before = used.get(context);
  if (before !== undefined) {
    const hint = "Call it once for each context, and pass on what it returns.";
    throw policyError("conflict", [name], `the context is in use by ${before} already`, hint);
  }
  const loaded = context.pages().find((page) => page.url() !== "about:blank");
  if (loaded !== undefined) {
    throw policyError("conflict", [name], `a page shows ${show(withoutQuery(loaded.url()))} already`, "Call it before page.goto().");
  }
  used.set(context, name);
}

/** Lets a context be used again that no policy could be put on. */
function release(context: ContextLike): (error: unknown) => never {
  return (error) => {
    used.delete(context);
    throw error;
  };
}

/** All pages of a context as one: its events are those of all of them. */
function asPage(context: ContextLike) {
  return {
    url: () => withoutQuery(context.pages()[0]?.url() ?? "about:blank"),
    frames: () => context.pages().flatMap((page) => page.frames()),
    exposeBinding: context.exposeBinding.bind(context),
    addInitScript: context.addInitScript.bind(context),
    on: (event: "console", listener: (message: ConsoleMessageLike) => void) => context.on(event, listener),
  };
}

async function settleAll(context: ContextLike): Promise<void> {
  await Promise.all(context.pages().flatMap((page) => page.frames().map(settle)));
}

function violationOfReport({ directive, blocked, document, policy, sourceFile, position, sample, disposition }: Report): Violation {
  const [line, column] = position.split(":").map(Number);
  return violationOf({
    header: "Content-Security-Policy",
    directive,
    blockedURL: blocked,
    documentURL: document,
    sourceFile,
    lineNumber: line || 0,
    columnNumber: column ?? 0,
    disposition: disposition === "report" ? "report" : "enforce",
    sample,
    originalPolicy: policy,
  });
}

/** What a message shows may end in a log. */
function withoutQueries(one: Violation): Violation {
  const { blockedURL, documentURL, sourceFile } = one;
  return { ...one, blockedURL: withoutQuery(blockedURL), documentURL: withoutQuery(documentURL), sourceFile: withoutQuery(sourceFile) };
}

function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, "");
}
