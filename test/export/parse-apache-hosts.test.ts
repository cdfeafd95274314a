import { describe, expect, it } from "vitest";
import { apache } from "../../src/export/parse/apache/index.js";
import { budgetOf } from "../../src/export/parse/limits.js";
import { sourcesOf } from "../../src/export/parse/sources.js";

/** What is known of the servers of a text. */
function hosts(text: string) {
  const sources = sourcesOf("apache", { text }, undefined, 10_000, () => {});
  const note = Object.assign(() => {}, { ...budgetOf("apache"), ...sources, remark: () => {} });
  return apache.read(sources.main, note).map(({ names, ports, redirects, line }) => ({ line, names, ports, redirects }));
}

describe("virtual hosts of Apache", () => {
  it("have names, ports and a line", () => {
    const text = `
<VirtualHost *:443 [::]:8443>
  ServerName https://Example.com:443
  ServerAlias www.example.com *.example.org
</VirtualHost>`;
    const names = ["example.com", "www.example.com", "*.example.org"];
    expect(hosts(text)).toEqual([{ line: 2, names, ports: ["443", "8443"], redirects: false }]);
  });

  it.each([
    ["Redirect permanent / https://example.com/"],
    ["Redirect / https://example.com/"],
    ["RedirectPermanent / https://example.com/"],
    ["RedirectMatch 301 ^/(.*)$ https://example.com/$1"],
    ["RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]"],
    ["RewriteEngine on\nRewriteCond %{SERVER_NAME} =example.com\nRewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,NE,R=permanent]"],
    ["RewriteEngine On\nRewriteCond %{REQUEST_URI} !^/\\.well-known/acme-challenge/\nRewriteRule ^ https://example.com%{REQUEST_URI} [R]"],
    [
      String.raw`RewriteEngine On
RewriteCond "%{THE_REQUEST}" "^\S+ (?:\w+://[^/?\s]*)?(/[^?\s]*)?"
RewriteRule "^" "https://example.com%1" [R=301,NE,L]`,
    ],
  ])("serve no page where all is redirected: %s", (lines) => {
    expect(hosts(`<VirtualHost *:80>\nDocumentRoot /srv\n${lines}\n</VirtualHost>`)).toMatchObject([{ redirects: true }]);
  });

  it.each([
    ["Redirect permanent /old https://example.com/"],
    ["RewriteEngine On\nRewriteRule ^/old$ /new [R]"],
    ["RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} Bot\nRewriteRule ^ https://example.com/ [R]"],
    ["RewriteEngine On\nRewriteRule ^(.*)$ /index.html [L]"],
    ["Redirect gone /"],
    ["ProxyPass / http://127.0.0.1:1/\nRedirect / https://example.com/"],
  ])("serve pages where some are: %s", (lines) => {
    expect(hosts(`<VirtualHost *:80>\n${lines}\n</VirtualHost>`)).toMatchObject([{ redirects: false }]);
  });

  it("are read beside the main server if it has its own port, and pages", () => {
    const text = "Listen 80\nListen 443 https\nServerName main.example\nDocumentRoot /srv\n<VirtualHost _default_:443>\n</VirtualHost>";
    expect(hosts(text)).toMatchObject([
      { names: ["main.example"], ports: ["80"] },
      { names: [], ports: ["443"] },
    ]);
  });

  it("are read without the main server if they have all ports", () => {
    expect(hosts("Listen 80\nDocumentRoot /srv\n<VirtualHost *:80>\nServerName a.example\n</VirtualHost>")).toMatchObject([
      { names: ["a.example"], ports: ["80"] },
    ]);
  });

  it("are not read from a part of a configuration, which has no names", () => {
    expect(hosts("Header always set X-A 1")).toEqual([{ line: 1, names: [], ports: [], redirects: false }]);
  });
});
