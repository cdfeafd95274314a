import { describe, expect, it } from "vitest";
import { type AuditContext, audit, compare, explain } from "../../src/audit/index.js";
import { Failure } from "../../src/cli/failure.js";
import { readHeaders } from "../../src/cli/input/headers.js";
import { readPolicyJson } from "../../src/cli/input/policy-file.js";
import { isPreset } from "../../src/cli/input/presets.js";
import { jsonOf } from "../../src/cli/policy-text.js";
import { PolicyError } from "../../src/errors.js";
import { exportPolicy, type TargetName } from "../../src/export/index.js";
import { type ConfigFormat, readConfig } from "../../src/export/parse/index.js";
import { recognised } from "../../src/export/parse/recognise.js";
import { type HeadersInput, type Policy, renderHeaders } from "../../src/index.js";
import { overrideWith } from "../../src/policy/override.js";
import { makePolicy } from "../../src/policy/policy.js";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { type As, inputs, type PlaygroundInput } from "./playground-inputs.js";
import { enginePath, openPlayground } from "./playground-support.js";

const NONCE = "bm9uY2U";

const linesOf = (policy: Policy) =>
  Object.entries(renderHeaders(policy, { nonce: NONCE })).map(([name, value]) => [name, value.replaceAll(`nonce-${NONCE}`, "nonce-…")]);

function policyIn(text: string) {
  const { layers, routes } = readPolicyJson(isPreset(text.trim()) ? JSON.stringify(text.trim()) : text, "policy.json");
  return { policy: makePolicy(layers), routes };
}

function subjectOf(
  text: string,
  as: As,
): { readonly input: Policy | HeadersInput; readonly status?: number | undefined; readonly context?: AuditContext } {
  if (as === "policy") return { input: policyIn(text).policy };
  if (as === "csp") return { input: [["Content-Security-Policy", text]] };
  if (as === "lines") {
    const { headers, status } = readHeaders(text, "text");
    return { input: headers, status, context: status === undefined ? {} : { status, cookies: setCookies(headers) } };
  }
  const status = /^HTTP\/\S+ (\d+)/.test(text) ? Number(/^HTTP\/\S+ (\d+)/.exec(text)?.[1]) : undefined;
  return { input: as, status, context: status === undefined ? {} : { status, cookies: setCookies(Object.entries(as)) } };
}

const setCookies = (headers: readonly (readonly [string, unknown])[]) =>
  headers.filter(([name]) => /^set-cookie$/i.test(name)).flatMap(([, value]) => value as string | string[]);

const LIMITS = { build: 65_536, export: 65_536, check: 131_072, compare: 131_072, import: 131_072 } as const;

/** The mistakes of a part, under a path of its own. */
function under<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(error.issues.map((issue) => ({ ...issue, path: prefix + issue.path })) as never);
  }
}

/** What is made of two parts, or the mistakes of both. */
function bothOf<T, R>(one: () => T, other: () => T, make: (one: T, other: T) => R): R {
  let first: T;
  try {
    first = one();
  } catch (error) {
    try {
      other();
    } catch (further) {
      if (error instanceof PolicyError && further instanceof PolicyError)
        throw new PolicyError([...error.issues, ...further.issues] as never);
    }
    throw error;
  }
  return make(first, other());
}

/** What the library makes of an input, without the playground. */
function library(input: PlaygroundInput): unknown {
  switch (input.tool) {
    case "build": {
      const { policy, routes } = policyIn(input.text);
      const at = ({ path, layers }: (typeof routes)[number], index: number) => {
        return { path, headers: linesOf(under(`routes[${index}].`, () => overrideWith(policy, layers))) };
      };
      return { headers: linesOf(policy), routes: routes.map(at) };
    }
    case "check": {
      const { input: subject, context } = subjectOf(input.text, input.as);
      const { findings, score, services } = audit(subject, context);
      return { findings, score, services, explained: explain(subject) };
    }
    case "compare":
      return bothOf(
        () => under("before: ", () => subjectOf(input.before, input.as[0])),
        () => under("after: ", () => subjectOf(input.after, input.as[1])),
        (before, after) => compare(before.input, after.input),
      );
    case "export": {
      const { policy, routes } = policyIn(input.text);
      return exportPolicy(input.target as TargetName, { policy, routes });
    }
    case "import": {
      const format = input.format === "" ? recognised(input.text, undefined) : (input.format as ConfigFormat);
      const read = readConfig(format as ConfigFormat, input.text, input.server === undefined ? {} : { server: input.server });
      if ("choices" in read) return { choices: read.choices };
      const { policy, routes, notes } = read;
      const places = routes.map((route) => ({ path: route.path, headers: linesOf(route.policy) }));
      return { headers: linesOf(policy), routes: places, notes, json: jsonIn(read) };
    }
  }
}

function jsonIn(read: Parameters<typeof jsonOf>[0]): string | undefined {
  try {
    return jsonOf(read, "./policy.schema.json");
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The messages of JSON.parse name the line in newer versions of V8 only. */
const withoutLine = (message: string) => message.replace(/(?: at position \d+)?(?: \(line \d+(?: column \d+)?\))*\.?$/, "");

/** The mistakes that the library finds in an input; undefined for none. */
function mistakesOf(error: unknown): readonly string[] {
  if (error instanceof PolicyError) return error.issues.map(({ path, message, hint }) => `${path}: ${message}. ${hint}`);
  if (error instanceof Failure) return error.lines.map(withoutLine);
  throw error;
}

interface Answer {
  readonly ok: boolean;
  readonly value?: Readonly<Record<string, unknown>>;
  readonly mistakes?: readonly { readonly path: string; readonly message: string; readonly hint: string }[];
}

const argumentsOf = (input: PlaygroundInput): readonly [name: string, ...texts: string[]] => {
  switch (input.tool) {
    case "build":
      return ["build", input.text];
    case "check":
      return ["check", input.text];
    case "compare":
      return ["compareTexts", input.before, input.after];
    case "export":
      return ["exportText", input.text, input.target];
    case "import":
      return ["importText", input.format, input.text, input.server ?? "", "./policy.schema.json"];
  }
};

/** Inputs that the playground refuses before the library sees them, and how. */
const REFUSED_EARLIER: Readonly<Record<string, string>> = {
  "10,000 directives": "The headers have 10001 directives, and at most 1000 are read here.",
  "not recognised": "The format is not recognised",
  "an unknown format": '"iis" is not a format that is read here',
  "a format of Object.prototype": '"constructor" is not a format that is read here',
};

const longest = (input: PlaygroundInput) =>
  Math.max(
    ...argumentsOf(input)
      .slice(1, 3)
      .map((text) => text.length),
  );

describe.skipIf(skipWithout("The playground against the library", [CHROMIUM]))("the playground in Chromium and the library in Node", () => {
  const answers: Answer[] = [];

  // First, because a page is closed when its test is over.
  it("answer every input without a violation", async () => {
    const engine = await enginePath();
    const { page, violations } = await openPlayground();
    for (const input of inputs) {
      const [name, ...texts] = argumentsOf(input);
      const call = `import(${JSON.stringify(engine)}).then((engine) => engine.${name}(...${JSON.stringify(texts)}))`;
      answers.push((await page.evaluate(call)) as Answer);
    }
    expect(await violations()).toEqual([]);
  }, 180_000);

  it("are compared on at least 200 inputs", () => {
    expect(inputs.length).toBeGreaterThanOrEqual(200);
  });

  it.each(inputs.map((input, index) => [input.tool, input.name, index] as const))("find the same: %s, %s", (tool, name, index) => {
    const input = inputs[index] as PlaygroundInput;
    const answer = answers[index] as Answer;
    if (longest(input) > LIMITS[tool]) {
      expect(answer.mistakes?.[0]?.message).toMatch(/^The text has \d+ characters, and at most \d+ are read here$/);
      return;
    }
    if (Object.hasOwn(REFUSED_EARLIER, name)) {
      expect(answer.mistakes?.map(({ message }) => message)).toEqual([REFUSED_EARLIER[name]]);
      return;
    }
    let expected: unknown;
    try {
      expected = JSON.parse(JSON.stringify(library(input)));
    } catch (error) {
      const mistakes = mistakesOf(error);
      const found = answer.mistakes?.map(({ path, message, hint }) =>
        error instanceof Failure ? withoutLine(message) : `${path}: ${message}. ${hint}`,
      );
      expect(found ?? answer.value).toEqual(mistakes);
      return;
    }
    expect(answer.value ?? answer.mistakes).toMatchObject(expected as object);
  });
});
