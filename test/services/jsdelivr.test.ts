import { describe, expect, it } from "vitest";
import { jsdelivr } from "../../src/services/jsdelivr.js";
import { changes, fault } from "./support.js";

const VUE = "npm/vue@3.5.13/dist/vue.global.prod.js";

it("on strict", () => {
  expect(changes("strict", jsdelivr({ packages: [VUE] }))).toEqual({
    "script-src": "'self' https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.global.prod.js",
  });
});

it("on strictDynamic the nonce is enough", () => {
  expect(changes("strictDynamic", jsdelivr({ packages: [VUE] }))).toEqual({});
});

it("on recommended", () => {
  expect(changes("recommended", jsdelivr({ packages: [VUE] }))).toEqual({
    "script-src": "'self' https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.global.prod.js",
  });
});

it("scripts and styles of a folder", () => {
  expect(changes("strict", jsdelivr({ packages: ["npm/bootstrap@5.3.3/dist/"], use: ["script", "style"] }))).toEqual({
    "script-src": "'self' https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/",
    "style-src": "'self' https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/",
  });
});

it("pictures, fonts and what is fetched", () => {
  expect(changes("strict", jsdelivr({ packages: ["npm/@fontsource/inter@5.1.0/files/"], use: ["fetch", "font", "image"] }))).toEqual({
    "img-src": "'self' https://cdn.jsdelivr.net/npm/@fontsource/inter@5.1.0/files/",
    "font-src": "'self' https://cdn.jsdelivr.net/npm/@fontsource/inter@5.1.0/files/",
    "connect-src": "'self' https://cdn.jsdelivr.net/npm/@fontsource/inter@5.1.0/files/",
  });
});

it.each([
  "npm/alpinejs@3.14.3",
  "npm/lit@3.2.1/+esm",
  "npm/vue@3.6.0-alpha.2/dist/vue.js",
  "gh/jquery/jquery@3.7.1/dist/jquery.min.js",
  "gh/twbs/icons@v1.11.3/font/",
  "gh/jquery/jquery@32b00373b3f42e5cdcb709df53f3b08b7184a944/dist/jquery.min.js",
  "wp/wp-slimstat/tags/4.6.5/wp-slimstat.js",
  "wp/themes/twenty-eightteen/1.7/assets/js/html5.js",
])("takes %s", (path) => {
  expect(changes("strict", jsdelivr({ packages: [path] }))).toEqual({ "script-src": `'self' https://cdn.jsdelivr.net/${path}` });
});

describe("refuses", () => {
  const first = (path: string) => fault(() => jsdelivr({ packages: [path] }));

  it("a package without a version", () => {
    expect(first("npm/vue/dist/vue.js")).toBe(
      'jsdelivr.packages[0]: "npm/vue/dist/vue.js" names no version. Write the version that you use: "npm/vue@1.2.3/dist/vue.js".',
    );
  });

  it("a package of a scope without a version", () => {
    expect(first("npm/@lit/context")).toBe(
      'jsdelivr.packages[0]: "npm/@lit/context" names no version. Write the version that you use: "npm/@lit/context@1.2.3".',
    );
  });

  it.each(["3", "3.5", "latest", "^3.5.13", "~3.5.13", "3.x", "", "3.5.13@latest"])("the version %s", (version) => {
    expect(first(`npm/vue@${version}/dist/vue.js`)).toBe(
      `jsdelivr.packages[0]: "npm/vue@${version}/dist/vue.js" names "${version}" in place of an exact version. Write the version that you use: "npm/vue@1.2.3/dist/vue.js".`,
    );
  });

  it.each(["*", "a*", "@*/b", "a!b"])("the name %s", (name) => {
    expect(first(`npm/${name}@1.2.3/`)).toBe(
      `jsdelivr.packages[0]: "npm/${name}@1.2.3/" has "${name}" for a name. Write the name of one package.`,
    );
  });

  it.each(["main", "32b0037", "3", "3.7.1@main"])("%s of a repository", (revision) => {
    expect(first(`gh/jquery/jquery@${revision}/a.js`)).toBe(
      `jsdelivr.packages[0]: "gh/jquery/jquery@${revision}/a.js" names "${revision}" in place of an exact version. Write the version that you use: "gh/jquery/jquery@1.2.3/a.js".`,
    );
  });

  it("the trunk of a plugin", () => {
    expect(first("wp/wp-slimstat/trunk/wp-slimstat.js")).toBe(
      'jsdelivr.packages[0]: "wp/wp-slimstat/trunk/wp-slimstat.js" names no version. Write "wp/name/tags/1.2.3/…" for a plugin, "wp/themes/name/1.2.3/…" for a theme.',
    );
  });

  it.each(["gh/jquery/jquery@3.7.1", "wp/wp-slimstat/tags/4.6.5"])("%s without a file", (path) => {
    expect(first(path)).toBe(`jsdelivr.packages[0]: "${path}" names no file. Write the file, or "${path}/" for all files of the version.`);
  });

  it("a package without the word of its registry", () => {
    expect(first("vue@3.5.13/dist/vue.js")).toBe(
      'jsdelivr.packages[0]: "vue@3.5.13/dist/vue.js" does not begin with npm/, gh/ or wp/. Write "npm/vue@3.5.13/dist/vue.js" for an npm package.',
    );
  });

  it("several files in one", () => {
    expect(first("combine/npm/vue@3.5.13")).toBe(
      'jsdelivr.packages[0]: "combine/npm/vue@3.5.13" is a bundle of several files. Load each file by itself, and list each.',
    );
  });

  it("a whole URL", () => {
    expect(first(`https://cdn.jsdelivr.net/${VUE}`)).toBe(
      `jsdelivr.packages[0]: "https://cdn.jsdelivr.net/${VUE}" is a whole URL. Write "${VUE}".`,
    );
  });

  it("a URL of another host", () => {
    expect(first("https://unpkg.com/vue@3.5.13/dist/vue.js")).toBe(
      'jsdelivr.packages[0]: "https://unpkg.com/vue@3.5.13/dist/vue.js" is not below https://cdn.jsdelivr.net/. Write the part of the URL after https://cdn.jsdelivr.net/.',
    );
  });

  it("a query", () => {
    expect(first(`${VUE}?a=1`)).toBe(
      `jsdelivr.packages[0]: "${VUE}?a=1" has a query or a fragment, which CSP does not compare. Write "${VUE}".`,
    );
  });

  it.each([
    "",
    "/",
    "npm/vue@3.5.13/../../evil@1.0.0/a.js",
    "npm/vue@3.5.13/%2e%2e/a.js",
    "npm//vue@3.5.13/a.js",
    "npm/vue@3.5.13/a b.js",
    "npm/vue@3.5.13/a;b.js",
  ])("%j, which is no path", (path) => {
    expect(first(path)).toBe(`jsdelivr.packages[0]: ${JSON.stringify(path)} is not a path. Write a path such as "${VUE}".`);
  });

  it("no packages", () => {
    expect(fault(() => jsdelivr({ packages: [] }))).toBe(
      `jsdelivr.packages: an empty list is not a list such as ["${VUE}"]. Write a list such as ["${VUE}"].`,
    );
  });

  it("no options", () => {
    expect(fault(() => jsdelivr(undefined as never))).toBe("jsdelivr.packages: is missing. Write jsdelivr({ packages: … }).");
  });

  it("more than 50 packages", () => {
    expect(fault(() => jsdelivr({ packages: Array.from({ length: 51 }, (_, index) => `npm/a@1.0.${index}/a.js`) }))).toMatch(
      /^jsdelivr\.packages: .* is not a list of at most 50\./,
    );
  });

  it("a use that there is not", () => {
    expect(fault(() => jsdelivr({ packages: [VUE], use: ["styles"] } as never))).toBe(
      'jsdelivr.use[0]: "styles" is not one of its values. Write "script" or "style" or "image" or "font" or "fetch".',
    );
  });

  it("a use outside a list", () => {
    expect(fault(() => jsdelivr({ packages: [VUE], use: "style" } as never))).toBe(
      'jsdelivr.use: "style" is not a list such as ["script", "style"]. Write a list such as ["script", "style"].',
    );
  });
});
