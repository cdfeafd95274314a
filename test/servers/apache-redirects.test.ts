import { describe, expect, it } from "vitest";
import type { ExportOptions } from "../../src/export/index.js";
import { ask, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { apache, main, place, run } from "./apache-support.js";
import { exported, freePort } from "./support.js";

const named = (place: string) => ({ custom: { "X-Place": place } });

/** The pages that answers come from in the end have routes of their own: whoever sees the new path takes their headers. */
const POLICY: ExportOptions = {
  policy: ["none", named("site")],
  routes: [
    { path: "/index.html", layers: [named("index")] },
    { path: "/errors/*", layers: [named("errors")] },
    { path: "/embed", layers: [named("embed")] },
    { path: "/admin/*", layers: [named("admin")] },
    { path: "/admin/open/*", layers: [named("open")] },
    { path: "/admin/bare/*", layers: [{ custom: { "X-Place": false } }] },
  ],
};

const FILES = {
  "public/index.html": "the application",
  "public/app.js": "code",
  "public/embed": "embed",
  "public/admin/index.html": "admin",
  "public/admin/own.html": "own",
  "public/admin/open/index.html": "open",
  "public/admin/bare/index.html": "bare",
  "public/admin/none/x": "x",
  "public/admin/secret/x": "x",
  "public/admin/closed/x": "x",
  "public/errors/page.html": "an error",
};

const ERRORS = [401, 403, 404, 410, 502, 503].map((status) => `ErrorDocument ${status} /errors/page.html\n`).join("");

const REWRITE = `RewriteEngine On
RewriteRule ^sneak /embed [L]
RewriteRule ^admin/twice /admin/again [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule ^(app|admin)/ /index.html [L]
`;
const FALLBACK = "FallbackResource /index.html\n";

/** What stands outside `.htaccess` in both cases. */
const site = (port: number, upstream: number, slashes: string) => `${main("headers", "rewrite", "proxy", "proxy_http")}Listen ${port}
DocumentRoot public
DirectoryIndex index.html
AllowEncodedSlashes ${slashes}
ProxyPass "/admin/down" "http://127.0.0.1:${upstream}/" retry=0
RewriteEngine On
RewriteRule "^/admin/passed" "/index.html" [PT]
RewriteRule "^/passed" "/embed" [PT]
RewriteRule "^/admin/refused" "-" [F]
Redirect gone "/gone"
Redirect permanent "/admin/moved" "https://a.example/"
<Location "/admin/away">
    RedirectMatch permanent "^" "https://a.example/"
</Location>
<Location "/admin/closed">
    Require all denied
</Location>
<Location "/admin/secret">
    AuthType Basic
    AuthName x
    AuthUserFile users
    Require valid-user
</Location>
<Location "/admin/none/">
    DirectoryIndex /index.html
</Location>
`;

type Start = (fallback: string, slashes?: string) => Promise<number>;

const included: Start = async (fallback, slashes = "Off") => {
  const [port, upstream] = [await freePort(), await serve((req) => void req.socket.destroy())];
  const conf = `${site(port, upstream, slashes)}<Directory "\${root}/public">\n${fallback}</Directory>\n${ERRORS}Include portcullis/headers.conf\n`;
  await run({ "apache.conf": conf, ...FILES, ...exported("apache", POLICY) }, port);
  return port;
};

const inFolder: Start = async (fallback, slashes = "Off") => {
  const [port, upstream] = [await freePort(), await serve((req) => void req.socket.destroy())];
  const conf = `${site(port, upstream, slashes)}<Directory "\${root}/public">\nAllowOverride FileInfo Indexes\n</Directory>\n`;
  const own = `${ERRORS}${fallback}${exported("htaccess", POLICY)[".htaccess"]}`;
  await run({ "apache.conf": conf, ...FILES, "public/.htaccess": own }, port);
  return port;
};

const OWN_FILES = {
  "/": "200 site",
  "/app.js": "200 site",
  "/index.html": "200 index",
  "/embed": "200 embed",
  "/Embed": "404 site",
  "/embed/": "404 site",
  "/admin/own.html": "200 admin",
  "/admin/bare/": "200 nothing",
};

/** Spellings of a path whose page is that of another one. */
const SPELLINGS = {
  "//admin/": "200 admin",
  "/%61dmin/": "200 admin",
  "/x/../admin/": "200 admin",
  "/./admin//own.html": "200 admin",
  "/x/%2e%2e/admin/": "200 admin",
  "/admin/../embed": "200 embed",
  "/admin/open/..//own.html": "200 admin",
  "/%2561dmin/": "404 site",
  "/embed%0A": "404 site",
  "/embed%20": "404 site",
  "/?/admin/": "200 site",
  "/app.js?x=/admin/": "200 site",
};

const AFTER_REDIRECTS = {
  "/admin/": "200 admin",
  "/admin/none/": "200 admin",
  "/admin/passed": "200 admin",
  "/passed": "200 site",
  "/admin/open/": "200 open",
  "/admin/closed/x": "403 admin",
  "/admin/secret/x": "401 admin",
  "/nowhere": "404 site",
};

const DEEP = {
  "/admin/users": "200 admin",
  "//admin/users": "200 admin",
  "/admin/open/users": "200 open",
  "/admin/bare/users": "200 nothing",
};

async function seenAt(port: number, paths: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const path of Object.keys(paths)) seen[path] = await place(port, path);
  return seen;
}

const WAYS: readonly [string, Start][] = [
  ["headers.conf", included],
  [".htaccess", inFolder],
];

describe.skipIf(skipWithout("routes of Apache after internal redirects", [apache]))("an Apache of one's own", () => {
  describe.each(WAYS)("with %s", (name, start) => {
    it("sends the headers of the place with its files", async () => {
      expect(await seenAt(await start(REWRITE), OWN_FILES)).toEqual(OWN_FILES);
    });

    it("takes every spelling of a path for that path", async () => {
      expect(await seenAt(await start(REWRITE), SPELLINGS)).toEqual(SPELLINGS);
    });

    it("sends the headers of the path that was asked for after DirectoryIndex, [PT] and ErrorDocument", async () => {
      expect(await seenAt(await start(REWRITE), AFTER_REDIRECTS)).toEqual(AFTER_REDIRECTS);
    });

    it("sends the headers of a deep link after RewriteRule, and after two", async () => {
      const links = { ...DEEP, "/app/x": "200 site", "/admin/twice": "200 admin", "/sneak": "200 site" };
      expect(await seenAt(await start(REWRITE), links)).toEqual(links);
    });

    it("sends the headers of a deep link after FallbackResource", async () => {
      const links = { ...DEEP, "/app/x": "200 site" };
      expect(await seenAt(await start(FALLBACK), links)).toEqual(links);
    });

    it.each(["/admin/own.html", "/admin/users", "/admin/"])("sends the headers of the place with a 304 of %s", async (path) => {
      const port = await start(REWRITE);
      const { ETag: etag = "" } = (await ask(port, path)).headers;
      expect(await place(port, path, { headers: { "If-None-Match": etag } })).toBe("304 admin");
    });

    it("lets no header of the client choose the place", async () => {
      const port = await start(REWRITE);
      const names = [
        "portcullis",
        "portcullis_path",
        "REDIRECT_portcullis",
        "REDIRECT_portcullis_path",
        "SCRIPT_URL",
        "REDIRECT_SCRIPT_URL",
      ];
      const headers = Object.fromEntries([...names, "Request_URI", "REDIRECT_STATUS", "X-Original-URL"].map((one) => [one, "/embed"]));
      const seen = await Promise.all(["/", "/admin/users", "/admin/closed/x"].map((path) => place(port, path, { headers })));
      expect(seen).toEqual(["200 site", "200 admin", "403 admin"]);
    });

    it("takes an encoded slash for a slash where Apache decodes it", async () => {
      const paths = { "/admin%2Fown.html": "200 admin", "/x%2f..%2fembed": "200 embed", "/embed%2F..%2Fadmin/": "200 admin" };
      expect(await seenAt(await start(REWRITE, "On"), paths)).toEqual(paths);
    });

    it("answers a method that it does not allow with the headers of the place", async () => {
      expect(await place(await start(REWRITE), "/admin/own.html", { method: "DELETE" })).toBe("405 admin");
    });

    it("sends no other headers than those of the site with what Apache answers before it looks for a file", async () => {
      const alone = name === ".htaccess" ? "nothing" : "site";
      const paths = {
        "/admin/moved": `301 ${alone}`,
        "/gone": `410 ${alone}`,
        "/admin/x%2Fy": `404 ${alone}`,
        "/admin/%zz": `400 ${alone}`,
        "/admin/away": "301 admin",
      };
      expect(await seenAt(await start(REWRITE), paths)).toEqual(paths);
    });

    it.skipIf(name === ".htaccess")("sends the headers of the place with what a RewriteRule of the server refuses", async () => {
      expect(await place(await start(REWRITE), "/admin/refused")).toBe("403 admin");
    });

    it.skipIf(name === ".htaccess")("sends the headers of the place with an error of its proxy", async () => {
      expect(await place(await start(REWRITE), "/admin/down")).toBe("502 admin");
    });
  });
});
