import { presetNames } from "../../src/cli/input/presets.js";
import { targets } from "../../src/export/targets/index.js";
import { services } from "../../src/services/index.js";

/** How the library takes a pasted text: as lines of headers, as one policy, as a policy file, or as these headers. */
export type As = "lines" | "csp" | "policy" | readonly (readonly [name: string, value: string])[];

/** One input of the playground. */
export type PlaygroundInput = { readonly name: string } & (
  | { readonly tool: "build"; readonly text: string }
  | { readonly tool: "check"; readonly text: string; readonly as: As }
  | { readonly tool: "compare"; readonly before: string; readonly after: string; readonly as: readonly [As, As] }
  | { readonly tool: "export"; readonly text: string; readonly target: string }
  | { readonly tool: "import"; readonly format: string; readonly text: string; readonly server?: string }
);

const json = (value: unknown) => JSON.stringify(value, undefined, 2);
const csp = (directives: object) => json({ contentSecurityPolicy: directives });

const SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>";
const BIDI = "\u202egnp.exe\u2066";

const builds: readonly (readonly [name: string, text: string])[] = [
  ...presetNames.map((name) => [`the preset ${name}`, json({ policy: [name] })] as const),
  ["the name of a preset alone", "strict"],
  ["an empty text", ""],
  ["an empty object", "{}"],
  ["an empty list", "[]"],
  ["null", "null"],
  ["a number", "42"],
  ["a misspelt preset", '"strct"'],
  ["a misspelt source", csp({ scriptSrc: ["slef"] })],
  ["several mistakes", json({ xFrameOptions: "NEVER", referrerPolicy: 3, contentSecurityPolicy: { imgSrc: ["a b"], foo: [] } })],
  ["append", csp({ imgSrc: { append: ["https://img.example"] } })],
  ["remove", csp({ styleSrc: { remove: ["unsafe-inline"] } })],
  ["allow", csp({ connectSrc: { allow: ["https://api.example"] } })],
  ["append to nothing", json({ policy: ["none", { contentSecurityPolicy: { imgSrc: { append: ["self"] } } }] })],
  ["a hash", csp({ scriptSrc: ["'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"] })],
  ["an unquoted hash", csp({ scriptSrc: ["sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="] })],
  ["a semicolon in a source", csp({ scriptSrc: ["self; script-src *"] })],
  ["none beside others", csp({ scriptSrc: ["none", "self"] })],
  ["a nonce as text", csp({ scriptSrc: ["'nonce-abc'"] })],
  ["a header switched off", json({ contentSecurityPolicy: false, xFrameOptions: false })],
  ["HSTS with preload and a short age", json({ strictTransportSecurity: { maxAge: 60, preload: true } })],
  ["an unknown header", json({ xPoweredBy: false })],
  ["a helmet option", json({ hsts: false })],
  ["a feature", json({ permissionsPolicy: { camera: ["self", "https://meet.example"] } })],
  ["a reported feature", json({ permissionsPolicy: { camera: { allow: [], reportTo: "nowhere" } } })],
  ["custom headers", json({ custom: { "X-Robots-Tag": "noindex" } })],
  ["a custom header with a line break", json({ custom: { "X-Test": "a\r\nSet-Cookie: b" } })],
  ["headers to strip", json({ stripHeaders: ["Server", "X-Powered-By"] })],
  ["report-only", json({ contentSecurityPolicyReportOnly: { scriptSrc: ["none"] } })],
  ["reporting endpoints", json({ reportingEndpoints: { main: "https://r.example/x" }, contentSecurityPolicy: { reportTo: "main" } })],
  ["an unknown endpoint", csp({ reportTo: "main" })],
  ["a route", json({ policy: "strict", routes: [{ path: "/embed", layers: [{ xFrameOptions: false }] }] })],
  ["a wrong route", json({ policy: "strict", routes: [{ path: "/embed", layer: [] }] })],
  ["a route with a mistake", json({ policy: "strict", routes: [{ path: "/embed", layers: [{ xFrameOptions: "NO" }] }] })],
  [
    "every recipe without required options",
    json({
      policy: "strict",
      services: Object.entries(services).flatMap(([name, { about }]) => ((about.required ?? []).length > 0 ? [] : [name])),
    }),
  ],
  ["a recipe with options", json({ policy: "strict", services: [{ stripe: { checkout: true } }, { intercom: { region: "eu" } }] })],
  ["a recipe without its required option", json({ policy: "strict", services: ["matomo"] })],
  ["an unknown recipe", json({ services: ["strype"] })],
  ["a recipe with a wrong option", json({ services: [{ intercom: { region: "moon" } }] })],
  ["recipes that are no list", json({ services: "stripe" })],
  ["broken JSON", '{ "policy": [ "strict", ] '],
  ["JSON with a comment", '// policy\n{ "policy": "strict" }'],
  ["an unfinished string", '{ "policy": "stri'],
  ["script tags as a value", json({ xFrameOptions: SCRIPT })],
  ["script tags as a key", json({ [SCRIPT]: "x" })],
  ["script tags as a source", csp({ scriptSrc: [SCRIPT] })],
  ["a change of direction", csp({ scriptSrc: [`https://${BIDI}.example`] })],
  ["control characters", json({ xFrameOptions: "DENY\u0000\u001b[31m" })],
  ["the key __proto__", '{ "__proto__": { "xFrameOptions": "DENY" } }'],
  ["the key constructor", '{ "constructor": { "prototype": { "polluted": true } }, "xFrameOptions": "DENY" }'],
  ["the key __proto__ in a header", '{ "contentSecurityPolicy": { "__proto__": ["self"] } }'],
  ["a recipe named toString", json({ services: ["toString", "__proto__"] })],
  ["nested 200 deep", `${"[".repeat(200)}${"]".repeat(200)}`],
  ["1,000 layers", json(Array.from({ length: 1_000 }, () => "strict"))],
  ["10,000 sources", csp({ imgSrc: Array.from({ length: 10_000 }, (_, index) => `h${index}`) })],
  ["2,000 sources", csp({ imgSrc: Array.from({ length: 2_000 }, (_, index) => `https://h${index}.example`) })],
  ["2,000 unknown keys", json(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key${index}`, 1])))],
  ["a megabyte", json({ xFrameOptions: "x".repeat(1_048_576) })],
];

const LEARNED = json({ patch: { xFrameOptions: "DENY" }, suggestions: [] });

const checks: readonly (readonly [name: string, text: string, as: As])[] = [
  ["curl -I", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Frame-Options: DENY\r\n\r\n", "lines"],
  [
    "curl -i with a body",
    "HTTP/2 200 \ncontent-type: text/html\nserver: nginx/1.2\n\n<!doctype html>\n<p>no: header</p>",
    [
      ["content-type", "text/html"],
      ["server", "nginx/1.2"],
    ],
  ],
  ["curl -iL, two responses", "HTTP/1.1 301 Moved\nLocation: https://x.example/\n\nHTTP/2 200\nx-frame-options: DENY\n\n", "lines"],
  ["a redirect's status", "HTTP/1.1 302 Found\nLocation: /login", "lines"],
  ["lines without a status", "Content-Security-Policy: default-src 'self'\nX-Content-Type-Options: nosniff", "lines"],
  ["a folded line", "Content-Security-Policy: default-src 'self';\n  script-src 'none'", "lines"],
  [
    "names and values on two lines",
    "content-security-policy\ndefault-src 'self'\nx-frame-options\nDENY",
    [
      ["content-security-policy", "default-src 'self'"],
      ["x-frame-options", "DENY"],
    ],
  ],
  [
    "names with a colon and values on two lines",
    "x-frame-options:\nDENY\nreferrer-policy:\nno-referrer",
    [
      ["x-frame-options", "DENY"],
      ["referrer-policy", "no-referrer"],
    ],
  ],
  ["pseudo headers", ":status: 200\nx-frame-options: DENY", [["x-frame-options", "DENY"]]],
  ["a JSON object of headers", json({ "x-frame-options": "DENY", "set-cookie": ["a=1", "b=2; Secure"] }), "lines"],
  ["a JSON object with a wrong value", json({ "x-frame-options": { a: 1 } }), "lines"],
  ["a policy alone", "default-src 'self'; script-src 'self' 'unsafe-inline'", "csp"],
  [
    "a policy alone, of several lines",
    "default-src 'none';\n  script-src 'self';\n  img-src *",
    [["Content-Security-Policy", "default-src 'none'; script-src 'self'; img-src *"]],
  ],
  [
    "a policy alone, strict-dynamic",
    "script-src 'nonce-cmFuZG9tcmFuZG9tcmFuZA==' 'strict-dynamic'; object-src 'none'; base-uri 'none'",
    "csp",
  ],
  ["a policy alone, JSONP hosts", "script-src https://ajax.googleapis.com https://*.google.com; default-src *", "csp"],
  ["a policy alone with an unknown directive", "default-src 'self'; foo-src x; script-src self", "csp"],
  ["a policy alone without semicolons", "default-src 'self' script-src 'none'", "csp"],
  ["a policy alone in capitals", "DEFAULT-SRC 'SELF'; SCRIPT-SRC *", "csp"],
  ["sandbox alone", "sandbox allow-scripts allow-same-origin", "csp"],
  ["upgrade-insecure-requests alone", "upgrade-insecure-requests", "csp"],
  ["a preset", "strict", "policy"],
  ["a preset with a nonce", "strictDynamic", "policy"],
  ["a policy file", csp({ scriptSrc: ["self", "https://js.stripe.com"] }), "policy"],
  ["a wrong policy file", csp({ scriptSrc: ["slef"] }), "policy"],
  ["what learn writes", LEARNED, "policy"],
  [
    "every header, weak",
    "Strict-Transport-Security: max-age=60\nX-Frame-Options: ALLOWALL\nX-XSS-Protection: 1; mode=block\nReferrer-Policy: unsafe-url\nPermissions-Policy: camera=*\nCross-Origin-Opener-Policy: unsafe-none\nAccess-Control-Allow-Origin: *",
    "lines",
  ],
  [
    "every header, broken",
    "Strict-Transport-Security: yes\nX-Frame-Options: maybe\nReferrer-Policy: please\nPermissions-Policy: camera 'none'\nCross-Origin-Embedder-Policy: on\nX-Content-Type-Options: sniff",
    "lines",
  ],
  ["two policies", "Content-Security-Policy: default-src 'self'\nContent-Security-Policy: script-src 'none'", "lines"],
  ["two values of HSTS", "Strict-Transport-Security: max-age=1\nStrict-Transport-Security: max-age=31536000", "lines"],
  ["report-only", "Content-Security-Policy-Report-Only: default-src 'none'; report-uri /r", "lines"],
  ["cookies", "Set-Cookie: id=1\nSet-Cookie: __Host-a=1; Secure; Path=/; HttpOnly; SameSite=Lax\nSet-Cookie: __Secure-b=2", "lines"],
  ["what a server tells", "Server: Apache/2.4.1 (Unix)\nX-Powered-By: PHP/5.3\nX-AspNet-Version: 4", "lines"],
  ["deprecated headers", "Expect-CT: max-age=1\nPublic-Key-Pins: pin\nFeature-Policy: camera 'none'\nPragma: no-cache", "lines"],
  ["an API", "Content-Type: application/json\nCache-Control: no-store", "lines"],
  ["a lone header", "X-Frame-Options: DENY", "lines"],
  ["a header without a value", "X-Frame-Options:", "lines"],
  ["a header with an empty name", ": value", "lines"],
  ["not headers", "this is not a header\nnor is this", "lines"],
  ["one word", "hello", "lines"],
  ["a page", "<!doctype html>\n<title>x</title>", "lines"],
  ["script tags", SCRIPT, "lines"],
  ["script tags as a value", `X-Frame-Options: ${SCRIPT}`, "lines"],
  ["script tags in a policy", `script-src 'self' ${SCRIPT}; default-src ${SCRIPT}`, "csp"],
  ["script tags in a cookie", `Set-Cookie: ${SCRIPT}=1`, "lines"],
  ["script tags as a name", `<script>: x`, "lines"],
  ["a change of direction", `X-Frame-Options: ${BIDI}\nServer: ${BIDI}/1.0`, "lines"],
  ["control characters", "X-Frame-Options: \u001b[31mDENY\u0007\nServer: a\u0000b", "lines"],
  ["lone surrogates", "Server: \ud800x/1.0", "lines"],
  ["a name of Object.prototype", "__proto__: x\nconstructor: y\ntoString: z\nhasOwnProperty: 1", "lines"],
  ["a JSON object with __proto__", '{ "__proto__": "x", "x-frame-options": "DENY" }', "lines"],
  ["directives of Object.prototype", "default-src 'self'; __proto__ x; constructor y; toString z", "csp"],
  ["10,000 directives", `default-src 'self'; ${Array.from({ length: 10_000 }, (_, index) => `d${index} x`).join("; ")}`, "csp"],
  ["900 directives", `default-src 'self'; ${Array.from({ length: 900 }, (_, index) => `d${index} x`).join("; ")}`, "csp"],
  ["2,500 sources", `default-src 'self'; script-src ${Array.from({ length: 2_500 }, (_, index) => `h${index}.example`).join(" ")}`, "csp"],
  ["1,500 headers", Array.from({ length: 1_500 }, (_, index) => `X-H${index}: 1`).join("\n"), "lines"],
  ["900 headers", Array.from({ length: 900 }, (_, index) => `X-H${index}: 1`).join("\n"), "lines"],
  ["300 policies", Array.from({ length: 300 }, () => "Content-Security-Policy: default-src 'self' https://a.example").join("\n"), "lines"],
  ["a value of 60 kB", `X-Frame-Options: ${"x".repeat(60_000)}`, "lines"],
  ["a value of 100 kB", `X-Frame-Options: ${"x".repeat(100_000)}`, "lines"],
  ["10,000 wrong lines", Array.from({ length: 10_000 }, () => "wrong").join("\n"), "lines"],
  ["a megabyte", `X-Frame-Options: ${"x".repeat(1_048_576)}`, "lines"],
];

const compares: readonly (readonly [name: string, before: string, after: string, as: readonly [As, As]])[] = [
  ["recommended and strict", "recommended", "strict", ["policy", "policy"]],
  ["strict and recommended", "strict", "recommended", ["policy", "policy"]],
  ["the same", "strict", "strict", ["policy", "policy"]],
  ["nonces", "strictDynamic", "strict", ["policy", "policy"]],
  ["two policies alone, weaker", "script-src 'self'", "script-src 'self' 'unsafe-inline'", ["csp", "csp"]],
  ["two policies alone, stronger", "default-src *", "default-src 'self'", ["csp", "csp"]],
  ["two policies alone, incomparable", "script-src https://a.example", "script-src https://b.example", ["csp", "csp"]],
  ["a wildcard and its host", "img-src https://a.example", "img-src https://*.example", ["csp", "csp"]],
  ["written differently", "script-src 'self'; img-src *", "img-src *; SCRIPT-SRC 'self'", ["csp", "csp"]],
  ["headers and a policy", "X-Frame-Options: DENY", "strict", ["lines", "policy"]],
  ["headers and headers", "Strict-Transport-Security: max-age=31536000", "Strict-Transport-Security: max-age=60", ["lines", "lines"]],
  ["headers and none", "X-Frame-Options: DENY", "none", ["lines", "policy"]],
  ["a policy file and a preset", csp({ imgSrc: { append: ["https://img.example"] } }), "recommended", ["policy", "policy"]],
  ["custom headers", json({ custom: { "X-A": "1" } }), json({ custom: { "X-A": "2" } }), ["policy", "policy"]],
  ["features", "Permissions-Policy: camera=()", "Permissions-Policy: camera=*", ["lines", "lines"]],
  ["broken values", "Referrer-Policy: what", "Referrer-Policy: no-referrer", ["lines", "lines"]],
  ["a mistake before", "hello", "strict", ["lines", "policy"]],
  ["a mistake on both sides", csp({ scriptSrc: ["slef"] }), csp({ imgSrc: ["a b"] }), ["policy", "policy"]],
  ["script tags", `script-src ${SCRIPT}`, `script-src 'self'`, ["csp", "csp"]],
  ["a change of direction", `X-Frame-Options: ${BIDI}`, "X-Frame-Options: DENY", ["lines", "lines"]],
  [
    "5,000 sources on both sides",
    `img-src ${Array.from({ length: 2_500 }, (_, i) => `a${i}.example`).join(" ")}`,
    `img-src ${Array.from({ length: 2_500 }, (_, i) => `b${i}.example`).join(" ")}`,
    ["csp", "csp"],
  ],
  ["a megabyte", "strict", `X-A: ${"x".repeat(1_048_576)}`, ["policy", "lines"]],
];

const exports: readonly (readonly [name: string, text: string, target: string])[] = [
  ...Object.keys(targets).map(
    (target) =>
      [
        `strict for ${target}`,
        json({ policy: ["strict"], routes: [{ path: "/embed", layers: [{ xFrameOptions: "SAMEORIGIN" }] }] }),
        target,
      ] as const,
  ),
  ["a nonce, which files cannot have", '"strictDynamic"', "nginx"],
  ["an unknown target", '"strict"', "iis"],
  ["a target of Object.prototype", '"strict"', "constructor"],
  ["a mistake in the policy", csp({ scriptSrc: ["slef"] }), "caddy"],
  ["a mistake in a route", json({ policy: "strict", routes: [{ path: "embed", layers: [] }] }), "nginx"],
  ["quotes and dollars in a value", json({ custom: { "X-Test": "a\"b'c$d{e}%f\\g" } }), "nginx"],
  ["script tags in a value", json({ custom: { "X-Test": SCRIPT } }), "apache"],
  [
    "a value that is too long",
    csp({ imgSrc: Array.from({ length: 300 }, (_, index) => `https://host${index}.example`) }),
    "cloudflare-headers",
  ],
];

const NGINX = `server {
  listen 443 ssl;
  server_name example.com;
  add_header X-Frame-Options DENY always;
  add_header Content-Security-Policy "default-src 'self'" always;
  location /embed { add_header X-Frame-Options SAMEORIGIN always; }
}`;
const TWO = `server { server_name a.example; add_header X-Frame-Options DENY always; }\nserver { server_name b.example; add_header X-Frame-Options SAMEORIGIN always; }`;

const imports: readonly (readonly [name: string, format: string, text: string, server?: string])[] = [
  ["nginx", "nginx", NGINX],
  ["nginx, recognised", "", NGINX],
  ["nginx, one directive", "nginx", "add_header X-Frame-Options DENY always;"],
  ["nginx, two servers", "nginx", TWO],
  ["nginx, one of two servers", "nginx", TWO, "b.example"],
  ["nginx, a server that is not there", "nginx", TWO, "c.example"],
  ["nginx, an include", "nginx", "include /etc/nginx/headers.conf;\nadd_header X-Frame-Options DENY;"],
  ["nginx, a nonce", "nginx", "add_header Content-Security-Policy \"script-src 'nonce-$request_id'\" always;"],
  ["nginx, a variable", "nginx", "add_header X-Frame-Options $frame always;"],
  ["nginx, unfinished", "nginx", "server { add_header X-Frame-Options"],
  ["nginx, nested too deep", "nginx", "a {".repeat(150)],
  ["nginx, 60,000 directives", "nginx", "a b;\n".repeat(60_000)],
  ["nginx, script tags", "nginx", `add_header X-Test "${SCRIPT}" always;`],
  ["nginx, a header of Object.prototype", "nginx", "add_header __proto__ x always;\nadd_header constructor y always;"],
  ["nginx, a wrong value", "nginx", "add_header X-Frame-Options MAYBE always;"],
  ["nginx, a change of direction", "nginx", `add_header X-Test "${BIDI}" always;`],
  [
    "apache",
    "apache",
    'Header always set X-Frame-Options "DENY"\n<Location "/embed">\n  Header always set X-Frame-Options "SAMEORIGIN"\n</Location>',
  ],
  [
    "apache, recognised",
    "",
    "<IfModule mod_headers.c>\nHeader always set Content-Security-Policy \"default-src 'self'\"\nHeader unset X-Powered-By\n</IfModule>",
  ],
  [
    "apache, two hosts",
    "apache",
    "<VirtualHost *:443>\nServerName a.example\nHeader set X-Frame-Options DENY\n</VirtualHost>\n<VirtualHost *:443>\nServerName b.example\nHeader set X-Frame-Options SAMEORIGIN\n</VirtualHost>",
  ],
  ["apache, a condition", "apache", 'Header always set X-Frame-Options DENY "expr=%{REQUEST_URI} =~ m#^/a#"'],
  ["apache, unfinished", "apache", "<VirtualHost *:443>\nHeader set X-Frame-Options DENY"],
  ["apache, script tags", "apache", `Header set X-Test "${SCRIPT.replaceAll('"', "")}"`],
  ["caddy", "caddy", "example.com {\n\theader X-Frame-Options DENY\n\theader /embed X-Frame-Options SAMEORIGIN\n}"],
  [
    "caddy, recognised",
    "",
    "example.com {\n  encode gzip\n  header {\n    X-Frame-Options DENY\n    -Server\n  }\n  reverse_proxy localhost:3000\n}",
  ],
  ["caddy, a snippet", "caddy", "(sec) {\n  header X-Frame-Options DENY\n}\nexample.com {\n  import sec\n}"],
  ["caddy, a snippet of itself", "caddy", "(sec) {\n  import sec\n}\nexample.com {\n  import sec\n}"],
  ["caddy, unfinished", "caddy", "example.com {\n header X-Frame-Options"],
  [
    "_headers",
    "_headers",
    "/*\n  X-Frame-Options: DENY\n  Content-Security-Policy: default-src 'self'\n/embed/*\n  X-Frame-Options: SAMEORIGIN\n",
  ],
  ["_headers, recognised", "", "/*\n  X-Frame-Options: DENY\n  Referrer-Policy: no-referrer\n"],
  ["_headers, a placeholder", "_headers", "/:id/x\n  X-Frame-Options: DENY\n"],
  ["_headers, a header before a path", "_headers", "  X-Frame-Options: DENY\n"],
  ["vercel", "vercel", json({ headers: [{ source: "/(.*)", headers: [{ key: "X-Frame-Options", value: "DENY" }] }] })],
  [
    "vercel, recognised",
    "",
    json({ cleanUrls: true, headers: [{ source: "/(.*)", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] }] }),
  ],
  ["vercel, no JSON", "vercel", "{ headers: [] }"],
  [
    "vercel, prototype keys",
    "vercel",
    '{ "headers": [{ "source": "/(.*)", "headers": [{ "key": "__proto__", "value": "x" }], "__proto__": { "a": 1 } }], "constructor": 1 }',
  ],
  ["vercel, script tags", "vercel", json({ headers: [{ source: "/(.*)", headers: [{ key: "X-Test", value: SCRIPT }] }] })],
  ["a path instead of a text", "nginx", "/etc/nginx/nginx.conf"],
  ["nothing of the format", "apache", "hello world"],
  ["not recognised", "", "hello world"],
  ["an unknown format", "iis", "<configuration/>"],
  ["a format of Object.prototype", "constructor", "x"],
  ["300 kB", "nginx", "# ".padEnd(300_000, "x")],
];

/** Every input. */
export const inputs: readonly PlaygroundInput[] = [
  ...builds.map(([name, text]) => ({ tool: "build", name, text }) as const),
  ...checks.map(([name, text, as]) => ({ tool: "check", name, text, as }) as const),
  ...compares.map(([name, before, after, as]) => ({ tool: "compare", name, before, after, as }) as const),
  ...exports.map(([name, text, target]) => ({ tool: "export", name, text, target }) as const),
  ...imports.map(
    ([name, format, text, server]) => ({ tool: "import", name, format, text, ...(server !== undefined && { server }) }) as const,
  ),
];
