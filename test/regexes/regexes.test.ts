import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { check } from "recheck";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Attack, attacksOn, charactersOf } from "./attack.js";
import { regexesIn, regexesOf } from "./list.js";

// The checker as a program takes a third of the time of the checker in JavaScript; not every machine has it.
process.env["RECHECK_BACKEND"] = hasProgram() ? "native" : "pure";

function hasProgram(): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve("recheck")).resolve("recheck-linux-x64/package.json");
    return process.platform === "linux" && process.arch === "x64";
  } catch {
    return false;
  }
}

const all = regexesIn(fileURLToPath(new URL("../../", import.meta.url)));

/** Files whose patterns may go back and forth, because they never see what comes from outside; each with the reason. */
const NOT_FROM_OUTSIDE: Readonly<Record<string, string>> = {
  "src/adapters/next.ts": "reads the matchers of the application's own source, once at boot",
};

/** For the strings of one pattern, on a machine with much else to do: all of them together take a few milliseconds. */
const DEADLINE = 20_000;
/** For the checker's own attack, of some 80,000 characters: the square of that takes several times as long. */
const ATTACK_DEADLINE = 3_000;

describe("The list of regular expressions", () => {
  it("has those of the source", () => {
    expect(all.length).toBeGreaterThan(300);
  });

  it("has literals, and texts that are made into one", () => {
    const text =
      'const A = /a/g; const B = "b"; f(/[/]c/i, new RegExp(`x$' + '{y}z`, "u"), RegExp("d"), new RegExp(A), new RegExp(`^$' + "{B}$`));";
    expect(regexesOf("f.ts", text).map(({ source, flags }) => `/${source}/${flags}`)).toEqual([
      "/a/g",
      "/[/]c/i",
      "/x9z/u",
      "/d/",
      "/^b$/",
    ]);
  });

  it("refuses one that it cannot read", () => {
    expect(() => regexesOf("f.ts", "\nnew RegExp(x)")).toThrow("f.ts:2: new RegExp of something else than a text. Write a literal.");
  });

  it("has reasons only for files that are there", () => {
    expect(Object.keys(NOT_FROM_OUTSIDE).filter((file) => !all.some(({ place }) => place.startsWith(`${file}:`)))).toEqual([]);
  });
});

describe("The checks", () => {
  it("know a pattern that takes for ever", async () => {
    expect((await check("^(a|a)*$", "")).status).toBe("vulnerable");
  });

  it("know a pattern that takes the square of the length", async () => {
    expect((await check("\\$\\{([^}:]+)\\}", "g")).status).toBe("vulnerable");
  });

  it("find the characters of a pattern", () => {
    expect(charactersOf("^a\\.[bc-]\\x41(?:d|\\s)+$")).toEqual(["a", ".", "b", "c", "-", "A", ":", "d", " ", "\t"]);
  });

  it("end a pattern that takes the square of the length, with the checker's attack", async () => {
    const { attack } = (await check("\\$\\{([^}:]+)\\}", "g")) as { attack?: { string: string } };
    await expect(run("\\$\\{([^}:]+)\\}", "g", [just(attack?.string.repeat(4))], ATTACK_DEADLINE)).rejects.toThrow(
      "takes longer than 3000 ms",
    );
  });

  it("end a pattern that takes for ever", async () => {
    await expect(run("^(a|a)*$", "", [just("a".repeat(100)), just(`${"a".repeat(100)}!`)], 1_000)).rejects.toThrow(
      "takes longer than 1000 ms",
    );
  });
});

/** A text as it is. */
const just = (start = ""): Attack => ({ start, run: "a", length: 0, end: "" });

let worker: Worker;
const start = () => new Worker(new URL("./worker.mjs", import.meta.url));
beforeAll(() => {
  worker = start();
});
afterAll(() => worker.terminate());

/** Runs a pattern over texts in another thread; one that hangs is ended. */
async function run(source: string, flags: string, attacks: readonly Attack[], deadline = DEADLINE): Promise<void> {
  const own = worker;
  own.postMessage({ source, flags, attacks });
  try {
    await once(own, "message", { signal: AbortSignal.timeout(deadline) });
  } catch {
    await own.terminate();
    worker = start();
    throw new Error(`/${source}/${flags} takes longer than ${deadline} ms`);
  }
}

const judged = all
  .filter(({ source, flags }, index) => all.findIndex((one) => one.source === source && one.flags === flags) === index)
  .filter(({ place }) => !Object.hasOwn(NOT_FROM_OUTSIDE, place.replace(/:\d+$/, "")));

describe.each(judged)("$place /$source/$flags", ({ source, flags }) => {
  it("takes no more than a time in proportion to the length", { timeout: 360_000 }, async () => {
    const { status, attack, error } = (await check(source, flags, { timeout: 300_000 })) as {
      status: string;
      attack?: { string: string };
      error?: unknown;
    };
    // The checker guesses at random where it cannot prove, and is wrong at times: its attack has to hold up the engine.
    if (status === "vulnerable") await run(source, flags, [just(attack?.string)], ATTACK_DEADLINE);
    else expect([status, error]).toEqual(["safe", undefined]);
  });

  it("is done with strings of 100 kB of its own characters", { timeout: 2 * DEADLINE }, async () => {
    await run(source, flags, attacksOn(source));
  });
});
