import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";

const differs = (http: string, server: string) =>
  parseConfig("nginx", `http { ${http}\nserver { listen 80; root /srv; ${server} } }`).notes.some((note) => note.differs);

describe("a header that some responses lack is noted", () => {
  it.each([
    ["by a status of 5xx", 'map $status $x { ~^5 ""; default DENY; }', "add_header X-Frame-Options $x always;"],
    ["by one status", 'map $status $x { 403 ""; default DENY; }', "add_header X-Frame-Options $x always;"],
    ["by redirects", 'map $status $x { ~^3 ""; default DENY; }', "add_header X-Frame-Options $x always;"],
    ["by a status that nobody thinks of", 'map $status $x { 418 ""; default DENY; }', "add_header X-Frame-Options $x always;"],
    [
      "by a type",
      'map $sent_http_content_type $x { application/pdf ""; default nosniff; }',
      "add_header X-Content-Type-Options $x always;",
    ],
    [
      "by a type that nobody thinks of",
      'map $sent_http_content_type $x { model/gltf+json ""; default nosniff; }',
      "add_header X-Content-Type-Options $x always;",
    ],
    [
      "by part of a type",
      "map $sent_http_content_type $x { ~*svg sandbox; default \"default-src 'self'\"; }",
      "add_header Content-Security-Policy $x always;",
    ],
    ["by headers-more and a status", "", 'more_set_headers "X-Frame-Options: DENY"; more_clear_headers -s 500 X-Frame-Options;'],
    ["by headers-more and another status", "", 'more_set_headers -s "500 502" "X-Frame-Options: DENY";'],
    ["by headers-more and a type", "", 'more_set_headers -t application/pdf "X-Frame-Options: DENY";'],
  ])("%s", (_, http, server) => {
    expect(differs(http, server)).toBe(true);
  });

  it("and one that all have is not", () => {
    expect(differs("map $status $x { default DENY; }", "add_header X-Frame-Options $x always;")).toBe(false);
  });
});
