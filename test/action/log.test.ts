import { afterAll, describe, expect, it } from "vitest";
import { annotation, checkSummary, compareSummary } from "../../.github/action/summary.mjs";
import { emptyProject, type Project, project, projectThatPrints, projectWith, withNode, withProgram } from "./step.js";

const made: Project[] = [];
afterAll(() => {
  for (const one of made) one.remove();
});

function kept(one: Project): Project {
  made.push(one);
  return one;
}

const finding = (severity: string, message: string, header = "X-Made-Up") => ({ severity, header, message, fix: "Remove it.", path: "x" });

const site = (name: string, ...findings: readonly ReturnType<typeof finding>[]) => ({ name, score: { points: 50, grade: "C" }, findings });

const annotations = (log: string) => log.split("\n").filter((line) => /^::(?:error|warning|notice) /.test(line));

describe("What the program says to its errors", () => {
  const printed = "::set-output name=score::200\\n::stop-commands::x\\n::error::made up";
  const { log, errors } = kept(
    projectWith(`process.stderr.write("${printed}");\nconsole.log(${JSON.stringify(JSON.stringify(site("a")))});`),
  ).step({ CHECK: "strict" });
  const lines = log.split("\n");
  const [, pause = "no pause"] = /^::stop-commands::(.+)$/m.exec(log) ?? [];

  it("is in the log, with all commands stopped around it by a word that nobody can guess", () => {
    const first = lines.indexOf(`::stop-commands::${pause}`);
    expect(pause).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(lines.slice(first + 1, first + 5)).toEqual([
      "::set-output name=score::200",
      "::stop-commands::x",
      "::error::made up",
      `::${pause}::`,
    ]);
  });

  it("is nowhere else: GitHub reads the two outputs independently", () => {
    expect(errors).toBe("");
    expect(lines.filter((line) => line === "::error::made up")).toHaveLength(1);
  });
});

it("reads letters that arrive in two parts", () => {
  const text = Buffer.from(JSON.stringify(site("é"))).toString("hex");
  const script = `const text = Buffer.from("${text}", "hex");
process.stdout.write(text.subarray(0, 10));
setTimeout(() => process.stdout.write(text.subarray(10)), 100);`;
  expect(kept(projectWith(script)).step({ CHECK: "strict" }).summary).toContain("| é | 50 | C |");
});

describe("What is not written in the workflow", () => {
  const args = "console.log(JSON.stringify({ sites: [], findings: [], errors: [process.argv.slice(2).join(' ')] }));";

  it("is fail-on: high", () => {
    expect(kept(projectWith(args)).step({ CHECK: "strict" }).log).toContain("check: check strict --json --no-config --fail-on high\n");
  });

  it("is version: that of the action, where the project has none", () => {
    const empty = kept(emptyProject());
    const { log } = empty.step({ CHECK: "strict" }, withProgram(empty, "npx", args));
    expect(log).toContain("check: --yes portcullis@0.1.0 check strict");
  });

  it("is the program of the project, where it has one", () => {
    const own = kept(projectWith(args));
    const { log } = own.step({ CHECK: "strict" }, withProgram(own, "npx", "process.exit(9);"));
    expect(log).toContain("check: check strict");
  });
});

it("runs the version that the workflow has written, even where the project has one", () => {
  const own = kept(projectWith("process.exit(9);"));
  const npx = withProgram(own, "npx", "console.log(JSON.stringify({ errors: [process.argv.slice(2).join(' ')] }));");
  expect(own.step({ CHECK: "strict", VERSION: "1.2.3" }, npx).log).toContain("check: --yes portcullis@1.2.3 check strict");
});

it("gives the SARIF run the same configuration as the first: none", () => {
  const script = `if (process.argv.includes("--sarif")) console.log(JSON.stringify({ errors: [process.argv.slice(2).join(" ")] }));
else console.log(${JSON.stringify(JSON.stringify(site("a")))});`;
  const { log } = kept(projectWith(script)).step({ CHECK: "strict", SARIF: "out.sarif" });
  expect(log).toContain("check --sarif: check strict --sarif --no-config\n");
});

describe("Annotations", () => {
  const many = Array.from({ length: 15 }, (_, index) => finding(index === 14 ? "high" : "low", `Finding ${index}.`));
  const { log } = kept(projectThatPrints(site("a", ...many))).step({ CHECK: "strict" });

  it("are ten at most", () => {
    expect(annotations(log)).toHaveLength(10);
  });

  it("are the worst ones", () => {
    expect(annotations(log)[0]).toBe("::error title=X-Made-Up::Finding 14. Remove it. (a)");
  });

  it("have the title of the header, where no character can end it", () => {
    const line = annotation({ severity: "low", header: "a:b,c%\r\n::d", message: "Text.", fix: "Remove it.", names: ["a"] });
    expect(line).toBe("::notice title=a%3Ab%2Cc%25%0D%0A%3A%3Ad::Text. Remove it. (a)");
  });

  it("have one line", () => {
    const line = annotation({ severity: "medium", header: "A", message: "100 %\r\n::error::b", fix: "Fix\nit.", names: ["a\nb"] });
    expect(line).toBe("::warning title=A::100 %25%0D%0A::error::b Fix%0Ait. (a%0Ab)");
  });

  it("name three sites at most", () => {
    const line = annotation({ severity: "low", header: "A", message: "Text.", fix: "Fix.", names: ["a", "b", "c", "d"] });
    expect(line).toBe("::notice title=A::Text. Fix. (a, b, c and others)");
  });

  it("are cut after 400 characters of a text", () => {
    const line = annotation({ severity: "low", header: "A", message: "x".repeat(401), fix: "Fix.", names: ["a"] });
    expect(line).toBe(`::notice title=A::${"x".repeat(400)}… Fix. (a)`);
  });
});

describe("The summary", () => {
  const rowsOf = (text: string) => text.split("\n").filter((line) => line.startsWith("| low |"));
  const lots = (length: number, message: (index: number) => string) => Array.from({ length }, (_, index) => finding("low", message(index)));

  it("has a hundred findings, and says how many more there are", () => {
    const text = checkSummary([site("a", ...lots(103, (index) => `Finding ${index}.`))]);
    expect(rowsOf(text)).toHaveLength(100);
    expect(text).toContain("\n| and 3 more |  |  |\n");
  });

  it("has a hundred rows where there are a hundred", () => {
    const text = checkSummary([site("a", ...lots(100, (index) => `Finding ${index}.`))]);
    expect(rowsOf(text)).toHaveLength(100);
    expect(text).not.toContain("more");
  });

  it("is cut after 400 characters of a text", () => {
    const text = checkSummary([site("a", finding("low", "x".repeat(1_000_000)))]);
    expect(text).toContain(`| low | X-Made-Up | ${"x".repeat(400)}…<br>Fix&#58; Remove it. |\n`);
  });

  it("stays below the megabyte that GitHub takes, whatever three hundred sites send", () => {
    const sites = Array.from({ length: 300 }, (_, index) => {
      const name = `${index}${"<".repeat(5000)}`;
      return index % 2 === 0
        ? site(name, ...lots(3, (one) => `${index} ${one} ${"|".repeat(5000)}`))
        : { name, errors: ["`".repeat(5000)] };
    });
    expect(checkSummary(sites).length).toBeLessThan(1_000_000);
  });

  it("names five sites of a finding, and says how many more there are", () => {
    const sites = ["a", "b", "c", "d", "e", "f", "g"].map((name) => site(name, finding("low", "Text.")));
    expect(checkSummary([...sites, site("h")])).toContain("Remove it. | a<br>b<br>c<br>d<br>e<br>and 2 more |\n");
  });

  it("has twenty changes of a part, and says how many more there are", () => {
    const directive = { directive: "img-src", verdict: "weaker", added: Array(22).fill("a"), message: "Text." };
    const text = compareSummary({
      before: "a",
      after: "b",
      verdict: "weaker",
      headers: [{ header: "A", verdict: "weaker", directives: [directive] }],
    });
    expect(text).toContain(`| A | img-src | weaker | ${"+ a<br>".repeat(20)}and 2 more | Text. |\n`);
  });

  /** The rows of the table below its two lines of a head. */
  const changes = (...headers: Parameters<typeof compareSummary>[0]["headers"]) =>
    compareSummary({ before: "a", after: "b", verdict: "weaker", headers })
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .slice(2);

  it("has no row for a part that is the same", () => {
    const directives = [
      { directive: "img-src", verdict: "same", before: "*", after: "*", message: "Same." },
      { directive: "font-src", verdict: "weaker", added: ["c"], message: "Text." },
    ];
    expect(changes({ header: "A", verdict: "weaker", directives })).toEqual(["| A | font-src | weaker | + c | Text. |"]);
  });

  it("has no row for a header that is the same", () => {
    const directives = [{ directive: "img-src", verdict: "stronger", added: ["c"], message: "Part." }];
    expect(
      changes(
        { header: "A", verdict: "same", before: "x", after: "x", message: "Same.", directives },
        { header: "B", verdict: "weaker", before: "x", after: "y", message: "Text." },
      ),
    ).toEqual(["| B |  | weaker | − x<br>+ y | Text. |"]);
  });

  it("says where nothing differs", () => {
    const same = { header: "A", verdict: "same", before: "x", after: "x", message: "Same." };
    expect(compareSummary({ before: "a", after: "b", verdict: "same", headers: [same] })).toBe(
      "### Policy: a to b is same\n\nNothing differs.\n",
    );
  });

  it("says of a site that it was not read, and why", () => {
    const text = checkSummary([site("a"), { name: "b|c", errors: ["<b>: no", "answer."] }]);
    expect(text).toContain("| b&#124;c | not read |  |  |  |  |\n");
    expect(text).toContain("\nb&#124;c&#58; &#60;b&#62;&#58; no answer.\n");
  });

  it("has no markup of a site: no table, code, image, link, mention, formula, and no line of its own", () => {
    const text = checkSummary([
      site("a", finding("low", "|`b`\n# <img src=x> ![c](d) @e www.f.example https://g.example $h$ ~i~ [ ] \\ *j* _k_")),
    ]);
    expect(rowsOf(text)).toEqual([
      "| low | X-Made-Up | &#124;&#96;b&#96; &#35; &#60;img src=x&#62; &#33;&#91;c&#93;&#40;d&#41; &#64;e www&#46;f.example " +
        "https&#58;//g.example &#36;h&#36; &#126;i&#126; &#91; &#93; &#92; &#42;j&#42; &#95;k&#95;<br>Fix&#58; Remove it. |",
    ]);
  });
});

describe("An error says what to write in the workflow:", () => {
  it("where nothing listens", () => {
    const { status, log } = kept(project()).step({ CHECK: "http://127.0.0.1:1/" });
    expect([status, log]).toEqual([
      2,
      expect.stringContaining("::error::Portcullis: check: http://127.0.0.1:1/: nothing listens there.\n"),
    ]);
  });

  it("where one of several could not be read", () => {
    const { status, log, summary } = kept(project()).step({ CHECK: "strict\nhttp://127.0.0.1:1/" });
    expect([status, log]).toEqual([
      1,
      expect.stringContaining("::error::Portcullis: 1 of 2 in check could not be read; the summary says why.\n"),
    ]);
    expect(summary).toContain("\nhttp&#58;//127.0.0.1&#58;1/&#58; http&#58;//127.0.0.1&#58;1/&#58; nothing listens there.\n");
  });

  it("where a limit is not met", () => {
    const { log } = kept(projectThatPrints(site("a"), 1)).step({ CHECK: "strict", FAIL_UNDER: "90" });
    expect(log).toContain("::error::Portcullis: check does not meet fail-on: high and fail-under: 90; the summary says what was found.\n");
  });

  it("where the revision was not fetched", () => {
    const { log } = kept(project()).step({ BEFORE: "HEAD~1:policy.json", AFTER: "strict" });
    expect(log).toMatch(
      /^::error::Portcullis: compare: HEAD~1:policy\.json is .* Is actions\/checkout there, with fetch-depth: 2 or more \(0 for all\)\?$/m,
    );
  });

  it("where a file is missing", () => {
    const one = kept(project());
    expect(one.step({ CHECK: "policy.json" }).log).toContain(
      `policy.json does not exist. Files are looked for in ${one.folder}: is actions/checkout there before this action?\n`,
    );
  });

  it("where the folder is missing", () => {
    const { status, log } = kept(emptyProject()).step({ CHECK: "strict", FOLDER: "/missing/folder" });
    expect([status, log]).toEqual([
      2,
      "::error::Portcullis: working-directory: /missing/folder does not exist. Is actions/checkout there before this action?\n",
    ]);
  });

  it("where the registry does not have the version", () => {
    const empty = kept(emptyProject());
    const { status, log } = empty.step({ CHECK: "strict", VERSION: "9.9.9" }, withProgram(empty, "npx", "process.exit(1);"));
    expect([status, log]).toEqual([
      2,
      "::error::Portcullis: portcullis check ended with code 1; the log says why. Is portcullis@9.9.9 in the registry? To use a copy of the project, run npm ci before this action.\n",
    ]);
  });

  it("where there is no npx", () => {
    const { status, log } = kept(emptyProject()).step({ CHECK: "strict" }, { PATH: "/missing" });
    expect([status, log]).toEqual([2, "::error::Portcullis: npx cannot be run (ENOENT). Before this action, use actions/setup-node.\n"]);
  });

  it.each(["18.20.4", "20.18.9", "21.7.0", "22.11.0"])("where Node is %s", (version) => {
    const one = kept(projectThatPrints(site("a")));
    const { status, log } = one.step({ CHECK: "strict" }, withNode(one, version));
    expect([status, log]).toEqual([
      2,
      `::error::Portcullis: Node ${version} is too old. Before this action, use actions/setup-node with node-version: 22.\n`,
    ]);
  });

  it.each(["20.19.0", "22.12.0", "23.0.0", "30.1.0"])("and none where Node is %s", (version) => {
    const one = kept(projectThatPrints(site("a")));
    expect(one.step({ CHECK: "strict" }, withNode(one, version)).status).toBe(0);
  });

  it("where SARIF cannot be written", () => {
    const { status, log } = kept(projectThatPrints(site("a"))).step({ CHECK: "strict", SARIF: "missing/out.sarif" });
    expect([status, log]).toEqual([
      2,
      expect.stringContaining("::error::Portcullis: sarif: missing/out.sarif cannot be written (ENOENT). Its folder has to exist.\n"),
    ]);
  });

  it("where a score is no number", () => {
    expect(kept(emptyProject()).step({ CHECK: "strict", FAIL_UNDER: "ninety" }).log).toContain(
      '::error::Portcullis: fail-under: "ninety" is not a number of points, such as 90.\n',
    );
  });

  it("in one line, whatever the file is called", () => {
    const one = kept(projectThatPrints({ errors: ["a\n::error::b 5 %"] }));
    expect(one.step({ CHECK: "strict" }).log).toBe("::error::Portcullis: check: a%0A::error::b 5 %25\n");
  });
});
