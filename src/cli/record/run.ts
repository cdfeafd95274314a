import type { Policy } from "../../policy/policy.js";
import { NothingVisited, type Recording, type RecordOptions } from "../../record/record.js";
import type { Given } from "../command.js";
import { Failure } from "../failure.js";
import type { Terminal } from "../terminal.js";
import { launchBrowser } from "./browser.js";
import type { outputFlags, walkFlags } from "./flags.js";
import { readWalk } from "./options.js";
import { progressLine } from "./progress.js";

/** What a command does with the browser. */
export type Task = (policy: Policy, options: RecordOptions) => Promise<Recording>;

/** Starts a browser, runs a recording in it, and ends the browser; the first Ctrl-C ends the walk and keeps what it saw. */
export async function runRecording(
  name: string,
  address: string,
  policy: Policy,
  given: Given<typeof walkFlags>,
  options: Pick<RecordOptions, "accepted" | "prove" | "confirm">,
  task: Task,
): Promise<Recording> {
  const { walk, context, headers } = await readWalk(name, address, given);
  const browser = await launchBrowser(given.browser);
  const progress = progressLine(process.stderr);
  const ending = new AbortController();
  const end = () => {
    // The second Ctrl-C ends the process.
    process.off("SIGINT", end);
    ending.abort();
  };
  process.on("SIGINT", end);
  try {
    return await task(policy, { ...walk, ...options, browser, context, headers, signal: ending.signal, onProgress: progress.onProgress });
  } catch (error) {
    if (error instanceof NothingVisited) throw new Failure(error.notes.map((note) => `${note}.`));
    throw error;
  } finally {
    progress.done();
    process.off("SIGINT", end);
    await browser.close().catch(() => undefined);
  }
}

/** Prints a recording, and writes its report. */
export async function printRecording(
  { json, report, force }: Given<typeof outputFlags>,
  recording: Recording,
  terminal: Terminal,
): Promise<void> {
  if (report !== undefined) {
    const [{ reportOf }, { writeFiles }] = await Promise.all([import("./html.js"), import("../files.js")]);
    await writeFiles("", [{ path: report, text: reportOf(recording) }], force === true);
    terminal.say(`wrote ${report}`);
  }
  if (json) {
    const [{ recordingJson }, { jsonText }] = await Promise.all([import("./json.js"), import("../layout.js")]);
    terminal.out(jsonText(recordingJson(recording)));
  } else {
    const { summaryOf } = await import("./summary.js");
    terminal.out(summaryOf(recording, terminal));
  }
}
