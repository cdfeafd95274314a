import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { registered, settings } from "../../src/headers/index.js";

const text = readFileSync(new URL("../../docs/overrides.md", import.meta.url), "utf8");
const keys = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);

it("the documentation has a row for every key of a policy", () => {
  const known = [...registered.filter(({ reportOnly }) => !reportOnly).map(({ key }) => key), ...Object.keys(settings)];
  expect([...keys].sort()).toEqual(known.sort());
});
