import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { targets } from "../../src/export/targets/index.js";
import { definePolicy } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const targetNames = Object.keys(targets) as TargetName[];
const site = definePolicy("none", { xFrameOptions: "DENY" });

/** What is refused of options for nginx. */
const refusals = (options: unknown) => issuesOf(() => exportPolicy("nginx", options as ExportOptions));
const refusedRoutes = (routes: unknown) => refusals({ policy: site, routes });
const boom = () => {
  throw new Error("boom");
};
const thrower = (key: string) => Object.defineProperty({}, key, { enumerable: true, get: boom });

const NOT_A_ROUTE = 'Write { path: "/embed", layers: [{ … }] }.';

describe("policy", () => {
  it("is a preset's name, as securityHeaders takes it", () => {
    expect(exportPolicy("netlify", { policy: "strict" })).toEqual(exportPolicy("netlify", { policy: ["strict"] }));
  });

  it.each<[string, unknown, string[]]>([
    ["none", {}, ['exportPolicy.policy: is missing. Write policy: "strict", or a policy of definePolicy.']],
    ["no options", undefined, ['exportPolicy.policy: is missing. Write policy: "strict", or a policy of definePolicy.']],
    ["null", { policy: null }, ['exportPolicy.policy: null is not a policy. Write "strict", definePolicy(…), or a list of layers.']],
    ["an empty name", { policy: "" }, ['exportPolicy.policy: "" is not a policy. Write "strict", definePolicy(…), or a list of layers.']],
    ["a name that is none", { policy: "strit" }, ['policy.strit: unknown preset. Did you mean "strict"?']],
    ["a promise", { policy: Promise.resolve(site) }, ["policy: a promise is not a layer. Write await before it."]],
    ["a promise in a list", { policy: ["strict", Promise.resolve({})] }, ["policy[1]: a promise is not a layer. Write await before it."]],
    [
      "a wrong layer",
      { policy: [{ xFrameOptions: "no" as never }] },
      ['policy.xFrameOptions: "no" is not one of its values. Write "SAMEORIGIN" or "DENY".'],
    ],
    ["a getter that throws", thrower("policy"), ['exportPolicy.policy: reading it threw "boom". Use a plain value.']],
  ])("is refused: %s", (_, options, issues) => {
    expect(refusals(options)).toEqual(issues);
  });
});

describe("a target", () => {
  it.each<[string, unknown, string]>([
    ["a symbol", Symbol("nginx"), "target: a symbol is not a target. "],
    ["an object that has no text", Object.create(null), "target: an object is not a target. "],
    ["of Object.prototype", "toString", 'target: "toString" is not a target. '],
  ])("is refused: %s", (_, target, start) => {
    expect(issuesOf(() => exportPolicy(target as TargetName, { policy: site })).map((one) => one.slice(0, start.length))).toEqual([start]);
  });
});

describe("routes", () => {
  it.each<[string, unknown, string[]]>([
    ["an object", {}, ['exportPolicy.routes: an object is not a list of routes. Write [{ path: "/embed", layers: [{ … }] }].']],
    ["a promise", Promise.resolve([]), ["exportPolicy.routes: a promise is not a list of routes. Write await before it."]],
    ["a hole", Object.assign([], { 1: { path: "/a", layers: [] } }), [`routes[0]: undefined is not a route. ${NOT_A_ROUTE}`]],
    ["a promise of one", [Promise.resolve()], ["routes[0]: a promise is not a route. Write await before it."]],
    ["a list", [[]], [`routes[0]: a list is not a route. ${NOT_A_ROUTE}`]],
    ["a policy", [site], ['routes[0]: a policy is not a route. Write { path: "/embed", layers: [policy] }.']],
    ["override", [{ path: "/a", override: {} }], ['routes[0].override: "override" is not a key of a route. Write layers: [{ … }].']],
    ["a policy as layers", [{ path: "/a", layers: site }], ["routes[0].layers: a policy is not a list of layers. Write layers: [policy]."]],
    ["a patch as layers", [{ path: "/a", layers: {} }], ["routes[0].layers: an object is not a list of layers. Write layers: [{ … }]."]],
    [
      "a name as layers",
      [{ path: "/a", layers: "strict" }],
      ['routes[0].layers: "strict" is not a list of layers. Write layers: ["strict"].'],
    ],
    [
      "layers that are promised",
      [{ path: "/a", layers: Promise.resolve([]) }],
      ["routes[0].layers: a promise is not a list of layers. Write await before it."],
    ],
    [
      "a layer that is promised",
      [{ path: "/a", layers: [{}, Promise.resolve({})] }],
      ["routes[0].layers[1]: a promise is not a layer. Write await before it."],
    ],
    ["a getter that throws", [thrower("path")], ['routes[0]: reading it threw "boom". Use a plain value.']],
    [
      "layers with a getter that throws",
      [{ path: "/a", layers: Object.defineProperty([{}], 0, { get: boom }) }],
      ['routes[0].layers: reading it threw "boom". Use a plain value.'],
    ],
    ["a layer that is wrong", [{ path: "/a", layers: ["strit"] }], ['routes[0].strit: unknown preset. Did you mean "strict"?']],
    [
      "a header's name to be quoted",
      [{ path: "/a", layers: [{ custom: { "Set-Cookie": "a=b" } }] }],
      ['routes[0].custom["Set-Cookie"]: "Set-Cookie" cannot be part of a policy. Set it per response, for example with res.cookie().'],
    ],
  ])("are refused: %s", (_, routes, issues) => {
    expect(refusedRoutes(routes)).toEqual(issues);
  });

  it("are refused together with all else that is wrong", () => {
    const routes = [{ path: "/a//b", layers: ["strit"] }, { path: "/b" }];
    expect(refusals({ policy: ["strit"], routes, httpPort: 0 })).toEqual([
      "exportPolicy.httpPort: 0 is not a whole number from 1 to 65535. Write a port, such as 80.",
      'policy.strit: unknown preset. Did you mean "strict"?',
      'routes[0].path: "/a//b" is another way to write "/a/b". Write "/a/b".',
      'routes[0].strit: unknown preset. Did you mean "strict"?',
      `routes[1].layers: undefined is not a list of layers. ${NOT_A_ROUTE}`,
    ]);
  });

  it("say once what the site and each route have", () => {
    const routes = [{ path: "/a", layers: [{ xContentTypeOptions: true as const }] }];
    expect(refusals({ policy: [site, { custom: { Vary: "Accept" } }], routes })).toHaveLength(1);
  });
});

describe("a path that no client can ask for, or that servers read in different ways", () => {
  it.each([
    ["/a//b", '"/a//b" is another way to write "/a/b". Write "/a/b"'],
    ["//", '"//" is another way to write "/". Write "/"'],
    ["/a//*", '"/a//*" is another way to write "/a/*". Write "/a/*"'],
    ["/./x", '"/./x" is another way to write "/x". Write "/x"'],
    ["/a/./*", '"/a/./*" is another way to write "/a/*". Write "/a/*"'],
    ["/x/../y", '"/x/../y" is another way to write "/y". Write "/y"'],
    ["/x/..", '"/x/.." is another way to write "/". Write "/"'],
    ["/x/.", '"/x/." is another way to write "/x/". Write "/x/"'],
    ["/%61dmin", '"/%61dmin" is another way to write "/admin". Write "/admin"'],
    ["/a%2Fb", '"/a%2Fb" has "%2F", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/é", '"/\\u{e9}" has "\\u{e9}", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/a b", '"/a b" has " ", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/é?a", '"/\\u{e9}?a" has a query or a fragment, and routes match the path alone. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/a;b", '"/a;b" has ";", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/a\nb", '"/a\\nb" has "\\n", which servers interpret differently. Write letters, digits, "/" and any of -._~!+,:@='],
    ["/a?b=c", '"/a?b=c" has a query or a fragment, and routes match the path alone. Write "/a"'],
    ["/a#b", '"/a#b" has a query or a fragment, and routes match the path alone. Write "/a"'],
    ["https://a.example/b", '"https://a.example/b" is not a path. Write "/b"'],
    ["embed", '"embed" is not a path. Write "/embed"'],
    ["*", '"*" is not a path. Write "/*"'],
    ["", '"" is not a path. Write "/embed", or "/api/*" for every path below it'],
    ["/api*", '"/api*" has a star that is not at the end after a slash. Write "/api/*" for every path below "/api"'],
    ["/a/*/b", '"/a/*/b" has a star that is not at the end after a slash. Write "/a/*" for every path below "/a"'],
    ["/users/:id", '"/users/:id" has ":id", and routes have no parameters. Write "/users/*" for every path below "/users"'],
  ])("%j is refused", (path, message) => {
    expect(refusedRoutes([{ path, layers: [] }])).toEqual([`routes[0].path: ${message}.`]);
  });

  it.each([
    [7, "7"],
    [null, "null"],
    [undefined, "undefined"],
    [["/a"], "a list"],
    [/a/, "an object"],
  ])("%s is refused", (path, shown) => {
    expect(refusedRoutes([{ path, layers: [] }])).toEqual([
      `routes[0].path: ${shown} is not a path. Write "/embed", or "/api/*" for every path below it.`,
    ]);
  });

  it.each([
    ["/a//b", 'exportPolicy.healthPath: "/a//b" is another way to write "/a/b". Write "/a/b".'],
    ["health", 'exportPolicy.healthPath: "health" is not a path. Write "/health".'],
    ["/health/*", 'exportPolicy.healthPath: "/health/*" is not one path. Write "/health/".'],
    ["/health?a", 'exportPolicy.healthPath: "/health?a" has a query or a fragment, and routes match the path alone. Write "/health".'],
    [7, 'exportPolicy.healthPath: 7 is not a path. Write "/health".'],
  ])("%j is no health path either", (healthPath, issue) => {
    expect(refusals({ policy: site, healthPath })).toEqual([issue]);
  });

  it.each(["/", "/*", "/a", "/a/", "/a/*", "/...", "/.well-known/a", "/a.b+c:d", "/a:id", "/@scope/~me,you!=1"])("%s is one", (path) => {
    expect(exportPolicy("nginx", { policy: site, routes: [{ path, layers: [] }] }).files.length).toBeGreaterThan(0);
  });
});

describe("headers that belong to the single answer", () => {
  it.each([
    ...["Accept-Ranges", "Age", "Allow", "Content-Encoding", "Content-Range", "Content-Type", "Date", "ETag"],
    ...["Last-Modified", "Location", "Vary", "WWW-Authenticate"],
  ])("%s is refused", (name) => {
    const shown = /-/.test(name) ? `custom[${JSON.stringify(name)}]` : `custom.${name}`;
    expect(refusals({ policy: ["none", { custom: { [name]: "x" } }] })).toEqual([
      `${shown}: differs per response, but printed values are static. Remove it: the application or its server sets it.`,
    ]);
  });

  it("are found in any spelling, and on routes", () => {
    const routes = [{ path: "/a", layers: [{ custom: { "content-type": "text/plain" } }] }];
    expect(refusals({ policy: site, routes })).toHaveLength(1);
  });

  it("can be stripped", () => {
    expect(exportPolicy("nginx", { policy: [site, { stripHeaders: ["ETag"] }] }).files[0]?.text).toContain("proxy_hide_header ETag;");
  });
});

describe("addresses", () => {
  it.each([
    "http://a;b{",
    "http://$host:1",
    "http://a`b",
    "http://*.example",
    "http://a\nb",
    " http://a",
    "http://a:0",
    "http://a..b",
    "http://a.example/b",
    "http://user@a.example",
    "ws://a.example",
    "a.example",
    8501,
  ])("%j is no upstream", (upstream) => {
    const shown = typeof upstream === "string" ? JSON.stringify(upstream) : upstream;
    expect(refusals({ policy: site, upstream })).toEqual([
      `exportPolicy.upstream: ${shown} is not an origin. Write "http://127.0.0.1:8501": scheme, host and port, without a path.`,
    ]);
  });

  it.each([
    ["http://[::1]:8501", '"http://[::1]:8501"'],
    ["HTTP://App.Example", '"http://app.example"'],
    ["https://my_app:8443/", '"https://my_app:8443"'],
  ])("%s is one", (upstream, written) => {
    expect(exportPolicy("worker", { policy: site, upstream }).files[0]?.text).toContain(`new Request(${written} + pathname`);
  });

  it.each(["::1", "[::1]", "https://a.example", "a.example:443", "*.a.example", "a_b", ""])("%j is not a host name", (serverName) => {
    expect(refusals({ policy: site, serverName })).toEqual([
      `exportPolicy.serverName: ${JSON.stringify(serverName)} is not a host name. Write "www.example.com": a name or an IPv4 address, without scheme and port.`,
    ]);
  });

  it.each(["a", "a.b", "1.2.3.4", "a-b.example"])("%j is a host name", (serverName) => {
    const { files } = exportPolicy("nginx", { policy: site, upstream: "http://a", serverName });
    expect(files[0]?.text).toContain(`server_name ${serverName};`);
  });

  it("a host name is written in small letters", () => {
    const text = exportPolicy("traefik", { policy: site, serverName: "WWW.Example.COM" }).files[0]?.text;
    expect([text?.includes("www.example.com"), text?.includes("WWW")]).toEqual([true, false]);
  });

  it.each(["$", "`", "{", "}", '"', "'", "\\", "%", "#", ";", "*", "\t", "é"])(
    "a path of a file has no %j, which servers read in other ways",
    (odd) => {
      const refused = refusals({ policy: site, certificate: `/a${odd}b.pem`, certificateKey: `/a${odd}b.key` });
      expect(refused.map((one) => one.replace(/: .* is not/, ": … is not"))).toEqual([
        "exportPolicy.certificate: … is not a plain file path. Write the path of a file with letters, digits, spaces and /._-+@~: only, with slashes on Windows too.",
        "exportPolicy.certificateKey: … is not a plain file path. Write the path of a file with letters, digits, spaces and /._-+@~: only, with slashes on Windows too.",
      ]);
    },
  );

  it.each(["/etc/ssl/certs/www.example.com.pem", "C:/my certs/a_b-c+d@e~f.pem", "certs/a.pem"])("a path of a file is %s", (certificate) => {
    const { files } = exportPolicy("nginx", { policy: site, upstream: "http://a", certificate });
    expect(files[0]?.text).toContain(certificate);
  });

  it.each(["127.1", "0177.0.0.1", "2130706433", "127.0.0.01", "256.0.0.1", "[::1]", "localhost"])(
    "%j is not an address to listen on",
    (one) => {
      expect(refusals({ policy: site, listen: [one] })).toEqual([
        `exportPolicy.listen[0]: "${one}" is not an IP address. Write IP addresses of the server: ["127.0.0.1", "::1"].`,
      ]);
    },
  );

  it.each([[new Array(1)], [["127.0.0.1", undefined]], ["127.0.0.1"], [Promise.resolve([])]])("%j is no list of addresses", (listen) => {
    expect(refusals({ policy: site, listen })).toHaveLength(1);
  });
});

describe("a target that does not match paths as applications read them", () => {
  const KEEP = "Keep the paths around a route as strict as the route.";

  it.each<[TargetName, string]>([
    [
      "vercel",
      `Vercel matches the path as sent: if a function serves /admin for /%61dmin or //admin, that response does not have the headers of /admin. ${KEEP}`,
    ],
    [
      "cloudfront",
      `CloudFront does not merge slashes: if the origin serves /admin for //admin, that response does not have the headers of /admin. ${KEEP}`,
    ],
    ["azure-front-door", `It is not tested whether /%61dmin and //admin have the headers of /admin on Front Door. ${KEEP}`],
    ["azure-static-web-apps", `It is not tested whether /%61dmin and //admin have the headers of /admin on Static Web Apps. ${KEEP}`],
    [
      "cloudflare-transform",
      `Keep "Normalize incoming URLs" of the zone on with the type Cloudflare, which is the default. Without it, /%61dmin and //admin do not have the headers of /admin. ${KEEP}`,
    ],
  ])("says so where there are routes: %s", (target, warning) => {
    const warnings = (path: string) =>
      exportPolicy(target, { policy: site, routes: [{ path, layers: [{ xFrameOptions: "SAMEORIGIN" }] }] }).warnings;
    expect([warnings("/admin").includes(warning), warnings("/*").includes(warning)]).toEqual([true, false]);
  });
});

describe("an option that has no effect", () => {
  const server = { listen: ["127.0.0.1"], readTimeout: 60, healthPath: "/up", certificate: "/a.pem" };

  const warningsOf = (target: TargetName, options: Partial<ExportOptions>) => exportPolicy(target, { policy: site, ...options }).warnings;

  it.each(["vercel", "netlify", "meta", "worker", "cloudfront", "azure-front-door", "cloudflare-headers"] as const)(
    "is a warning where no server is printed: %s",
    (target) => {
      expect(warningsOf(target, server)[0]).toBe(
        `In this target these options have no effect: certificate, healthPath, listen, readTimeout.`,
      );
    },
  );

  it("is a warning where the headers alone are printed", () => {
    expect(warningsOf("caddy", { ...server, serverName: "a.example" })).toEqual([
      "Without upstream only the headers are printed, and these options have no effect: serverName, certificate, healthPath, listen, readTimeout.",
    ]);
  });

  const odd = {
    serverName: "odd.example",
    certificate: "/odd.pem",
    certificateKey: "/odd.key",
    httpsPort: 8_443,
    httpPort: 8_080,
    healthPath: "/odd-health",
    listen: ["127.0.0.7"],
    readTimeout: 77,
  };
  const routes = [{ path: "/api/*", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];

  it.each(targetNames.flatMap((target) => Object.entries(odd).map(([option, value]) => [target, option, value] as const)))(
    "is the only one that is told of, without upstream: %s, %s",
    (target, option, value) => {
      const plain = exportPolicy(target, { policy: site, routes });
      const { files, warnings } = exportPolicy(target, { policy: site, routes, [option]: value });
      const told = warnings.some((text) => text.endsWith(` these options have no effect: ${option}.`));
      expect(told).toBe(isDeepStrictEqual(files, plain.files));
    },
  );

  it("is none of a complete server", () => {
    expect(warningsOf("nginx", { ...server, readTimeout: 7_200, upstream: "http://127.0.0.1:8501" })).toEqual([]);
    expect(warningsOf("docker-compose", { healthPath: "/up", serverName: "a.example" })).toEqual([]);
  });

  it("is none where the target uses it", () => {
    expect(warningsOf("traefik", { serverName: "a.example", upstream: "http://app:1" }).join()).not.toContain("change nothing");
    expect(warningsOf("cloudfront", { serverName: "a.example", upstream: "http://app.example" })).toEqual([]);
  });
});
