import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeSite } from "../../site/build.js";
import { guidePages } from "../../site/guides.js";
import { descriptionOf } from "../../site/markdown.js";
import { REPOSITORY } from "../../site/site.js";
import { CHROMIUM, newPage, serveSite } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { build, deadLinks, testPage } from "./support.js";

const html = (site: Awaited<ReturnType<typeof build>>, file: string) => String(site.files.get(file));

/** A folder with files, removed when the test is over. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-site-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe("links", () => {
  const source = (file: string) => ({ source: { file, skipped: 2 } });

  it("between Markdown files become links between pages", async () => {
    const site = await build([
      testPage("guides/one", "[two](two.md#part)", source("docs/one.md")),
      testPage("guides/two", "## Part", source("docs/two.md")),
    ]);
    expect(html(site, "guides/one/index.html")).toContain('<a href="/guides/two/#part">two</a>');
  });

  it("whose text is a file are named by the page", async () => {
    const site = await build([
      testPage("guides/one", "[two.md](two.md), [docs/two.md](two.md#part) [LICENSE.md](../LICENSE)", source("docs/one.md")),
      testPage("guides/two", "## Part", { ...source("docs/two.md"), title: "The second guide", label: "Second" }),
    ]);
    expect(html(site, "guides/one/index.html")).toContain(
      `<a href="/guides/two/">Second</a>, <a href="/guides/two/#part">Second</a> <a href="${REPOSITORY}/LICENSE">LICENSE.md</a>`,
    );
  });

  it("to files of the repository lead to the repository", async () => {
    const site = await build([testPage("guides/one", "[shop](../examples/shop), [licence](../LICENSE#top)", source("docs/one.md"))]);
    expect(html(site, "guides/one/index.html")).toContain(
      `<a href="${REPOSITORY}/examples/shop">shop</a>, <a href="${REPOSITORY}/LICENSE#top">licence</a>`,
    );
  });

  it("that lead nowhere fail the build, all at once, with file, line, link and what to write", async () => {
    const pages = [
      testPage("guides/one", "Text,\n[a](nonce.md)\n\n- [b](nonces.md#cachng)\n", source("docs/one.md")),
      testPage("guides/nonces", "## Caching", source("docs/nonces.md")),
      testPage("reference/x", "[c](/guides/nonce)\n\n[d](#here) [e](nonces.md)"),
    ];
    await expect(build(pages)).rejects.toThrow(
      new Error(`5 links lead nowhere:
  docs/one.md:4: "nonce.md": there is no file docs/nonce.md. Did you mean "nonces.md"?
  docs/one.md:6: "nonces.md#cachng": /guides/nonces has no heading with the anchor #cachng. Did you mean "caching"?
  /reference/x:1: "/guides/nonce": there is no page /guides/nonce. Did you mean "/guides/nonces"?
  /reference/x:3: "#here": /reference/x has no heading with the anchor #here. It has no headings.
  /reference/x:3: "nonces.md": a page that is generated has no files beside it. Write the path of a page, such as "/guides/nonces".
`),
    );
  });

  it("to a file outside the repository fail, although it is there", async () => {
    await expect(build([testPage("guides/one", "[x](../../..//etc/passwd)", source("docs/one.md"))])).rejects.toThrow("there is no file");
  });

  it("work under a path, files included", async () => {
    const site = await build([testPage("", "## Here\n\n[one](/guides/one) [here](#here)"), testPage("guides/one", "[start](/)")], {
      path: "/portcullis/",
    });
    expect(html(site, "index.html")).toContain('<a href="/portcullis/guides/one/">one</a> <a href="#here">here</a>');
    expect(deadLinks(site, "/portcullis/")).toEqual([]);
  });

  it("to pictures copy the picture", async () => {
    const root = folderWith({
      "docs/images/page.png": "PNG",
      "site/theme/style.css": "",
      "site/client/main.ts": "",
      "site/client/before-paint.ts": "",
    });
    const site = await build([testPage("guides/one", "![A page](images/page.png)", source("docs/one.md"))], { root });
    expect(html(site, "guides/one/index.html")).toContain('<img src="/assets/docs-images-page.png" alt="A page">');
    expect(String(site.files.get("assets/docs-images-page.png"))).toBe("PNG");
  });
});

describe("pages", () => {
  it("of one path are refused", async () => {
    await expect(build([testPage("guides/one", ""), testPage("guides/one", "")])).rejects.toThrow(
      "/guides/one (guides/one): another page has this path.",
    );
  });

  it("of a group of the reference are listed by an overview, which has no twin if there is one already", async () => {
    const page = (path: string, group: string) =>
      testPage(path, "", { group: ["Reference", group], title: path.split("/").at(-1) ?? "", description: "What *it* is." });
    const pages = [
      page("reference/headers/a", "Headers"),
      page("reference/headers/b", "Headers"),
      page("reference/rules", "Rules"),
      page("reference/rules/c", "Rules"),
    ];
    const site = await build(pages);
    expect(html(site, "reference/headers/index.html")).toContain('<li><a href="/reference/headers/a/">a</a><br>\nWhat *it* is.</li>');
    expect(site.pages.map(({ path }) => path)).toEqual([
      ...["reference", "reference/headers", "reference/headers/a", "reference/headers/b"],
      ...["reference/rules", "reference/rules/c"],
    ]);
  });

  it("are named in the navigation by their label, or by the title without what the group says", async () => {
    const site = await build([
      testPage("guides/one", "", { title: "The first guide (long)", label: "First" }),
      testPage("guides/two", "", { title: "Two (long)" }),
      testPage("reference/rules/a", "", { title: "a (rule)", group: ["Reference", "Rules"] }),
      testPage("reference/rules/b", "", { title: "b", group: ["Reference", "Rules"] }),
    ]);
    const [navigation = ""] = /<nav id="navigation"[\s\S]*?<\/nav>/.exec(html(site, "reference/rules/b/index.html")) ?? [];
    const names = [...navigation.matchAll(/<a href="\/[^"]*\/"[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(names).toEqual(["Reference", "Overview", "Rules", "a", "b", "First", "Two (long)"]);
  });

  it("of a file in no group fail the build", () => {
    const root = folderWith({ "docs/new.md": "# New\n" });
    expect(() => guidePages(root)).toThrow("docs/new.md: in no group of the navigation. Add it to GROUPS in site/guides.ts.");
  });

  it("have the canonical address and a sitemap only when the site has an address", async () => {
    const pages = [testPage("", ""), testPage("guides/one", "")];
    const without = await build(pages);
    const site = await build(pages, { base: "https://docs.example", path: "/p/" });
    expect(html(without, "index.html")).not.toContain("canonical");
    expect(without.files.has("sitemap.xml")).toBe(false);
    expect(html(site, "guides/one/index.html")).toContain('<link rel="canonical" href="https://docs.example/p/guides/one/">');
    expect(html(site, "404.html")).not.toContain("canonical");
    expect(html(site, "sitemap.xml")).toContain(
      "<url><loc>https://docs.example/p/</loc></url>\n<url><loc>https://docs.example/p/guides/one/</loc></url>",
    );
  });

  it("have the ids of headings that repository hosts give them", async () => {
    const site = await build([testPage("guides/one", "## `a`, B & c_d!\n\n## Same\n\n## Same\n\n## Über 1.2\n")]);
    const ids = [...html(site, "guides/one/index.html").matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["a-b--c_d", "same", "same-1", "über-12"]);
  });
});

describe("a description", () => {
  it("is the first paragraph, without markup", () => {
    expect(descriptionOf("## A\n\nSay `x` to [y](z.md),\n*now*:\n\n```js\n```\n")).toBe("Say x to y, now.");
  });

  it("ends with a sentence where the paragraph is longer than 160 characters", () => {
    expect(descriptionOf(`${"One two three. ".repeat(8)}${"four ".repeat(20)}`)).toBe("One two three. ".repeat(8).trim());
  });
});

describe("a folder to write to", () => {
  const site = () => build([testPage("", "Text")]);

  it("is refused if it has other files", async () => {
    const folder = folderWith({ "notes.txt": "mine" });
    const built = await site();
    expect(() => writeSite(built, folder)).toThrow(
      `${folder}: the folder has other files in it, and the site would replace them. Write an empty or a new folder.`,
    );
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  it("is replaced if it has an older site", async () => {
    const folder = folderWith({ _headers: "", "404.html": "", "assets/old.css": "", "old/index.html": "" });
    writeSite(await site(), folder);
    expect(existsSync(join(folder, "old"))).toBe(false);
    expect(readFileSync(join(folder, "index.html"), "utf8")).toContain("<p>Text</p>");
  });
});

const HOSTILE = `
<script>stolen = 1</script> <img src=x onerror="stolen = 1">

[a](javascript:stolen=1) [b](JaVaScRiPt:stolen=1 "t") <javascript:stolen=1> [c](data:text/html,<script>stolen=1</script>)
[d](vbscript:x) [e](&#106;avascript:stolen=1) ![f](javascript:stolen=1) \`<script>stolen=1</script>\`

## <b onclick="stolen=1">x</b> " onmouseover="stolen=1

\`\`\`"onclick="stolen=1
</code></pre><script>stolen = 1</script>
\`\`\`

| <script>stolen=1</script> |
|---|
| <svg onload=stolen=1> |
`;

describe("hostile Markdown", () => {
  const page = testPage("guides/x", HOSTILE, { title: '</title><script>stolen=1</script>"', description: '"><script>stolen=1</script>' });

  it("becomes text", async () => {
    const site = await build([page]);
    const text = html(site, "guides/x/index.html");
    expect(text.split("<script").length).toBe(3);
    expect(text).toContain("&lt;script&gt;stolen = 1&lt;/script&gt; &lt;img src=x onerror=&quot;stolen = 1&quot;&gt;");
  });

  it.skipIf(skipWithout("Hostile Markdown in a browser", [CHROMIUM]))("does not run, even without the policy of the site", async () => {
    const site = await build([page]);
    const { port } = await serveSite({ "/x": { body: html(site, "guides/x/index.html") } });
    const tab = await newPage();
    await tab.goto(`http://localhost:${port}/x`);
    for (const link of await tab.locator("main a:not([href^='/'])").all()) await link.click();
    await tab.locator("main h2").first().hover();
    expect(await tab.evaluate("typeof stolen")).toBe("undefined");
  });
});
