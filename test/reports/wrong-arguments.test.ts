// Every function of portcullis/reports, called with what it does not take.
import { describe, expect, it } from "vitest";
import { definePolicy, PolicyError } from "../../src/index.js";
import * as reports from "../../src/reports/index.js";
import { readGroups } from "../../src/reports/read-groups.js";
import { issuesOf } from "../messages.js";
import { GROUP } from "./support.js";

const throwing = Object.defineProperty({}, "store", {
  enumerable: true,
  get() {
    throw new Error("no");
  },
});

/** What none of the functions takes in any place. */
const WRONG: readonly (readonly [what: string, value: unknown])[] = [
  ["null", null],
  ["a number", 7],
  ["NaN", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["zero", 0],
  ["a negative number", -1],
  ["a bigint", 7n],
  ["true", true],
  ["false", false],
  ["a symbol", Symbol("x")],
  ["a function", () => undefined],
  ["an async function", async () => undefined],
  ["a class", class {}],
  ["a list of a number", [7]],
  ["a list of null", [null]],
  ["a list in a list", [[]]],
  ["a date", new Date(0)],
  ["a regular expression", /x/],
  ["a map", new Map([["x", 1]])],
  ["a set", new Set([1])],
  ["bytes", new Uint8Array(4)],
  ["an error", new Error("x")],
  ["a promise", Promise.resolve({})],
  ["a promise of a list", Promise.resolve([])],
  ["an unknown member", { unknown: 1 }],
  ["a getter that throws", throwing],
  ["a URL", new URL("https://site.example/")],
  ["a string object", new String("json")],
];

/** Objects without enumerable members, which a function takes as an empty object of options. */
const EMPTY = new Set(["a date", "a regular expression", "a map", "a set", "an error", "a promise", "a promise of a list", "a URL"]);

const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
const learned = reports.learn(policy, []);

type Call = (value: never) => unknown;
type Row = readonly [name: string, call: Call, taken?: (what: string) => boolean];

const CALLS: readonly Row[] = [
  ["policyHash", (value) => reports.policyHash(value)],
  ["learn, the policy", (value) => reports.learn(value, [])],
  ["learn, the groups", (value) => reports.learn(policy, value)],
  ["learn, the options", (value) => reports.learn(policy, [], value), (what) => EMPTY.has(what)],
  ["printLearned, the result", (value) => reports.printLearned(value, "text")],
  ["printLearned, the format", (value) => reports.printLearned(learned, value)],
  ["collectReports", (value) => reports.collectReports(value), (what) => EMPTY.has(what)],
  ["collectReports, the store", (value) => reports.collectReports({ store: value })],
  ["collectReports, the hosts", (value) => reports.collectReports({ hosts: value })],
  ["collectReports, the limits", (value) => reports.collectReports({ limits: value }), (what) => EMPTY.has(what)],
  ["memoryStore", (value) => reports.memoryStore(value), (what) => EMPTY.has(what)],
  ["sqliteStore, the file", (value) => reports.sqliteStore(value)],
  ["sqliteStore, the options", (value) => reports.sqliteStore("/nowhere/x.db", value)],
  ["redisStore, the client", (value) => reports.redisStore(value)],
  ["redisStore, the options", (value) => reports.redisStore({ eval: async () => [] }, value), (what) => EMPTY.has(what)],
  ["reportsPage", (value) => reports.reportsPage(value)],
  ["reportsPage, the store", (value) => reports.reportsPage({ store: value })],
  ["reportsPage, the policy", (value) => reports.reportsPage({ store: reports.memoryStore(), policy: value })],
  ["reportsPage, learn", (value) => reports.reportsPage({ store: reports.memoryStore(), learn: value }), (what) => EMPTY.has(what)],
  ["groups of a store", (value) => reports.memoryStore().groups(value), (what) => EMPTY.has(what)],
  ["readGroups", (value) => readGroups(value)],
];

/** What a call throws, or what its promise rejects with. */
async function failure(call: Call, value: unknown): Promise<unknown> {
  try {
    await call(value as never);
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}

it("every function of the entry is called", () => {
  const names = Object.entries(reports).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
  expect(names.filter((name) => !CALLS.some(([call]) => call.startsWith(name)))).toEqual([]);
});

describe.each(CALLS.map(([name, call, taken]) => ({ name, call, taken })))("$name", ({ call, taken }) => {
  it.each(WRONG.filter(([what]) => !taken?.(what)))("refuses %s with a PolicyError", async (_what, value) => {
    expect(await failure(call, value)).toBeInstanceOf(PolicyError);
  });
});

describe("a wrong argument is named, with what to write", () => {
  it.each<[string, () => unknown, readonly string[]]>([
    [
      "policyHash",
      () => reports.policyHash(7 as never),
      ["policyHash.policy: 7 is not a string. Write the text of a Content-Security-Policy."],
    ],
    [
      "learn without await on the groups",
      () => reports.learn(policy, Promise.resolve([]) as never),
      ["learn.groups: a promise is not a list of groups. Write await before it."],
    ],
    [
      "learn of another list",
      () => reports.learn(policy, [{ ...GROUP, count: "40" }] as never),
      ['learn.groups[0].count: "40" is not a number. Write what store.groups() returns.'],
    ],
    [
      "learn of a preset's name",
      () => reports.learn("strict" as never, []),
      ['learn: "strict" is not a policy. Write learn(definePolicy(…), await store.groups()), or observe("strict") in definePolicy.'],
    ],
    [
      "printLearned of a part of a result",
      () => reports.printLearned(learned.patch as never, "text"),
      Array.from({ length: 8 }, (_, index) => {
        const member = ["patch", "suggestions", "services", "advice", "coverage", "leftOut", "comparison", "findings"][index];
        return `printLearned.learned.${member}: undefined is not a result of learn. Write printLearned(learn(policy, groups), format).`;
      }),
    ],
    [
      "options of learn on the page",
      () => reports.reportsPage({ store: reports.memoryStore(), learn: { minDays: 0 } }),
      ["reportsPage.learn.minDays: 0 is not a whole number of 1 or more. Write on how many days a source must be reported, 1 or more."],
    ],
    [
      "more groups than stores hold",
      () => readGroups(new Array(1_000_001)),
      ["groups: the list has more than 1000000 groups. Write store.groups({ limit: 1000 })."],
    ],
    [
      "hosts as text",
      () => reports.collectReports({ hosts: "site.example" as never }),
      [
        'collectReports.hosts: "site.example" is not a list of host names. Write a list of names without scheme and port, such as ["example.com", "*.example.com"], in Punycode where they are not ASCII.',
      ],
    ],
    [
      "groups from JSON",
      () => readGroups([{}]),
      expect.arrayContaining(["groups[0].id: undefined is not a string. Write what store.groups() returns."]),
    ],
    [
      "groups with a time that no date has",
      () => readGroups([{ lastSeen: 1e300 }]),
      expect.arrayContaining(["groups[0].lastSeen: 1e+300 is not a time, at most 8640000000000000. Write what store.groups() returns."]),
    ],
  ])("%s", (_, call, messages) => {
    expect(issuesOf(call)).toEqual(messages);
  });
});
