import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { canAsk, confirmer } from "../../src/cli/record/confirm.js";
import type { InlineCode } from "../../src/record/inline.js";
import type { Pending } from "../../src/record/proposal.js";
import { hiderOf } from "../../src/record/secrets.js";

const HASH = { a: `sha256-${"a".repeat(43)}=`, b: `sha256-${"b".repeat(43)}=` } as const;

const code = (name: "a" | "b", text: string): InlineCode => ({
  ...{ kind: "script", directive: "script-src-elem", text, hash: `'${HASH[name]}'`, element: "<script>", hasNonce: false, isServed: true },
  ...{ place: "http://localhost/:3:5", pages: ["http://localhost/"], isStable: true, isOnce: false, differsAround: "nowhere" },
});

const inline = (name: "a" | "b", text = `go("${name}")`): Pending => ({
  ...{ consent: "inline", item: HASH[name], message: `An inline script ${name}.`, code: code(name, text), pages: ["http://localhost/"] },
});
const runtime: Pending = { ...inline("b"), consent: "runtime" };
const evals: Pending = { consent: "eval", message: "eval, from app.js.", code: undefined, pages: ["http://localhost/"] };

/** Somebody who is asked: each answer is written when its question is on the screen. */
function asked(answers: readonly string[], secrets: readonly string[] = []) {
  const [input, output, controller] = [new PassThrough(), new PassThrough(), new AbortController()];
  const left = [...answers];
  let screen = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    if (!screen.endsWith("[n] ")) return;
    const answer = left.shift();
    if (answer === "^C") controller.abort();
    else if (answer === "^D") input.end();
    else if (answer !== undefined) input.write(`${answer}\n`);
  });
  const confirm = confirmer({ input, output, signal: controller.signal, hide: hiderOf(new Set(secrets)) });
  return {
    input,
    controller,
    screen: () => screen,
    confirm: async (...pending: readonly Pending[]) => [...(await confirm({ pending }))],
  };
}

describe("a question about each point", () => {
  it.each<[string, readonly string[], readonly Pending[], readonly string[]]>([
    ["y confirms one point, and not its kind", ["y", "n"], [inline("a"), inline("b")], [HASH.a]],
    ["yes in full, in capitals and with spaces is y", [" YES ", "n"], [inline("a"), inline("b")], [HASH.a]],
    ["an empty line is n", ["", "y"], [inline("a"), inline("b")], [HASH.b]],
    ["a confirms all of the kind, and of no other", ["a", "n"], [inline("a"), evals, inline("b")], [HASH.a, HASH.b]],
    ["q confirms none that are left", ["y", "q"], [inline("a"), inline("b"), evals], [HASH.a]],
    ["q keeps what a has confirmed", ["a", "q"], [inline("a"), evals, inline("b")], [HASH.a, HASH.b]],
    ["another answer is asked again", ["sure", "__proto__", "y"], [inline("a")], [HASH.a]],
    ["eval is confirmed by its kind", ["y"], [evals], ["eval"]],
    ["the same code at two places is one question", ["y"], [inline("b"), runtime], [HASH.b]],
    ["the end of the input is q", ["y", "^D"], [inline("a"), inline("b")], [HASH.a]],
    ["Ctrl-C keeps what was confirmed", ["y", "^C"], [inline("a"), inline("b")], [HASH.a]],
  ])("%s", async (_, answers, pending, expected) => {
    expect(await asked(answers).confirm(...pending)).toEqual(expected);
  });

  it("is not asked about a point that was answered before", async () => {
    const { confirm } = asked(["n", "y"]);
    await confirm(inline("a"));
    expect(await confirm(inline("a"), inline("b"))).toEqual([HASH.b]);
  });

  it("ends at once where the input has ended before", async () => {
    const { confirm } = asked(["^D"]);
    await confirm(inline("a"));
    expect(await confirm(inline("b"))).toEqual([]);
  });

  it("is not answered by what was typed before it", async () => {
    const { confirm, input } = asked(["n", "n"]);
    input.write("y\ny\ny\n");
    expect(await confirm(inline("a"), inline("b"))).toEqual([]);
  });

  it("is not answered by the second line of one answer", async () => {
    const { confirm } = asked(["n\ny", "n"]);
    expect(await confirm(inline("a"), inline("b"))).toEqual([]);
  });

  it("shows what it is, its pages, the words for CI, and the code", async () => {
    const { confirm, screen } = asked(["n"]);
    await confirm(inline("a", "\n  go();\r\n  stop();\n"));
    expect(screen()).toBe(`
1 point has to be confirmed. y = yes, n = no, a = yes to all of this kind, q = no to all that are left.

1 of 1 (inline)
An inline script a.
  pages: http://localhost/
  --accept=${HASH.a}
  |   go();
  |   stop();
Allow it? y, n, a (all inline) or q [n] `);
  });

  it("shows the first twelve lines of code, and how much is left", async () => {
    const { confirm, screen } = asked(["n"]);
    await confirm(inline("a", Array.from({ length: 14 }, (_, index) => `line ${index + 10}`).join("\n")));
    expect(screen()).toContain("  | line 21\n  … 16 more characters; --report shows more.\nAllow");
  });

  it("cuts long lines, and says so", async () => {
    const { confirm, screen } = asked(["n"]);
    await confirm(inline("a", `${"x".repeat(160)}evil()`));
    expect(screen()).toContain(`  | ${"x".repeat(160)}\n  … 6 more characters; --report shows more.\n`);
  });

  it("shows control characters and changes of direction as escapes", async () => {
    const { confirm, screen } = asked(["n"]);
    await confirm(inline("a", "a\x1b[2Jb\u202ec"));
    expect(screen()).toContain("  | a\\u001b[2Jb\\u202ec\n");
  });

  it("hides secrets, also where the line is cut within one", async () => {
    const { confirm, screen } = asked(["n"], ["secret-token"]);
    await confirm(inline("a", `${"x".repeat(155)}secret-token`));
    expect(screen()).not.toContain("secre");
  });

  it("hides secrets in messages and addresses", async () => {
    const { confirm, screen } = asked(["n"], ["secret-token"]);
    await confirm({ ...inline("a"), message: "Code at /secret-token/a.js:1.", pages: ["http://localhost/secret-token"] });
    expect(screen()).not.toContain("secret-token");
  });

  it("does not wait after Ctrl-C during the walk", async () => {
    const { confirm, controller } = asked([]);
    controller.abort();
    expect(await confirm(inline("a"))).toEqual([]);
  });
});

describe("nobody is asked", () => {
  const terminal = { stdin: { isTTY: true }, stderr: { isTTY: true }, env: {} } as unknown as NodeJS.Process;

  it.each<[string, boolean, Partial<NodeJS.Process>, { json?: true }]>([
    ["but on a terminal", true, {}, {}],
    ["where the input is no terminal", false, { stdin: {} as NodeJS.Process["stdin"] }, {}],
    ["where stderr is no terminal", false, { stderr: {} as NodeJS.Process["stderr"] }, {}],
    ["with --json", false, {}, { json: true }],
    ["in CI", false, { env: { CI: "true" } }, {}],
    ["in CI that is a number", false, { env: { CI: "1" } }, {}],
    ["but where CI is false", true, { env: { CI: "false" } }, {}],
  ])("%s", (_, expected, change, given) => {
    expect(canAsk({ ...terminal, ...change }, given)).toBe(expected);
  });
});
