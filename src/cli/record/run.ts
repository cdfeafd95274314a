import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { ExportRoute } from "../../export/index.js";
import type { Policy } from "../../policy/policy.js";
import { type Hide, knownHiderOf } from "../../record/known-secrets.js";
import { storeInFolder } from "../../record/picture-store.js";
import type { Accepted, Proposal } from "../../record/proposal.js";
import { NothingVisited, type Recording, type RecordOptions } from "../../record/record.js";
import { hiderOf } from "../../record/secrets.js";
import { walkSecrets } from "../../record/site-secrets.js";
import { ENDED } from "../../record/walk.js";
import type { Given } from "../command.js";
import { Failure } from "../failure.js";
import type { Terminal } from "../terminal.js";
import { launchBrowser } from "./browser.js";
import { confirmer } from "./confirm.js";
import type { outputFlags, walkFlags } from "./flags.js";
import { hiddenRecording } from "./hidden.js";
import { readWalk } from "./options.js";
import { type ProgressLine, progressLine } from "./progress.js";
import { siteNotes } from "./site-notes.js";
import { type RoutedRecording, readUnapplied, withUnapplied } from "./unapplied.js";

/** What a command does with the browser. */
export type Task = (policy: Policy, options: RecordOptions) => Promise<Recording>;

/** What differs between the commands. */
export interface RunOptions extends Pick<RecordOptions, "accepted" | "prove"> {
  /** Whether somebody at the terminal confirms what is pending. */
  readonly asks?: boolean;
  /** Of the policy; the walk leaves them out, and its result says so. */
  readonly routes: readonly ExportRoute[];
}

/** A recording, and how it came to its end. */
export interface Recorded {
  /** Without secrets in what its pages have shown. */
  readonly recording: RoutedRecording;
  /** Why it is not complete; undefined where it is. */
  readonly problem: string | undefined;
}

const INTERRUPTED = "Interrupted: the recording has what was seen until then.";

/** Starts a browser, runs a recording in it, and ends the browser; the first Ctrl-C ends the walk and keeps what it saw. */
export async function runRecording(
  name: string,
  address: string,
  policy: Policy,
  given: Given<typeof walkFlags>,
  { asks = false, routes, ...options }: RunOptions,
  task: Task,
): Promise<Recorded> {
  const unapplied = readUnapplied(routes);
  const read = await readWalk(name, address, given);
  const store = storeInFolder(temporaryFolder());
  const browser = await launchBrowser(given.browser);
  // Those of the command line, and cookies that the site sets during the walk.
  const secrets = walkSecrets(read.secrets);
  const hide = hiderOf(secrets.all);
  const hideKnown = knownHiderOf(secrets.all);
  const isSecret = (text: string) => hideKnown(text) !== text;
  const progress = progressLine(process.stderr, hide);
  const ending = watchEnd(browser);
  try {
    const { walk, secrets: _, ...rest } = read;
    const { onProgress } = progress;
    const questions = asks ? questionsAfter(progress, ending.signal, hide) : undefined;
    const recording = await task(policy, {
      ...{
        ...walk,
        ...rest,
        ...options,
        store,
        browser,
        signal: ending.signal,
        onProgress,
        onSecret: secrets.add,
        isSecret,
      },
      ...(questions !== undefined && { confirm: questions.confirm }),
    });
    const problem = ending.problem();
    const remarks = [secrets.note(), problem].filter((note) => note !== undefined);
    const notes = [...(questions?.notes() ?? []), ...siteNotes(name, recording), ...remarks];
    const noted = { ...recording, notes: [...new Set([...recording.notes, ...notes])] };
    return { recording: hiddenRecording(withUnapplied(noted, unapplied), hide), problem };
  } catch (error) {
    throw failureOf(error, ending.problem(), hide);
  } finally {
    progress.done();
    ending.stop();
    await browser.close().catch(() => undefined);
  }
}

/** Asks on the terminal, and remembers for the output what was confirmed. */
function questionsAfter(progress: ProgressLine, signal: AbortSignal, hide: Hide) {
  const ask = confirmer({ input: process.stdin, output: process.stderr, signal, hide });
  const confirmed = new Set<string>();
  return {
    async confirm(proposal: Proposal): Promise<Accepted> {
      progress.done();
      const words = await ask(proposal);
      for (const word of words) confirmed.add(word);
      return words;
    },
    notes: () =>
      confirmed.size === 0 ? [] : [`You confirmed what these words accept: ${[...confirmed].map((word) => `--accept=${word}`).join(" ")}`],
  };
}

/** Listens for Ctrl-C and the end of the browser: both end the walk. */
function watchEnd(browser: Browser) {
  const controller = new AbortController();
  let problem: string | undefined;
  const end = (why: string) => {
    problem ??= why;
    controller.abort();
  };
  const onDisconnect = () => end(ENDED);
  const onInterrupt = () => {
    // The second Ctrl-C ends the process. 128 + SIGINT, as shells count it.
    if (controller.signal.aborted) process.exit(130);
    end(INTERRUPTED);
  };
  browser.on("disconnected", onDisconnect);
  process.on("SIGINT", onInterrupt);
  // A lost terminal and the end of a job end the walk too, and the browser with its folder.
  for (const name of ["SIGTERM", "SIGHUP"] as const) process.on(name, onInterrupt);
  return {
    signal: controller.signal,
    problem: () => problem,
    stop: () => {
      browser.off("disconnected", onDisconnect);
      process.off("SIGINT", onInterrupt);
      for (const name of ["SIGTERM", "SIGHUP"] as const) process.off(name, onInterrupt);
    },
  };
}

/** A folder that is removed when the process ends: the report of a recording still reads its pictures. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-record-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function failureOf(error: unknown, problem: string | undefined, hide: Hide): unknown {
  if (!(error instanceof NothingVisited)) return error;
  const notes = error.notes.map(hide);
  return new Failure([...new Set([...notes, ...(problem === undefined ? [] : [problem])])]);
}

/** Prints a recording, and writes its report; returns the exit code where the recording is not complete, or the report is not written. */
export async function printRecording(
  { json, report, force }: Given<typeof outputFlags>,
  { recording, problem }: Recorded,
  terminal: Terminal,
): Promise<1 | undefined> {
  if (json) {
    const [{ recordingJson }, { jsonText }] = await Promise.all([import("./json.js"), import("../layout.js")]);
    terminal.out(jsonText(recordingJson(recording)));
  } else {
    const { summaryOf } = await import("./summary.js");
    terminal.out(summaryOf({ ...recording, notes: recording.notes.filter((note) => note !== problem) }, terminal));
  }
  // Last: where it cannot be written, the output is there.
  if (report !== undefined) {
    const [{ reportOf }, { writeFiles }] = await Promise.all([import("./html.js"), import("../files.js")]);
    await writeFiles("", [{ path: report, text: reportOf(recording) }], force === true);
    terminal.say(`wrote ${report}`);
  }
  if (problem === undefined) return undefined;
  terminal.fail(problem);
  return 1;
}
