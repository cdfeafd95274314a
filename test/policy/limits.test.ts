import { describe, expect, it } from "vitest";
import { issueCollector } from "../../src/errors.js";
import { append, definePolicy, PolicyError } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

const messageOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  throw new Error("expected a PolicyError, and nothing was thrown");
};

const unknownKeys = () => definePolicy(Object.fromEntries(many(20_000, (index) => [`key${index}`, 1])) as never);

describe("a policy with 20,000 unknown keys", () => {
  it("has the first 100 issues", () => {
    const issues = issuesOf(unknownKeys);
    expect([issues.length, issues[99]?.slice(0, 22)]).toEqual([100, "key99: unknown header."]);
  });

  it("says how many more there are", () => {
    const lines = messageOf(unknownKeys).split("\n");
    expect([lines[0], lines.at(-1), lines.length]).toEqual(["20000 mistakes:", "  and 19900 more", 102]);
  });
});

it("a policy with 100 mistakes says nothing of more", () => {
  const lines = messageOf(() => definePolicy(Object.fromEntries(many(100, (index) => [`key${index}`, 1])) as never)).split("\n");
  expect([lines[0], lines.length, lines.at(-1)?.slice(0, 24)]).toEqual(["100 mistakes:", 101, "  key99: unknown header."]);
});

it("hints are found for the issues that are kept alone", () => {
  let hints = 0;
  const { report } = issueCollector();
  const hint = () => {
    hints += 1;
    return "Take it out.";
  };
  for (const name of many(20_000, (index) => `key${index}`)) report({ path: [name], message: "unknown header", hint });
  expect(hints).toBe(100);
});

describe("a text of two million characters", () => {
  const long = "a".repeat(2_000_000);

  it.each([
    ["as the name of a preset", () => definePolicy(long as never)],
    ["as a key", () => definePolicy({ [long]: 1 } as never)],
    ["as a directive", () => definePolicy({ contentSecurityPolicy: { [long]: [] } } as never)],
  ])("%s is cut", (_, make) => {
    expect(messageOf(make)).toContain(`"${"a".repeat(77)}…"`);
    expect(messageOf(make).length).toBeLessThan(500);
  });
});

it("a message and a hint of an error are cut after 2000 characters", () => {
  const long = "a".repeat(100_000);
  const { message, hint, issues } = new PolicyError([{ code: "invalid-value", path: "p", message: long, hint: long }]);
  expect([message.length, hint.length, issues[0]?.message.length]).toEqual([4005, 2000, 2000]);
});

describe("layers", () => {
  it("of one policy may be 1000", () => {
    expect(definePolicy("none", ...many(999, () => ({ xFrameOptions: "DENY" }) as const)).layers).toHaveLength(1000);
  });

  it("of one policy may not be more", () => {
    expect(issuesOf(() => definePolicy("none", ...many(1000, () => ({ xFrameOptions: "DENY" }) as const)))).toEqual([
      "layers: 1001 layers are more than 1000. Write several patches as one.",
    ]);
  });

  it("beyond 1000 are not read", () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return "DENY";
    };
    const counting = () => Object.defineProperty({}, "xFrameOptions", { enumerable: true, get: read });
    expect(issuesOf(() => definePolicy("none", ...many(3000, counting)))).toEqual([
      "layers[1001]: it is one of more than 1000 layers. Write several patches as one.",
    ]);
    expect(reads).toBe(1000);
  });

  it("of a forged policy are bounded", () => {
    const forged = { [Symbol.for("portcullis.policy@1")]: true, layers: many(1_000_000, () => "strict"), resolved: {} };
    expect(issuesOf(() => definePolicy(forged as never))).toEqual([
      "layers[0].layers[9999]: it is one of more than 10000 layers. Write several patches as one.",
    ]);
  });

  it("of forged policies inside one another are bounded", () => {
    let forged: unknown = { xFrameOptions: "DENY" };
    for (let depth = 0; depth < 12; depth += 1) {
      forged = { [Symbol.for("portcullis.policy@1")]: true, layers: many(10, () => forged), resolved: {} };
    }
    expect(issuesOf(() => definePolicy("none", forged as never))[0]).toContain("it is one of more than 1000 layers");
  });

  it("with an edit count too", () => {
    const edits = many(1000, (index) => ({ contentSecurityPolicy: { imgSrc: append(`https://img${index}.example`) } }));
    expect(issuesOf(() => definePolicy("strict", ...edits))[0]).toContain("1001 layers are more than 1000");
  });
});
