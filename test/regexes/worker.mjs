// Runs a regular expression over texts, as `replace` of all does: every beginning is tried, of a sticky one every next. Told by messages, so that a hang can be ended.
import { parentPort } from "node:worker_threads";

parentPort.on("message", ({ source, flags, texts }) => {
  const pattern = new RegExp(source, /[gy]/.test(flags) ? flags : `${flags}g`);
  for (const text of texts) text.replace(pattern, "");
  parentPort.postMessage("done");
});
