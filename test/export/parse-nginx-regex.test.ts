import { expect, it } from "vitest";
import { budgetOf, type Note } from "../../src/export/parse/limits.js";
import { regexOf } from "../../src/export/parse/nginx/regex.js";
import { matchOf } from "../../src/export/parse/nginx/regex-match.js";

const note = budgetOf("nginx") as unknown as Note;
/** `…` stands for what is not known. */
const match = (pattern: string, text: string, anyCase = false) => matchOf(regexOf(pattern, anyCase), text.replaceAll("…", "\0?\0"), note);

it.each([
  ["^/api/", "/api/x", "yes"],
  ["^/api/", "/ap", "no"],
  ["^/api/", "/api/…", "yes"],
  ["^/api/", "/…", "maybe"],
  ["^/api/", "/docs/…", "no"],
  ["\\.php$", "/index.php", "yes"],
  ["\\.php$", "/index.php/x", "no"],
  ["\\.php$", "/…", "maybe"],
  ["\\.php$", "/…/index.php", "yes"],
  ["\\.php$", "/…/index.html", "no"],
  ["^/.*$", "/…", "yes"],
  ["^(.*)$", "/a/…", "yes"],
  ["^", "/a", "yes"],
  ["^/[^/]*$", "/…", "maybe"],
  ["\\.(?:js|css)$", "/a.css", "yes"],
  ["\\.(?:js|css)$", "/a.csv", "no"],
  ["/\\.(?!well-known)", "/index.html", "no"],
  ["/\\.(?!well-known)", "/.git", "maybe"],
  ["^/(?<lang>de|en)/", "/de/", "yes"],
  ["^/\\d{2,3}/$", "/12/", "yes"],
  ["^/\\d{2,3}/$", "/1234/", "no"],
  ["^/[a-c]+/[^x-z]$", "/abc/x", "no"],
  ["^/[[:alpha:]]+$", "/abc", "maybe"],
  ["(a+)+$", `${"a".repeat(60)}!`, "no"],
  ["^/a(/|$)", "/a", "yes"],
  ["^/a(/|$)", "/ab", "no"],
  ["^/(?:wp-)?admin", "/admin…", "yes"],
  ["^/[!-\\]]$", "/A", "yes"],
  ["^/[+-\\]]$", "/]", "yes"],
  ["^/[!-\\x40]$", "/A", "maybe"],
  ["(", "/", "maybe"],
])("%s in %s: %s", (pattern, text, answer) => {
  expect(match(pattern, text)).toBe(answer);
});

it("ignores case with the flag for it", () => {
  expect([match("^/API/[A-C]", "/api/b", true), match("^/API/", "/api/")]).toEqual(["yes", "no"]);
});
