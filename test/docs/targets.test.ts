import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { targets } from "../../src/export/targets/index.js";

const FOLDER = new URL("../../docs/targets/", import.meta.url);
const pages = readdirSync(FOLDER).filter((name) => name !== "README.md");
const listed = [...readFileSync(new URL("README.md", FOLDER), "utf8").matchAll(/^\| \[([\w-]+)\]\(\1\.md\) \|/gm)].map(([, name]) => name);

it.each(Object.keys(targets))("the target %s has its page", (name) => {
  expect(pages).toContain(`${name}.md`);
});

it.each(pages)("the page %s has its target", (page) => {
  expect(Object.keys(targets)).toContain(page.replace(/\.md$/, ""));
});

it("the table lists every target once", () => {
  expect(listed.toSorted()).toEqual(Object.keys(targets).toSorted());
});
