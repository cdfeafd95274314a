// Runs a regular expression over attacks, which are written out here: to copy gigabytes of text to this thread takes longer than to read them.
// It is used as `replace` of all does: every beginning is tried, of a sticky one every next. Told by messages, so that a hang can be ended.
import { parentPort } from "node:worker_threads";

parentPort.on("message", ({ source, flags, attacks }) => {
  const pattern = new RegExp(source, /[gy]/.test(flags) ? flags : `${flags}g`);
  for (const { start, run, length, end } of attacks) {
    const text = start + run.repeat(Math.ceil(length / run.length)).slice(0, length) + end;
    text.replace(pattern, "");
  }
  parentPort.postMessage("done");
});
