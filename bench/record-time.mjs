// node bench/record-time.mjs [--rounds 6] [--quiet 500]: a page with recording against the same page without, in turn.
// Both sides are walks with the same visitor and the same wait for rest; the bare side has no network layer and no listeners.
import { launch, nameOf, options, recorderModules, serve } from "./record-site.mjs";

const numberOf = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const rounds = numberOf("--rounds", 6);
const quiet = numberOf("--quiet", 500);
const PAGES = 5;

const { walk, newRecorder, definePolicy } = await recorderModules(`
  export { walk } from "./record/walk.js";
  export { newRecorder } from "./record/run.js";
  export { definePolicy } from "./policy/policy.js";
`);
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

const site = await serve(100);
const browsers = { bare: await launch(), recorded: await launch() };
const addresses = Array.from({ length: PAGES + 1 }, (_, index) => site.url + nameOf(index));
const policy = definePolicy("strict");

/** Milliseconds from the beginning of each visit to that of the next; the first visit of a context is left out. */
function clock() {
  const times = [];
  return {
    visit: () => times.push(performance.now()),
    laps: () =>
      times
        .slice(1)
        .map((time, index) => time - times[index])
        .slice(1),
  };
}

const sides = {
  async bare() {
    const { visit, laps } = clock();
    const host = {
      signal: new AbortController().signal,
      isAlive: () => true,
      newContext: ({ width, height }) => browsers.bare.newContext({ viewport: { width, height }, acceptDownloads: false }),
      onVisit: visit,
      onSeen: () => undefined,
    };
    await walk(options(browsers.bare, site.url, { quiet }), host, addresses);
    return laps();
  },
  async recorded() {
    const { visit, laps } = clock();
    const recorder = await newRecorder(options(browsers.recorded, site.url, { quiet, onProgress: visit }));
    await recorder.walk(policy, "observe", recorder.newEvidence(), addresses);
    await recorder.close();
    return laps();
  },
};

const laps = { bare: [], recorded: [] };
const ratios = [];
for (let round = 0; round < rounds; round += 1) {
  const order = round % 2 === 0 ? ["bare", "recorded"] : ["recorded", "bare"];
  const times = {};
  for (const side of order) {
    times[side] = await sides[side]();
    laps[side].push(...times[side]);
  }
  ratios.push(median(times.recorded) / median(times.bare));
}
const [bare, recorded] = [median(laps.bare), median(laps.recorded)];
console.log(
  `${laps.bare.length} loads each: bare ${bare.toFixed(0)} ms, recorded ${recorded.toFixed(0)} ms, ratio ${(recorded / bare).toFixed(2)}`,
);
console.log(`ratio of each round: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}; median ${median(ratios).toFixed(2)}`);
await Promise.all(Object.values(browsers).map((browser) => browser.close()));
site.close();
