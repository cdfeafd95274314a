import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";

/** Notes and remarks in their order, as `line: message`. */
const told = (text: string) => parseConfig("nginx", text).notes.map(({ line, message }) => `${line}: ${message}`);

const headers = (count: number) => Array.from({ length: count }, (_, index) => `add_header X-${index + 1} 1 always;`).join(" ");

describe("what a location drops", () => {
  it("is in one note, without a remark beside it", () => {
    const text = `server {
  add_header X-A 1 always;
  location ~ \\.php$ { add_header X-B 1 always; }
}`;
    expect(told(text)).toEqual([
      "3: paths that match it, which no route can express, are sent without X-A (its own add_header drops those around it: repeat them here), with X-B",
    ]);
  });

  it("is in a remark where only another location is noted", () => {
    const text = `server {
  add_header X-A 1 always;
  location ~ \\.php$ { add_header X-C 1 always; }
  location ^~ /static/ { add_header X-B 1 always; }
}`;
    expect(told(text)).toEqual([
      "3: paths that match it, which no route can express, are sent without X-A (its own add_header drops those around it: repeat them here), with X-C",
      "4: responses of location ^~ /static/ have no X-A: its own add_header drops those of the blocks around it. To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)",
    ]);
  });

  it("is in a remark beside a note that is about other headers", () => {
    const text = `server {
  add_header X-A 1 always;
  location /c/ { add_header X-C 1 always; rewrite ^/c/(.+)x$ /z/q last; }
  location /z/ { add_header X-B 1 always; }
}`;
    const merge = "To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)";
    expect(told(text)).toEqual([
      `3: responses of location /c/ have no X-A: its own add_header drops those of the blocks around it. ${merge}`,
      "4: requests that are rewritten to this are sent without X-C, with X-B",
      `4: responses of location /z/ have no X-A: its own add_header drops those of the blocks around it. ${merge}`,
    ]);
  });
});

describe("of several reasons for the same place, the simplest is noted, whichever is found first:", () => {
  const FALLBACK = "location /a/ { add_header X-A 1 always; try_files $uri /index.php; }";
  const REWRITE = "location /b/ { rewrite ^/b/(.+)x$ /index.php last; }";
  const server = (...locations: readonly string[]) =>
    ["server {", ...locations, "location = /index.php { add_header X-B 1 always; }", "}"].join("\n");

  it("a fallback alone", () => {
    expect(told(server(FALLBACK))).toEqual(["3: some requests that end here are sent without X-A, with X-B"]);
  });

  it.each([
    ["a fallback, then a rewrite", [FALLBACK, REWRITE]],
    ["a rewrite, then a fallback", [REWRITE, FALLBACK]],
  ])("%s", (_, locations) => {
    expect(told(server(...locations))).toEqual(["4: requests that are rewritten to this are sent without X-A, with X-B"]);
  });
});

describe("a note names", () => {
  it("all of twelve headers", () => {
    expect(told(`server { location ~ \\.php$ { ${headers(12)} } }`)).toEqual([
      "1: paths that match it, which no route can express, are sent with X-1, X-2, X-3, X-4, X-5, X-6, X-7, X-8, X-9, X-10, X-11, X-12",
    ]);
  });

  it("twelve of thirteen headers, and says how many more there are", () => {
    expect(told(`server { location ~ \\.php$ { ${headers(13)} } }`)).toEqual([
      "1: paths that match it, which no route can express, are sent with X-1, X-2, X-3, X-4, X-5, X-6, X-7, X-8, X-9, X-10, X-11, X-12 and 1 more",
    ]);
  });
});
