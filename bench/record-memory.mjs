// node bench/record-memory.mjs [--pages 1000] [--pictures]: the heap after a collection while a site is recorded.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { launch, options, picturesFolder, recorderModules, serve } from "./record-site.mjs";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const at = process.argv.indexOf("--pages");
const pages = at < 0 ? 1_000 : Number(process.argv[at + 1]);
const pictures = process.argv.includes("--pictures");
const { record, definePolicy, storeInFolder } = await recorderModules(`
  export { record } from "./record/record.js";
  export { definePolicy } from "./policy/policy.js";
  export { storeInFolder } from "./record/picture-store.js";
`);

const megabytes = () => {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return `${(heapUsed / 1e6).toFixed(1)} MB of heap, ${(external / 1e6).toFixed(1)} MB outside`;
};

const site = await serve(pages);
const browser = await launch();
let [walk, seen] = [0, 0];
const marks = [0.1, 0.4, 0.7, 1].map((share) => Math.round(share * pages));
const onProgress = (event) => {
  seen = event.walk === walk ? seen + 1 : 0;
  walk = event.walk;
  // The start page is not counted.
  if (marks.includes(seen)) console.log(`walk ${walk}, ${seen} pages: ${megabytes()}`);
};
const begin = Date.now();
const recording = await record(
  definePolicy("strict"),
  options(browser, site.url, { pages: pages + 1, quiet: 20, pictures, prove: true, onProgress, store: storeInFolder(picturesFolder()) }),
);
console.log(`at the end (${recording.outcome}, ${Math.round((Date.now() - begin) / 1_000)} s): ${megabytes()}`);
await browser.close();
site.close();
