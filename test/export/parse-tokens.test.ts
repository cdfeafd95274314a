import { expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";

it.each([",", ";"])("an endpoint that browsers drop does not cost another one, whose address has a %s", (char) => {
  const text = `/*\n  Reporting-Endpoints: a="https://a.example/x${char}y", b="http://b.example/"\n`;
  const { policy, notes } = parseConfig("_headers", text);
  expect([renderHeaders(policy), notes.map(({ message }) => message)]).toEqual([
    { "Reporting-Endpoints": `a="https://a.example/x${char}y"` },
    [
      'Reporting-Endpoints is read without "b=\\"http://b.example/\\"": "http://b.example/" is not trustworthy, and browsers report nothing there. Write "https://b.example/".',
    ],
  ]);
});
