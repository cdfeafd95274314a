import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, ROUTES, sentByExpress } from "./hcl.js";

interface Config {
  readonly globalHeaders: Readonly<Record<string, string>>;
  readonly routes?: readonly { readonly route: string; readonly headers: Readonly<Record<string, string>> }[];
}

function fits(route: string, path: string): boolean {
  return route.endsWith("*") ? path.startsWith(route.slice(0, -1)) : path === route;
}

/** Of the routes the first that fits counts, its headers lie on the global ones, and an empty value removes. */
function sentAt({ globalHeaders, routes = [] }: Config, path: string, careless = {}): Record<string, string> {
  const sent = new Map<string, string>(Object.entries(careless));
  const route = routes.find((one) => fits(one.route, path));
  for (const [name, value] of Object.entries({ ...globalHeaders, ...route?.headers })) {
    if (value === "") sent.delete(name);
    else sent.set(name, value);
  }
  return Object.fromEntries(sent);
}

const configOf = (options: Parameters<typeof filesOf>[1]): Config =>
  JSON.parse(filesOf("azure-static-web-apps", options)["staticwebapp.config.json"] as string);

describe("staticwebapp.config.json", () => {
  it.each(CASES)("says what Express sends: %s", (_, policy, routes) => {
    const config = configOf({ policy, routes });
    for (const path of PATHS) expect([path, sentAt(config, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it("removes what is stripped, and what a route switches off, whoever sets it", () => {
    const config = configOf({ policy: ["strict"], routes: ROUTES });
    const careless = { "X-Powered-By": "carelessness", "X-Frame-Options": "ALLOWALL" };
    const left = (path: string) => Object.keys(careless).map((name) => sentAt(config, path, careless)[name]);
    expect([left("/"), left("/embed")]).toEqual([
      [undefined, "DENY"],
      [undefined, undefined],
    ]);
  });

  it("has what differs for a route alone, the narrowest first", () => {
    const policy = ["none", { xFrameOptions: "DENY", referrerPolicy: "origin", stripHeaders: ["X-Powered-By"] }] as const;
    const routes = [
      { path: "/api/*", layers: [{ xFrameOptions: false as const }] },
      { path: "/api/deep", layers: [{ referrerPolicy: "no-referrer" as const }] },
    ];
    expect(configOf({ policy, routes })).toEqual({
      routes: [
        { route: "/api/deep", headers: { "X-Frame-Options": "", "Referrer-Policy": "no-referrer" } },
        { route: "/api/*", headers: { "X-Frame-Options": "" } },
      ],
      globalHeaders: { "X-Powered-By": "", "Referrer-Policy": "origin", "X-Frame-Options": "DENY" },
    });
  });

  it("stops a broader route where a narrower one is as the site", () => {
    const routes = [
      { path: "/api/*", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
      { path: "/api/deep", layers: [{ xFrameOptions: "DENY" as const }] },
    ];
    const config = configOf({ policy: ["none", { xFrameOptions: "DENY" }], routes });
    expect(["/", "/api/x", "/api/deep"].map((path) => sentAt(config, path)["X-Frame-Options"])).toEqual(["DENY", "SAMEORIGIN", "DENY"]);
  });

  it("tells what Static Web Apps do otherwise", () => {
    const routes = [{ path: "/bare", layers: ["none" as const, { stripHeaders: false as const }] }];
    expect(exportPolicy("azure-static-web-apps", { policy: ["strict"], routes, upstream: "http://app:1" }).warnings).toEqual([
      "The upstream is not printed: Static Web Apps have their own backends.",
      "It is not tested whether /%61dmin and //admin have the headers of /admin on Static Web Apps. Keep the paths around a route as strict as the route.",
      "Static Web Apps cannot restore headers that the site removes. Removed for /bare too: X-Powered-By.",
      "Static Web Apps do not change responses of functions under /api: these must set their own headers.",
    ]);
  });

  it("is no file where there is nothing to say", () => {
    expect(exportPolicy("azure-static-web-apps", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });

  it("is refused where it is too large", () => {
    const patch = { custom: { "X-A": "b".repeat(20_000) }, maxBytes: 20_000 };
    expect(issuesOf(() => exportPolicy("azure-static-web-apps", { policy: ["none", patch] }))).toEqual([
      "staticwebapp.config.json: has 20043 bytes, and the maximum of the target is 20000. Shorten the lists of sources, or print fewer routes.",
    ]);
  });

  it("has a route for each of the routes", () => {
    expect(configOf({ policy: ["strict"], routes: ROUTES }).routes?.map(({ route }) => route)).toEqual([
      "/api/deep/a.b+c@d",
      "/api/deep/*",
      "/embed",
      "/api/*",
    ]);
  });
});
