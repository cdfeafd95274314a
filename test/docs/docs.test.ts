import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { listen } from "../http/support.js";
import { compile, compilers } from "../types/compiler.js";
import { declared, type Use } from "./declared.js";
import { project, runLine, runModule } from "./run.js";
import { documents, type Snippet, snippet, snippetsIn, snippetsOf } from "./snippets.js";

const snippets = documents().flatMap(snippetsOf);
const CODE = /^(?:js|ts|tsx|mjs)$/;

type CodeUse = Extract<Use, { readonly code: unknown }>["code"];
type ShellUse = Extract<Use, { readonly shell: unknown }>["shell"];

const used = <K extends string>(kind: K) =>
  snippets.flatMap((one) => {
    const use = declared[one.name] as Readonly<Record<string, unknown>> | undefined;
    return use !== undefined && kind in use ? [{ ...one, use: use[kind] }] : [];
  });
const codes = used("code") as (Snippet & { readonly use: CodeUse })[];
const shells = used("shell") as (Snippet & { readonly use: ShellUse })[];

function replaced(text: string, replace: Readonly<Record<string, string>> = {}): string {
  return Object.entries(replace).reduce((rest, [from, to]) => {
    if (!rest.includes(from)) throw new Error(`There is no ${JSON.stringify(from)} in the snippet to replace.`);
    return rest.replaceAll(from, to);
  }, text);
}

describe("The list of snippets", () => {
  it("is complete: a new snippet has to be declared in test/docs/declared.ts", () => {
    expect(snippets.map(({ name }) => name).filter((name) => declared[name] === undefined)).toEqual([]);
  });

  it("has none that the documentation has not", () => {
    const names = new Set(snippets.map(({ name }) => name));
    expect(Object.keys(declared).filter((name) => !names.has(name))).toEqual([]);
  });

  it("says of every output which snippet prints it, and is right", () => {
    const wrong = Object.entries(declared).filter(([name, use]) => {
      if (!("outputOf" in use)) return false;
      const by = declared[use.outputOf];
      return by === undefined || !("code" in by) || typeof by.code.prints !== "object" || by.code.prints.snippet !== name;
    });
    expect(wrong).toEqual([]);
  });

  it("names suites that are there, and take the snippet by its heading", () => {
    const wrong = Object.entries(declared).filter(([name, use]) => {
      if (!("runBy" in use)) return false;
      const suite = fileURLToPath(new URL(`../../${use.runBy}`, import.meta.url));
      return !existsSync(suite) || !readFileSync(suite, "utf8").includes(name.split(" > ").slice(1).join(" > "));
    });
    expect(wrong).toEqual([]);
  });

  it("names blocks by file, heading and order", () => {
    const text = "# One\n```js\n# no heading\n```\n\n```sh\nls\n```\n## Two\n```\nout\n```\n";
    expect(snippetsIn("a.md", text)).toEqual([
      { name: "a.md > One > 1", language: "js", text: "# no heading" },
      { name: "a.md > One > 2", language: "sh", text: "ls" },
      { name: "a.md > Two > 1", language: "", text: "out" },
    ]);
  });
});

describe("Code compiles against the built types", () => {
  const programs = codes.filter(({ language }) => CODE.test(language));
  let messages: Readonly<Record<string, readonly string[]>>;

  beforeAll(() => {
    const [, newest] = compilers[0] as (typeof compilers)[number];
    const texts = programs.map(({ text, use }, index) => [`snippet${index}`, `${use.before ?? ""}\n${replaced(text, use.replace)}`]);
    const found = compile(newest, Object.fromEntries(texts), { types: ["node"], experimentalDecorators: true });
    messages = Object.fromEntries(programs.map(({ name }, index) => [name, found[`snippet${index}`] ?? []]));
  }, 120_000);

  it.each(programs.map(({ name }) => name))("%s", (name) => {
    expect(messages[name]).toEqual([]);
  });
});

describe("Code does what the documentation says", () => {
  it.each(codes.filter(({ use }) => use.after !== undefined))("$name", async ({ language, text, use }) => {
    const address = await careless();
    const own = CODE.test(language) ? replaced(text, use.replace) : "";
    const program = `import { ask, print, refused } from "./probe.mjs";\n${use.before ?? ""}\n${own}\n;${use.after}\nprocess.exit();`;
    const { said } = await runModule(project(use.files), program.replaceAll("CARELESS", address));
    expect(said.trimEnd()).toBe(typeof use.prints === "object" ? snippet(use.prints.snippet) : use.prints);
  });
});

describe("Commands do what the documentation says", () => {
  it.each(shells)(
    "$name",
    async ({ text, use }) => {
      const address = await careless();
      const folder = project(use.files);
      if (use.prepare !== undefined) expect(await runModule(folder, use.prepare)).toEqual({ code: 0, said: "" });
      if (use.setup !== undefined) expect(await runLine(folder, use.setup)).toEqual({ code: 0, said: "" });
      const lines = replaced(text, use.replace).replaceAll("CARELESS", address).split("\n");
      expect(lines).toHaveLength(use.lines.length);
      for (const [index, line] of lines.entries()) {
        const expected = use.lines[index] as ShellUse["lines"][number];
        if (typeof expected === "string") continue;
        const [code, says] = expected;
        const ran = await runLine(folder, line, code === "runs on" ? says : undefined);
        expect([line, ran.code, ran.said]).toEqual([line, code === "runs on" ? null : code, expect.stringContaining(says)]);
      }
    },
    120_000,
  );
});

/** A site with a cookie and a header of its own, on http; 404 at /not-there. */
async function careless(): Promise<string> {
  const server = createServer((req, res) => {
    const status = req.url === "/not-there" ? 404 : 200;
    res
      .writeHead(status, { "X-Frame-Options": "DENY", "Set-Cookie": "a=b", Server: "careless", "Content-Type": "text/html" })
      .end("<p>A page.");
  });
  return `http://127.0.0.1:${await listen(server)}`;
}
