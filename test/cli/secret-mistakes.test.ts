import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretsOfMistakes } from "../../src/cli/secrets.js";
import { bundle, type Program, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const S = "Hunter2-Secret";

describe("A command line that is wrong is answered without its secrets", () => {
  it.each<[string, readonly string[], string]>([
    ["--header without a name", ["check", "127.0.0.1:1", "--header", S], "error: --header: a value has no colon after a name."],
    ["--header=", ["check", "127.0.0.1:1", `--header=${S}`], "error: --header: a value has no colon after a name."],
    ["--cookie without a name", ["check", "127.0.0.1:1", "--cookie", S], "error: --cookie: a value is not name=value."],
    [
      "check --reports of another store",
      ["check", "strict", "--reports", `postgres://u:${S}@h/d`],
      'error: "postgres://***@h/d" is an address.',
    ],
    ["learn of another store", ["learn", `postgres://u:${S}@h/d`], 'error: "postgres://***@h/d" is an address.'],
    ["headers with an address", ["headers", `http://u:${S}@h/`], 'error: "http://***@h/" is an address.'],
    ["headers --policy", ["headers", "--policy", `https://u:${S}@h/`], 'error: "https://***@h/" is an address.'],
    ["headers --policy=", ["headers", `--policy=https://u:${S}@h/`], 'error: "https://***@h/" is an address.'],
    ["export with an address", ["export", "nginx", `https://u:${S}@h/`], 'error: "https://***@h/" is an address.'],
    ["import with an address", ["import", `https://u:${S}@h/`], 'error: "https://***@h/" is an address.'],
    ["proxy --target", ["proxy", "--target", `http://u:${S}@127.0.0.1:1`], "error: --target: "],
    ["an address with one slash", ["check", `http:/user:${S}@127.0.0.1:1/`], "error: "],
    ["an address without a colon", ["check", `http//user:${S}@127.0.0.1:1/`], "error: "],
    ["a store with one slash", ["learn", `redis:/u:${S}@127.0.0.1:1`], "error: "],
    ["--header forgotten", ["check", `Authorization: ${S}`], "error: Authorization: *** is neither a file"],
    ["--header forgotten, with its scheme", ["check", `Authorization: Bearer ${S}`], "error: Authorization: *** is neither a file"],
    ["--header split by the shell", ["explain", "127.0.0.1:1", "--header", "Authorization:", "Bearer", S, "more", "words"], "error: "],
    ["-H of curl", ["check", "127.0.0.1:1", `-HX-Api-Key:${S}`], "error: Unknown option -H."],
    ["more arguments than it takes", ["explain", "strict", "csp", `https://u:${S}@h/`], "error: "],
    ["an address in --json", ["headers", "--json", `http://u:${S}@h/`], ""],
  ])("%s", async (_, args, beginning) => {
    const { code, out, err } = await run(program, args);
    expect(code).not.toBe(0);
    expect(`${out}${err}`.toLowerCase()).not.toContain("hunter2");
    expect(err.slice(0, beginning.length)).toBe(beginning);
    expect(`${out}${err}`.split("\n").filter((line) => /Unknown option/.test(line)).length).toBeLessThanOrEqual(1);
  });
});

describe("Not secret in a command line that is wrong", () => {
  it.each<[string, readonly string[]]>([
    ["a file of a revision", ["compare", "main:policy.json", "origin/main:policy.json"]],
    ["an address", ["check", "http://127.0.0.1:8080/@user/a"]],
    ["a host with a port and an @ in its path", ["check", "localhost:8080/@user"]],
    ["the name of a header without its value", ["check", "--header", "Authorization:", "--json"]],
    ["a name that is a value", ["check", "--header", "Authorization"]],
  ])("%s", (_, args) => {
    expect([...secretsOfMistakes(args)]).toEqual([]);
  });
});
