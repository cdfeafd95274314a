// A process that writes into one SQLite file until it is killed; bundled by sqlite.test.ts, which starts several of it.
import { writeSync } from "node:fs";
import { parseReport, type Report } from "../../src/reports/parse.js";
import { addSighting, newRecord } from "../../src/reports/record.js";
import { type Document, documentReader, sightingMaker } from "../../src/reports/sighting.js";
import { sqliteStore } from "../../src/reports/stores/sqlite.js";

const [file = "", writer = ""] = process.argv.slice(2);
const store = await sqliteStore(file);

function record(blocked: string) {
  const report = parseReport(
    { "csp-report": { "document-uri": "https://site.example/", "effective-directive": "img-src", "blocked-uri": blocked } },
    "",
  ) as Report;
  const sighting = sightingMaker()(report, documentReader(({ pathname }) => pathname)(report.document) as Document, {
    at: Date.now(),
    client: "ab",
  });
  const made = newRecord(sighting);
  addSighting(made, sighting);
  return made;
}

for (let seq = 1; ; seq += 1) {
  const groups = Array.from({ length: 20 }, (_, index) => record(`https://${(seq * 7 + index) % 300}.example/`));
  await store.add({ writer, seq, at: Date.now(), groups, totals: new Map([["accepted", 20]]), hours: new Map() });
  // At once, and not when the loop comes round: what was said before the kill has to be in the file.
  writeSync(1, `${writer} ${seq}\n`);
}
