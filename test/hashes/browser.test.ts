import { describe, expect, it } from "vitest";
import { type HashOptions, hashInlineScripts, hashInlineStyles, type InlineHashes } from "../../src/hashes/index.js";
import { definePolicy, type Policy, remove, renderHeaders } from "../../src/index.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, visit } from "./chromium.js";

/** Each inline piece, and what is missing from `window.ran` when its hash is. */
const PIECES: readonly (readonly [html: string, lost: readonly string[]])[] = [
  ['<script type="importmap">\n{ "imports": { "mapped": "/mapped.js" } }\r\n</script>', ["mapped"]],
  ["<script>ran.push('CRLF');\r\n// and\r\nran.length;\r\n</script>", ["CRLF"]],
  ["<script>\nran.push('leading line break')</script>", ["leading line break"]],
  ["<script>\r\rran.push('CR')\r</script>", ["CR"]],
  ["<script>ran.push('unicode é ☃ 😀 \ufeff')</script>", ["unicode é ☃ 😀 \ufeff"]],
  ["<script>ran.push('entities &lt;&amp;&#13;')</script>", ["entities &lt;&amp;&#13;"]],
  ["<script><!--\nran.push('comment')\n--></script>", ["comment"]],
  ["<script>/*<!--<script></script>-->*/ran.push('double escape')</script>", ["double escape"]],
  ["<script>ran.push('NUL')//\0</script>", ["NUL"]],
  ["<script type=' TEXT/JavaScript '>ran.push('type')</script>", ["type"]],
  ["<script language='JavaScript1.2'>ran.push('language')</script>", ["language"]],
  ["<svg><script src='/nothing.js'>ran.push('SVG &amp; <![CDATA[<>]]>')</script></svg>", ["SVG & <>"]],
  ["<svg><script>ran.push('SVG,<!-- --><g>no</g> in parts')</script></svg>", ["SVG, in parts"]],
  ["<script type='module'>import '/module.js'</script>", ["module"]],
  ["<script type='module'>\r\nimport 'mapped'</script>", ["mapped"]],
  ["<div><template shadowrootmode='open'><script>ran.push('shadow root')</script></template></div>", ["shadow root"]],
  ["<template class='clone'><script>ran.push('template')</script></template>", ["template"]],
  ['<iframe srcdoc="<script>\r\nparent.ran.push(&quot;srcdoc&quot;)&#13;</script>"></iframe>', ["srcdoc"]],
  ["<style>\r\n#style { color: rgb(1, 2, 3) }</style><i id='style'></i>", ["#style"]],
  ["<svg><style>#svg-style { color: rgb(1, 2, 3) } /* &gt; */</style></svg><i id='svg-style'></i>", ["#svg-style"]],
  ["<style id='filled'></style><i id='empty-style'></i>", ["#empty-style"]],
  ["<template class='clone'><style>#cloned { color: rgb(1, 2, 3) }</style></template><i id='cloned'></i>", ["#cloned"]],
  ["<script type='speculationrules'>{ \"prefetch\": [] }</script>", []],
];

/** What needs no hash: nothing of it may be blocked either. */
const FREE = [
  "<script type='application/json'>{}</script><script></script><script src='/page.js' defer>ran.push('never')</script>",
  "<math><script>ran.push('never')</script></math><template><b>nothing inline</b></template>",
];

// The last of the deferred scripts: clones the templates, and fills and looks at the styles.
const PAGE_JS = `
for (const template of document.querySelectorAll(".clone")) document.body.append(template.content.cloneNode(true));
document.querySelector("#filled").sheet?.insertRule("#empty-style { color: rgb(1, 2, 3) }");
for (const { id } of document.querySelectorAll("i")) if (getComputedStyle(document.getElementById(id)).color === "rgb(1, 2, 3)") ran.push("#" + id);
`;

const FILES: Readonly<Record<string, string>> = {
  "/module.js": "ran.push('module')",
  "/mapped.js": "ran.push('mapped')",
  "/page.js": PAGE_JS,
};

const HTML = `<!doctype html>\r\n<meta charset="utf-8">\n<body>${[...PIECES.map(([html]) => html), ...FREE].join("\r\n")}`;

/** The hashes of scripts and of styles, as one layer. */
async function hashPage(html: string, options?: HashOptions): Promise<InlineHashes> {
  const [scripts, styles] = [await hashInlineScripts(html, options), await hashInlineStyles(html, options)];
  return { contentSecurityPolicy: { ...scripts.contentSecurityPolicy, ...styles.contentSecurityPolicy } };
}

/** Serves the page, each path with a policy of its own. */
function serveWith(html: string, policies: Readonly<Record<string, Policy>>): Promise<number> {
  return serve((req, res) => {
    const path = req.url ?? "/";
    const file = FILES[path];
    const policy = policies[path];
    if (policy !== undefined) for (const [name, value] of Object.entries(renderHeaders(policy))) res.setHeader(name, value);
    res.setHeader("Content-Type", file === undefined ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8");
    res.statusCode = file === undefined && policy === undefined ? 404 : 200;
    res.end(file ?? (policy === undefined ? "" : html));
  });
}

const ALL = [...new Set(PIECES.flatMap(([, lost]) => lost))].sort();

/** The page's policy but for one hash; told apart by what it governs, and its place among them. */
function without(hashes: InlineHashes, directive: "scriptSrc" | "styleSrc", index: number): Policy {
  const hash = hashes.contentSecurityPolicy[directive]?.sources[index] ?? expect.unreachable("there is no such hash");
  return definePolicy(
    "strict",
    hashes,
    directive === "scriptSrc"
      ? { contentSecurityPolicy: { scriptSrc: remove(hash) } }
      : { contentSecurityPolicy: { styleSrc: remove(hash) } },
  );
}

describe.skipIf(skipWithout("hashes in a browser", [CHROMIUM]))("in Chromium", () => {
  it("all of a page runs with its hashes, and nothing is blocked", async () => {
    const port = await serveWith(HTML, { "/": definePolicy("strict", await hashPage(HTML)) });
    const page = await newPage();
    const { ran, blocked, injected } = await visit(page, `http://127.0.0.1:${port}/`);
    expect({ ran: [...ran].sort(), blocked, injected }).toEqual({ ran: ALL, blocked: [], injected: "script-src-elem inline" });
  });

  it("without one of them just that piece does not run", async () => {
    const hashes = await hashPage(HTML);
    const scripts = PIECES.filter(([html]) => html.includes("<script"));
    const styles = PIECES.filter(([html]) => html.includes("<style"));
    expect(hashes.contentSecurityPolicy.scriptSrc?.sources).toHaveLength(scripts.length);
    expect(hashes.contentSecurityPolicy.styleSrc?.sources).toHaveLength(styles.length);
    const cases = [
      ...scripts.map(([, lost], index) => ({
        path: `/script-${index}`,
        lost,
        policy: without(hashes, "scriptSrc", index),
        blocked: "script",
      })),
      ...styles.map(([, lost], index) => ({ path: `/style-${index}`, lost, policy: without(hashes, "styleSrc", index), blocked: "style" })),
    ];
    const port = await serveWith(HTML, Object.fromEntries(cases.map(({ path, policy }) => [path, policy])));
    const page = await newPage();
    for (const { path, lost, blocked } of cases) {
      const happened = await visit(page, `http://127.0.0.1:${port}${path}`);
      expect({ path, ran: [...happened.ran].sort(), blocked: happened.blocked }).toEqual({
        path,
        ran: ALL.filter((name) => !lost.includes(name)),
        blocked: [`${blocked}-src-elem inline`],
      });
    }
  });

  it("a style in a noscript applies where scripts are switched off", async () => {
    const html = "<!doctype html><noscript><style>p { color: rgb(1, 2, 3) }</style></noscript><p>text";
    const port = await serveWith(html, { "/": definePolicy("strict", await hashPage(html)), "/without": definePolicy("strict") });
    const page = await newPage({ javaScriptEnabled: false });
    const colours: string[] = [];
    for (const path of ["/", "/without"]) {
      await page.goto(`http://127.0.0.1:${port}${path}`);
      colours.push(await page.locator("p").evaluate((p) => (globalThis as unknown as Styled).getComputedStyle(p).color));
    }
    expect(colours).toEqual(["rgb(1, 2, 3)", "rgb(0, 0, 0)"]);
  });

  it("the hash of a script leaves inline styles and style attributes as they were", async () => {
    const html =
      "<!doctype html><script>ran.push('script')</script><style>b { color: rgb(1, 2, 3) }</style><b style='margin: 3px'>text</b>";
    const port = await serveWith(html, { "/": definePolicy("recommended", await hashInlineScripts(html)) });
    const page = await newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(
      await page.evaluate("[ran, getComputedStyle(document.querySelector('b')).color, document.querySelector('b').style.margin]"),
    ).toEqual([["script"], "rgb(1, 2, 3)", "3px"]);
  });

  it("what is told to be uncovered is what it blocks", async () => {
    const html = "<!doctype html><body onload='ran.push(1)'><b style='color: red'>text</b><iframe src='javascript:1'></iframe>";
    const told: string[] = [];
    const hashes = await hashPage(html, { onUncovered: ({ path, message }) => told.push(`${path} ${message.slice(0, 9)}`) });
    const port = await serveWith(html, { "/": definePolicy("strict", hashes) });
    const { ran, blocked } = await visit(await newPage(), `http://127.0.0.1:${port}/`);
    expect(told).toEqual(['"html:1:22" onload="r', '"html:1:81" src="java', '"html:1:46" style="co']);
    expect({ ran, blocked: [...blocked].sort() }).toEqual({
      ran: [],
      blocked: ["script-src-attr inline", "script-src-elem inline", "style-src-attr inline"],
    });
  });
});

interface Styled {
  getComputedStyle(element: unknown): { color: string };
}
