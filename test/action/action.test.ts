import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { project, ROOT } from "./step.js";

const { folder, step, remove } = project();
afterAll(remove);

writeFileSync(join(folder, "weak.txt"), "HTTP/2 200\ncontent-security-policy: script-src *\n");
writeFileSync(join(folder, "hostile.txt"), "HTTP/2 200\nx-powered-by: <img src=x>|`a`@you ::error::b [c](http://evil.example)\n");

it("fails where a finding has the severity of fail-on, and says what to do in the summary", () => {
  const { status, summary, output } = step({ CHECK: "weak.txt", FAIL_ON: "high" });
  expect(status).toBe(1);
  expect(summary).toContain("| weak.txt | 35 | D | 2 | 3 | 7 |\n");
  expect(summary).toContain(
    "| high | Content-Security-Policy | &#42; in script-src allows every host.<br>Fix&#58; Give each script a nonce or a hash, and add 'strict-dynamic'. |\n",
  );
  expect(output).toBe("score=35\nfindings=12\n");
});

it("passes where nothing is as bad as that", () => {
  const { status, output } = step({ CHECK: "strict", FAIL_ON: "high" });
  expect({ status, output }).toEqual({ status: 0, output: "score=140\nfindings=1\n" });
});

it("fails under a score", () => {
  expect(step({ CHECK: "recommended", FAIL_ON: "never", FAIL_UNDER: "131" }).status).toBe(1);
  expect(step({ CHECK: "recommended", FAIL_ON: "never", FAIL_UNDER: "130" }).status).toBe(0);
});

it("audits several, and says which has what", () => {
  const { summary, output } = step({ CHECK: "weak.txt\n  strict\n", FAIL_ON: "never" });
  expect(summary).toContain("| strict | 140 | A&#43; | 0 | 0 | 1 |\n");
  expect(summary).toContain("add 'strict-dynamic'. | weak.txt |\n");
  expect(output).toContain("score=35\n");
});

it("audits the routes of a policy", () => {
  writeFileSync(join(folder, "hole.json"), '{ "policy": "strict", "routes": [{ "path": "/admin", "layers": ["none"] }] }');
  const { status, summary, output, log } = step({ CHECK: "hole.json", FAIL_ON: "medium", SARIF: "routes.sarif" });
  expect([status, output]).toEqual([1, "score=50\nfindings=8\n"]);
  expect(summary).toContain("| hole.json, route /admin | 50 | C | 1 | 2 | 4 |\n");
  expect(log).toContain("(hole.json, route /admin)");
  expect(readFileSync(join(folder, "routes.sarif"), "utf8")).toContain('"Route /admin: Nothing limits where scripts come from');
});

it("annotates the job with each finding, the worst first", () => {
  const { log } = step({ CHECK: "weak.txt", FAIL_ON: "never" });
  const [first] = log.split("\n").filter((line) => line.startsWith("::error title="));
  expect(first).toBe(
    "::error title=Content-Security-Policy::* in script-src allows every host. Give each script a nonce or a hash, and add 'strict-dynamic'. (weak.txt)",
  );
});

it("writes SARIF", () => {
  expect(step({ CHECK: "weak.txt", FAIL_ON: "never", SARIF: "out.sarif" }).status).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "out.sarif"), "utf8")).version).toBe("2.1.0");
});

it("writes SARIF through no link", () => {
  writeFileSync(join(folder, "mine.txt"), "mine");
  symlinkSync("mine.txt", join(folder, "link.sarif"));
  const { status, log } = step({ CHECK: "weak.txt", FAIL_ON: "never", SARIF: "link.sarif" });
  expect([status, log.includes("sarif: link.sarif is a symbolic link. Write another name.")]).toEqual([2, true]);
  expect(readFileSync(join(folder, "mine.txt"), "utf8")).toBe("mine");
});

it("fails where a policy becomes weaker, and shows the difference", () => {
  const { status, summary, output } = step({ BEFORE: "strict", AFTER: "recommended" });
  expect(status).toBe(1);
  expect(summary).toContain("### Policy: strict to recommended is weaker\n");
  expect(summary).toContain(
    "| Content-Security-Policy | style-src | weaker | + 'unsafe-inline' | Now allowed&#58; any inline style sheet. |\n",
  );
  expect(output).toBe("result=weaker\n");
});

it("passes where it becomes stronger, or the limit is off", () => {
  expect(step({ BEFORE: "strict", AFTER: "strict" }).output).toBe("result=same\n");
  expect(step({ BEFORE: "strict", AFTER: "recommended", FAIL_ON_WEAKER: "false" }).status).toBe(0);
});

describe("what a site sends", () => {
  const { log, summary } = step({ CHECK: "hostile.txt", FAIL_ON: "never" });

  it("is text in the summary", () => {
    expect(summary).toContain(
      '"&#60;img src=x&#62;&#124;&#96;a&#96;&#64;you &#58;&#58;error&#58;&#58;b &#91;c&#93;&#40;http&#58;//evil.example&#41;" reveals',
    );
    expect(summary).not.toContain("<img");
  });

  it("begins no line of the log", () => {
    expect(log.split("\n").filter((line) => line.startsWith("::error::b"))).toEqual([]);
  });
});

describe("wrong inputs", () => {
  it.each([
    [{}, "There is nothing to do: write check, or before and after."],
    [{ CHECK: "--json" }, 'check: "--json" begins with a dash. Write ./--json for a file.'],
    [{ CHECK: "strict", FAIL_ON: "severe" }, 'fail-on: "severe" is not high, medium, low or never.'],
    [{ BEFORE: "strict" }, "before and after belong together: write both."],
    [{ BEFORE: "--json", AFTER: "strict" }, 'before: "--json" begins with a dash. Write ./--json for a file.'],
    [{ BEFORE: "strict", AFTER: "--json" }, 'after: "--json" begins with a dash. Write ./--json for a file.'],
    [{ BEFORE: "strict", AFTER: "strict", FAIL_ON_WEAKER: "yes" }, 'fail-on-weaker: "yes" is not true or false.'],
    [{ CHECK: "strict", VERSION: "1.0.0; echo" }, 'version: write a version such as "1.2.3".'],
    [{ CHECK: "strict", VERSION: "-y" }, 'version: write a version such as "1.2.3".'],
  ])("%j", (inputs, message) => {
    const { status, log } = step(inputs);
    expect(status).toBe(2);
    expect(log).toContain(`::error::Portcullis: ${message}\n`);
  });
});

describe("action.yml", () => {
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));

  it("passes every input by the environment, and none in a script", () => {
    const [only] = action.runs.steps;
    const passed = Object.values<string>(only.env).map((value) => /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1]);
    expect(passed.sort()).toEqual(Object.keys(action.inputs).sort());
    expect(only.run).toBe('node "$GITHUB_ACTION_PATH/.github/action/run.mjs"');
  });

  it("has the outputs that the step writes", () => {
    expect(Object.keys(action.outputs).sort()).toEqual(["findings", "result", "score"]);
  });
});
