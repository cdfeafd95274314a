// What the most expensive inputs cost that are found, in times of JSON.parse of a text of the same size.

import { audit } from "portcullis/audit";
import { parseConfig } from "portcullis/export";
import { median } from "../measure.js";

const repeat = (times, make) => Array.from({ length: times }, (_, index) => make(index)).join("");

/** Every path looks at every block: it ends when the limit of work is reached. The rest of the text is comments. */
const CADDYFILE = `a.example {\n${repeat(1_900, (index) => `handle /a${index} {\n}\n`)}}\n${repeat(9_000, () => `# ${"x".repeat(42)}\n`)}`;

/** As long as what `check` takes; each directive is unknown. */
const HEADERS = [["Content-Security-Policy", repeat(8_000, (index) => `a${index} b;`).slice(0, 65_000)]];

function timeOf(call) {
  const start = process.hrtime.bigint();
  call();
  return Number(process.hrtime.bigint() - start);
}

/** Seldom enough that a short run ends: one call takes most of a second. */
function inTurn(call, text, rounds) {
  const theirs = () => median(Array.from({ length: 20 }, () => timeOf(() => JSON.parse(text))));
  const round = () => timeOf(call) / theirs();
  round();
  return Array.from({ length: Math.ceil(rounds / 8) }, round);
}

export const hostileConfig = ({ rounds }) => {
  const parse = () => {
    try {
      parseConfig("caddy", CADDYFILE);
    } catch (error) {
      if (!error.message.includes("steps of work")) throw error;
    }
  };
  return inTurn(parse, JSON.stringify(CADDYFILE.split("\n")), rounds);
};

export const hostileAnswer = ({ rounds }) => {
  const text = JSON.stringify(Object.fromEntries(HEADERS[0][1].split(";").map((part) => [part, part])));
  return inTurn(() => audit(HEADERS), text, rounds);
};
