import express, { type Express } from "express";
import { expect, it } from "vitest";
import { PROGRAM, startPage } from "../../site/start.js";
import { securityHeaders } from "../../src/index.js";
import { snippetsIn } from "../docs/snippets.js";
import { serve } from "../http/support.js";

/** The text of the first block of a language. */
function blockOf(body: string, language: string): string {
  return snippetsIn("start", body).find((snippet) => snippet.language === language)?.text ?? "";
}

/** The program of the page, which gets what it imports, and returns its application instead of listening. */
function application(): Express {
  const body = PROGRAM.replace(/^import .*$/gm, "").replace("app.listen(3000);", "return app;");
  return new Function("express", "securityHeaders", body)(express, securityHeaders);
}

it("the program of the front page sends the headers that the page shows", async () => {
  const { headers } = await fetch(`http://127.0.0.1:${await serve(application())}/`);
  const shown = blockOf((await startPage()).body, "http").split("\n");
  expect(shown).toHaveLength(11);
  const missing = shown.filter((line) => headers.get(line.split(": ")[0] ?? "") !== line.slice(line.indexOf(": ") + 2));
  expect(missing).toEqual([]);
  expect(headers.has("x-powered-by")).toBe(false);
});

it("the front page shows the error for a misspelt source", async () => {
  expect(blockOf((await startPage()).body, "")).toBe(
    'PolicyError: contentSecurityPolicy.scriptSrc[1]: "slef" is not a source. Did you mean "self"?',
  );
});

it("the front page shows what check prints for Express as it is, without the path of this machine", async () => {
  const lines = blockOf((await startPage()).body, "console").split("\n");
  expect(lines.slice(0, 6)).toEqual([
    "$ curl -sI http://localhost:3000 > before.txt",
    "$ npx portcullis check before.txt",
    "before.txt answered 200",
    "",
    "Header                        Verdict  Value",
    "X-Powered-By                  remove   Express",
  ]);
  expect(lines.slice(-2)).toEqual(["…", "Score: 30 points, D, by the scoring of the MDN HTTP Observatory"]);
});

it("the front page says first that the headers it checks are those without Portcullis, and then shows the score with it", async () => {
  const { body } = await startPage();
  const [before, after] = snippetsIn("start", body).filter(({ language }) => language === "console");
  const sentence = "This is the program above without the line\n`app.use(securityHeaders())`:";
  expect(body.indexOf(sentence)).toBeGreaterThan(0);
  expect(body.indexOf(sentence)).toBeLessThan(body.indexOf(before?.text ?? "-"));
  expect(after?.text.split("\n").at(-1)).toBe("Score: 130 points, A+, by the scoring of the MDN HTTP Observatory");
});
