import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type HashOptions, type HashSource, hashInlineScripts, hashInlineStyles, type InlineHashes } from "../../src/hashes/index.js";
import {
  append,
  definePolicy,
  observe,
  override,
  type PolicyError,
  type PolicyIssue,
  renderHeaders,
  securityHeaders,
} from "../../src/index.js";

// Every digest here was written by hand: printf '…' | openssl dgst -sha256 -binary | openssl base64 -A
const GO = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"; // go()
const A = "'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='"; // a{}
const B = "'sha256-7yqHVAesot11p6HczDsgKRipvI5UPgs97z80zNXlans='"; // b{}
const EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

const scriptsOf = async (html: string, options?: HashOptions) =>
  (await hashInlineScripts(html, options)).contentSecurityPolicy.scriptSrc?.sources;
const stylesOf = async (html: string) => (await hashInlineStyles(html)).contentSecurityPolicy.styleSrc?.sources;
/** Both kinds, as two layers. */
const bothOf = async (html: string) => [await hashInlineScripts(html), await hashInlineStyles(html)] as const;
const NOTHING = { contentSecurityPolicy: {} };

async function refused(promise: Promise<unknown>): Promise<PolicyError> {
  return promise.then(
    () => expect.unreachable("nothing was thrown"),
    (error: PolicyError) => error,
  );
}

describe("the layer", () => {
  it("adds the hashes to what the policy has", async () => {
    const hashes = await bothOf("<script>go()</script><style>a{}</style>");
    expect(renderHeaders(definePolicy("strict", ...hashes))["Content-Security-Policy"]).toBe(
      `default-src 'none'; script-src 'self' ${GO}; style-src 'self' ${A}; img-src 'self'; font-src 'self'; connect-src 'self'; ` +
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    );
  });

  it("goes wherever a layer goes, and its sources into an append", async () => {
    const hashes = await hashInlineScripts("<script>go()</script>");
    const { scriptSrc } = hashes.contentSecurityPolicy;
    expectTypeOf(hashes).toEqualTypeOf<InlineHashes>();
    expectTypeOf(scriptSrc?.sources).toEqualTypeOf<readonly HashSource[] | undefined>();
    const written = append("https://cdn.example", ...(scriptSrc?.sources ?? []));
    const middlewares = [
      securityHeaders(hashes),
      securityHeaders("strict", { xFrameOptions: "SAMEORIGIN" }, hashes),
      override(hashes),
      securityHeaders("strict", observe("strictDynamic", hashes)),
      securityHeaders({ contentSecurityPolicy: { scriptSrc: written } }),
    ];
    expect(middlewares.every((one) => typeof one === "function")).toBe(true);
  });

  it("of scripts leaves 'unsafe-inline' of styles in force", async () => {
    const hashes = await hashInlineScripts("<script>go()</script><style>a{}</style><p style=color:red>");
    expect(hashes).toEqual({ contentSecurityPolicy: { scriptSrc: append(GO) } });
  });

  it("of styles has no script", async () => {
    const hashes = await hashInlineStyles("<script>go()</script><style>a{}</style><p onclick=go()>");
    expect(hashes).toEqual({ contentSecurityPolicy: { styleSrc: append(A) } });
  });

  it("leaves a directive alone of which there was nothing", async () => {
    expect(await bothOf("<p>Nothing inline</p>")).toEqual([NOTHING, NOTHING]);
    expect(renderHeaders(definePolicy("strict", await hashInlineScripts("")))).toEqual(renderHeaders(definePolicy("strict")));
  });

  it("cannot be changed", async () => {
    const hashes = await hashInlineScripts("<script>go()</script>");
    expect([hashes, hashes.contentSecurityPolicy, hashes.contentSecurityPolicy.scriptSrc?.sources].every(Object.isFrozen)).toBe(true);
  });

  it("has each text once, in the order of the page", async () => {
    expect(await stylesOf("<style>b{}</style><style>a{}</style><style>a{}</style>")).toEqual([B, A]);
  });

  it("hashes by the algorithm that was asked for", async () => {
    expect(await scriptsOf("<script>go()</script>", { algorithm: "sha384" })).toEqual([
      "'sha384-2eR2ebRL3PTAzYG2tevlN+8WTrXsUaQaggr559th5ntotR7G/oN0/gI71qhJrQ5e'",
    ]);
    expect(await scriptsOf("<script>go()</script>", { algorithm: "sha512" })).toEqual([
      "'sha512-0RCvvFGqn6jElvj2FnU4kcYshpOEZrCJgCywshGtwoOH0uEvKiXBWTfYiwC4ornSfuK3AcCuBew9KRGckUQNXA=='",
    ]);
  });
});

describe("the bytes that are hashed", () => {
  it.each([
    ["a line break at the start and at the end", "<script>\ngo()\n</script>", "wi/cPFYs1wkLypenPD7TLvHQTcJNcEyndPCHVlJUPb4="],
    ["CRLF as LF", "<script>a()\r\nb()\r\n</script>", "4z4ZaLdLKvUP2EVsA4KcxEfFZU31AtawsDv5vhrWLa4="],
    ["CR as LF", "<script>a()\rb()</script>", "ibDq25dfxIOXFsZCi7JYnQkIbM0rgaCZ1K4jOsB5hdI="],
    ["entities as they are written", "<script>if (1 &lt; 2) go()</script>", "wQ8PH5s8MeNL+iFaEK5GJDMo4xg5w1S5YRzR7yAToZ8="],
    [
      "entities in SVG as what they stand for",
      "<svg><script>if (1 &lt; 2) go()</script></svg>",
      "mHK8qCBX1wDL4oAoKEj7IbHVCDOw3wuSRjlSMWzNO0Q=",
    ],
    ["CDATA in SVG", "<svg><script><![CDATA[if (1 < 2) go()]]></script></svg>", "mHK8qCBX1wDL4oAoKEj7IbHVCDOw3wuSRjlSMWzNO0Q="],
    [
      "in SVG nothing of elements and comments",
      "<svg><script>one()<!--no--><g>no</g>two()</script></svg>",
      "MJPLkoK2sni0h+N4BSlQmB39stiman5tJX8QE56H5eU=",
    ],
    ["UTF-8", '<script>"é ☃ 😀"</script>', "Zn6X5qkuqx8GMDIItIGJwImuN4ThD8g2k0A6Kzyq620="],
    ["half a character as U+FFFD", '<script>"\ud83d"</script>', "VoYBBwMU4PRInJlEs8FR1SUdN5MwAIKTu34agmoiqEU="],
    ["NUL as U+FFFD", '<script>"\0"</script>', "VoYBBwMU4PRInJlEs8FR1SUdN5MwAIKTu34agmoiqEU="],
    ["a script in a comment in a script", "<script>/*<!--<script></script>-->*/</script>", "vMsvwTb2HIhvQWW8rKfIg5tUFLVKBQHtFEFpYo33aEo="],
    ["blanks alone", "<script> </script>", "Nqnn8clbgv+5l0PgxcTOldg8mkMKrFn4TvPL+rYUUGg="],
  ])("%s", async (_, html, digest) => {
    expect(await scriptsOf(html)).toEqual([`'sha256-${digest}'`]);
  });

  it("are the text itself, whatever it is, but for line breaks and NUL", async () => {
    // A second reading of the same rules, without a parser: a text without "<" ends at the next tag.
    const expected = (text: string) =>
      createHash("sha256").update(text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd")).digest("base64");
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: "binary", maxLength: 1 }), fc.constantFrom("\r", "\n", "\r\n", "&", "&amp;", ">", "\0")),
    });
    await fc.assert(
      fc.asyncProperty(
        text.filter((one) => one !== "" && !one.includes("<")),
        async (one) => {
          expect(await scriptsOf(`<!doctype html><script>${one}</script>`)).toEqual([`'sha256-${expected(one)}'`]);
          expect(await stylesOf(`<!doctype html><p><style media=print>${one}</style>`)).toEqual([`'sha256-${expected(one)}'`]);
        },
      ),
    );
  });
});

describe("what is hashed", () => {
  it.each([
    ["a script in the body", "<p><script>go()</script>"],
    ["an empty type", '<script type="">go()</script>'],
    ["a type of old", "<script type='application/x-JavaScript'>go()</script>"],
    ["a type between blanks", '<script type=" text/javascript ">go()</script>'],
    ["a language", "<script language=JavaScript1.2>go()</script>"],
    ["a type beside a language of another kind", '<script type="" language=vbscript>go()</script>'],
    ["a module", "<script type=module>go()</script>"],
    ["an import map, whatever is in it", "<script type=importmap>go()</script>"],
    ["speculation rules", "<script type=speculationrules>go()</script>"],
    ["a script in SVG, where src and language mean nothing", "<svg><script src=a.js language=vbscript>go()</script></svg>"],
    ["a script in a template", "<template><script>go()</script></template>"],
    ["a script in a template in a template", "<template><b><template><script>go()</script></template></b></template>"],
    ["a script in a shadow root", "<div><template shadowrootmode=open><script>go()</script></template></div>"],
    ["a script in a srcdoc", '<iframe srcdoc="<script>go()</script>"></iframe>'],
    ["a script in a srcdoc in a srcdoc", '<iframe srcdoc="<iframe srcdoc=&quot;<script>go()</script>&quot;></iframe>"></iframe>'],
    ["a script that is not closed", "<script>go()"],
    ["a script in capitals", "<SCRIPT>go()</SCRIPT >"],
    ["a script after a noscript that holds the beginning of one", "<noscript><script></noscript><script>go()</script>"],
    ["a script deep down", `${"<div>".repeat(20_000)}<script>go()</script>`],
  ])("%s", async (_, html) => {
    expect(await scriptsOf(html)).toEqual([GO]);
  });

  it.each([
    ["a style in the head", "<head><style>a{}</style>"],
    ["a style in SVG", "<svg><style>a{}</style></svg>"],
    ["a style of a type that is no CSS, since Chromium asks for its hash first", "<style type=text/less>a{}</style>"],
    ["a style in a noscript in the body", "<body><noscript><style>a{}</style></noscript>"],
    ["a style in a noscript in the head", "<head><noscript><style>a{}</style></noscript>"],
    ["a style in a shadow root", "<div><template shadowrootmode=open><style>a{}</style></template></div>"],
    ["a style in a srcdoc", "<iframe srcdoc='<style>a{}</style>'></iframe>"],
  ])("%s", async (_, html) => {
    expect(await bothOf(html)).toEqual([NOTHING, { contentSecurityPolicy: { styleSrc: append(A) } }]);
  });

  it("an empty style too: scripts fill its sheet", async () => {
    expect(await stylesOf("<style></style>")).toEqual([EMPTY]);
  });

  it.each([
    ["a script with a src", "<script src=a.js>go()</script>"],
    ["a script with an empty src", "<script src>go()</script>"],
    ["a script in SVG with a href", "<svg><script href=a.js>go()</script><script xlink:href=a.js>go()</script></svg>"],
    ["an empty script", "<script></script>"],
    ["JSON", '<script type="application/json">{}</script><script type="application/ld+json">{}</script>'],
    ["a type with parameters, which browsers do not know", '<script type="text/javascript; charset=utf-8">go()</script>'],
    ["a language that nobody speaks", "<script language=vbscript>go()</script>"],
    ["a script in MathML, which is an element like any other", "<math><script>go()</script><style>a{}</style></math>"],
    ["a script in a noscript", "<noscript><script>go()</script></noscript>"],
    [
      "what only looks like a script",
      "<!-- <script>go()</script> --><textarea><script>go()</script></textarea><title><style>a{}</style></title>",
    ],
  ])("but not %s", async (_, html) => {
    expect(await bothOf(html)).toEqual([NOTHING, NOTHING]);
  });
});

describe("what no hash covers", () => {
  it("is refused, all at once, with its line and column", async () => {
    const html = '<p>\n  <b onclick="go()" class=x\n style="color: red">\n<a\thref=" java\nscript:go()">';
    const { code, issues } = await refused(hashInlineScripts(html));
    expect((await refused(hashInlineStyles(html))).issues).toEqual([
      {
        code: "conflict",
        path: '"html:3:2"',
        message: 'style="color: red" would be blocked: hashes cover elements, not attributes',
        hint: 'Write a class and a rule for it; or allow all of them with styleSrcAttr: ["unsafe-inline"] and onUncovered.',
      },
    ]);
    expect(code).toBe("conflict");
    expect(issues).toEqual([
      {
        code: "conflict",
        path: '"html:2:6"',
        message: 'onclick="go()" would be blocked: hashes cover elements, not attributes',
        hint: 'Write addEventListener("click", …) in a script.',
      },
      {
        code: "conflict",
        path: '"html:4:4"',
        message: 'href=" java\\nscript:go()" would be blocked: hashes cover elements, not attributes',
        hint: 'Write a button, and addEventListener("click", …) in a script.',
      },
    ]);
  });

  it.each([
    ["a form's action", "<form action=javascript:go()>", '"html:1:7"'],
    ["a button's", "<button formaction=JavaScript:go()>", '"html:1:9"'],
    ["a frame's", "<iframe src='javascript:go()'></iframe>", '"html:1:9"'],
    ["a link's in SVG", "<svg><a xlink:href='javascript:go()'>", '"html:1:9"'],
    ["a handler on the body", "<!doctype html><body onload=go()>", '"html:1:22"'],
    ["a handler in a template", "<template><b onclick=go()></template>", '"html:1:14"'],
    ["a handler in a srcdoc, where the srcdoc is", "<p>\n<iframe srcdoc='<b onclick=go()>'></iframe>", '"html:2:9"'],
  ])("%s", async (_, html, path) => {
    expect((await refused(hashInlineScripts(html))).issues.map((issue) => issue.path)).toEqual([path]);
  });

  it.each([
    ["a style in MathML", "<math style=color:red>", '"html:1:7"'],
    ["a style in a noscript", "<noscript><img style=color:red></noscript>", '"html:1:16"'],
  ])("%s", async (_, html, path) => {
    expect((await refused(hashInlineStyles(html))).issues.map((issue) => issue.path)).toEqual([path]);
  });

  it.each([
    ["empty ones", "<b onclick='' style=' '>"],
    ["attributes that only resemble them", "<b on:click=go() data-onclick=go() x-on:click=go() on-tap=go() styles=x>"],
    ["links to elsewhere", "<a href='/javascript:x'><a href='https://javascript:1@a.example/'><a title=javascript:go()>"],
    ["a handler in a noscript, where nothing runs", "<noscript><b onclick=go()></b></noscript>"],
  ])("but not %s", async (_, html) => {
    expect(await bothOf(html)).toEqual([NOTHING, NOTHING]);
  });

  it("is told instead, where there is somebody to tell", async () => {
    const told: PolicyIssue[] = [];
    const hashes = await hashInlineScripts("<b onclick=go() style=color:red><script>go()</script>", {
      onUncovered: (issue) => told.push(issue),
    });
    expect(hashes).toEqual({ contentSecurityPolicy: { scriptSrc: append(GO) } });
    expect(told.map(({ path }) => path)).toEqual(['"html:1:4"']);
  });
});

describe("what is no page", () => {
  it("is refused: a path, a buffer, nothing", async () => {
    const read = async (value: unknown) => (await refused(hashInlineScripts(value as string))).message;
    const hint = 'Pass the content of the file, or use hashesOf("dist/**/*.html").';
    expect(await read("dist/index.html")).toBe(`hashInlineScripts.html: "dist/index.html" is not the text of a page. ${hint}`);
    expect(await read(Buffer.from("<p>"))).toBe(`hashInlineScripts.html: an object is not the text of a page. ${hint}`);
    const styles = (await refused(hashInlineStyles("dist/index.html"))).message;
    expect(styles).toBe(`hashInlineStyles.html: "dist/index.html" is not the text of a page. ${hint}`);
    expect(await read(undefined)).toBe(`hashInlineScripts.html: undefined is not the text of a page. ${hint}`);
  });

  it("nor are options that there are not", async () => {
    const read = async (options: unknown) => (await refused(hashInlineScripts("", options as HashOptions))).message;
    expect(await read({ algorithm: "sha1", onUncovered: true, algoritm: "sha256" })).toBe(
      "3 mistakes:\n" +
        '  hashInlineScripts.algorithm: "sha1" is not a hash algorithm of CSP. Write "sha256", "sha384" or "sha512".\n' +
        "  hashInlineScripts.onUncovered: true is not a function. Write a function, such as ({ path, message }) => console.warn(path, message).\n" +
        '  hashInlineScripts.algoritm: unknown option. Did you mean "algorithm"?',
    );
    expect(await read({ algorithm: "constructor" })).toContain("is not a hash algorithm of CSP");
  });
});
