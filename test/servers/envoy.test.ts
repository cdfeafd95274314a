import { execFileSync } from "node:child_process";
import type http from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ExportOptions } from "../../src/export/index.js";
import { exportPolicy } from "../../src/export/index.js";
import { ask, serve, serveSecurely } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { skipWithout } from "../peers.js";
import { describeNeeds } from "./needs.js";
import { AWKWARD_TEXT, describeServer, exported, folderWith, freePort, INCLUDED, seen, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

const envoy = wheelPeer("envoy");

async function run(text: string, port: number): Promise<void> {
  const config = join(folderWith({ "envoy.yaml": text }), "envoy.yaml");
  const args = ["-c", config, "--concurrency", "1", "--disable-hot-restart", "-l", "error"];
  execFileSync(wheelProgram("envoy"), [...args, "--mode", "validate"], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, wheelProgram("envoy"), ...args);
}

const launch = (files: Readonly<Record<string, string>>, port: number) => run(files["portcullis-envoy.yaml"] as string, port);

describeServer("envoy", envoy, launch, { lowerCase: true, down: 503, hungUp: 503 });

// It writes the address of the machine where the client is the machine itself.
describeNeeds("envoy", envoy, launch, { pathAsSent: false, ownTimer: false, client: /^[\d.]+$/ });

const DENIED = ["none", { xFrameOptions: "DENY" }] as const;

describe.skipIf(skipWithout("Envoy's own ways", [envoy]))("the configuration for Envoy", () => {
  const siteWith = async (options: ExportOptions) => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    await launch(exported("envoy", { ...options, httpsPort, httpPort }), httpsPort);
    return async (path: string) => {
      const { status, headers } = await ask(httpsPort, path, { headers: { Host: "localhost" }, secure: true });
      return { status, headers };
    };
  };
  const upstream = async (listener: http.RequestListener = (_req, res) => void res.end("x")) => `http://127.0.0.1:${await serve(listener)}`;

  it("refuses an encoded slash beside dots, with the policy: one application would find another page there than the next", async () => {
    const at = await siteWith({ policy: DENIED, routes: [{ path: "/admin/*", layers: ["none"] }], upstream: await upstream() });
    for (const path of ["/x%2F..%2Fadmin/", "/admin/..%2Fx", "/admin%2f%2e%2e/x"]) {
      expect(await at(path)).toMatchObject({ status: 400, headers: { "x-frame-options": "DENY" } });
    }
    expect((await at("/a..b%2Fc")).status).toBe(200);
  });

  it.each(["/%2fadmin/x", "/.%2Fadmin/x", "/%2e%2fadmin/x", "/x%2f%2Fadmin", "/x%2f/y", "/x%2F./y", "/x%2f.", "/x%2f.."])(
    "refuses an encoded slash beside another slash or dots, with the policy: %s",
    async (path) => {
      const at = await siteWith({ policy: DENIED, routes: [{ path: "/admin/*", layers: ["none"] }], upstream: await upstream() });
      expect(await at(path)).toMatchObject({ status: 400, headers: { "x-frame-options": "DENY" } });
    },
  );

  it.each(["/", "//", "/group%2Fname", "/x/.a%2Fb", "/x%2F...", "/x%2f", "/a?b=/%2f"])("takes other paths: %s", async (path) => {
    const at = await siteWith({ policy: DENIED, routes: [{ path: "/admin/*", layers: ["none"] }], upstream: await upstream() });
    expect((await at(path)).status).toBe(200);
  });

  it("finds a route by its path with characters that are written as codes", async () => {
    const routes = [{ path: "/a.b@c,d:e=f!g+h~i", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];
    const at = await siteWith({ policy: DENIED, routes, upstream: await upstream() });
    expect((await at("/a%2eb%40c%2Cd%3ae%3Df%21g%2bh%7ei")).headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect((await at("/aXb@c,d:e=f!g+h~i")).headers["x-frame-options"]).toBe("DENY");
  });

  it.each(["//", "/", "///"])("finds the route for the root alone: %s", async (path) => {
    const routes = [{ path: "/", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];
    const at = await siteWith({ policy: DENIED, routes, upstream: await upstream() });
    expect((await at(path)).headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect((await at("/x")).headers["x-frame-options"]).toBe("DENY");
  });

  it("accepts a route whose expression is longer than Envoy's default limit", async () => {
    const long = `/${"long/".repeat(60)}`;
    const routes = [{ path: `${long}*`, layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];
    const at = await siteWith({ policy: DENIED, routes, upstream: await upstream() });
    expect((await at(`${long}x`)).headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  it("says what a virtual host with such a route needs", () => {
    const text = (path: string) => exported("envoy", { policy: DENIED, routes: [{ path, layers: ["none"] }] })["portcullis-envoy.yaml"];
    expect(text(`/${"a".repeat(90)}/*`)).toContain("#         static_layer: { re2.max_program_size.error_level: 109 }\n");
    expect(text("/a/*")).not.toContain("re2");
  });

  it("replaces all lines of a header that the application sends twice", async () => {
    const twice = (_req: http.IncomingMessage, res: http.ServerResponse) => {
      res.writeHead(200, [
        ["X-Frame-Options", "ALLOWALL"],
        ["x-frame-options", "SAMEORIGIN"],
      ]);
      res.end();
    };
    expect((await (await siteWith({ policy: DENIED, upstream: await upstream(twice) }))("/")).headers["x-frame-options"]).toBe("DENY");
  });

  it("sends the Server header of the application, or none, and never its own", async () => {
    const named = await upstream((_req, res) => void res.setHeader("Server", "mine").end());
    const answer = await (await siteWith({ policy: ["none"], upstream: named }))("/");
    expect(Object.keys(answer.headers).sort()).toEqual(["connection", "content-length", "date", "server"]);
    expect(answer.headers["server"]).toBe("mine");
    const stripped = await siteWith({ policy: ["none", { stripHeaders: ["Server"] }], upstream: named });
    expect((await stripped("/")).headers["server"]).toBeUndefined();
    expect((await stripped("/health")).headers["server"]).toBeUndefined();
  });

  it("refuses an application's certificate without a trusted issuer", async () => {
    const port = await serveSecurely((_req, res) => void res.end("x"));
    const at = await siteWith({ policy: DENIED, upstream: `https://localhost:${port}` });
    expect(await at("/")).toMatchObject({ status: 503, headers: { "x-frame-options": "DENY" } });
  });

  it("reaches an application by its name", async () => {
    const { port } = new URL(await upstream());
    expect((await (await siteWith({ policy: DENIED, upstream: `http://localhost:${port}` }))("/")).status).toBe(200);
  });

  it("is a virtual host for a server of one's own, without an upstream", async () => {
    const port = await freePort();
    const host = exported("envoy", INCLUDED)["portcullis-envoy.yaml"] as string;
    await run(ownServer(port, host, new URL(await upstream())), port);
    expect(await seen(port, "/")).toEqual({ status: 200, lines: [`x-awkward: ${AWKWARD_TEXT}`, "x-frame-options: DENY"] });
    expect(await seen(port, "//%65mbed")).toEqual({ status: 200, lines: ["referrer-policy: origin", `x-awkward: ${AWKWARD_TEXT}`] });
  });
});

const serverOf = async (port: number) => {
  const { headers } = await ask(port, "/", { headers: { Host: "localhost" } });
  return headers["server"];
};

describe.skipIf(skipWithout("Envoy's Server header", [envoy]))("a virtual host that names Server", () => {
  it.each([
    ["removes it", { stripHeaders: ["Server"] }, undefined],
    ["sets it", { custom: { Server: "mine" } }, "mine"],
  ] as const)("%s where the connection manager has the line that the file asks for", async (_, layer, expected) => {
    const port = await freePort();
    const host = exported("envoy", { policy: ["none", layer] })["portcullis-envoy.yaml"] as string;
    const [asked = ""] = /server_header_transformation: \w+/.exec(host) ?? [];
    const application = new URL(`http://127.0.0.1:${await serve((_req, res) => void res.setHeader("Server", "app").end())}`);
    await run(
      ownServer(port, host, application).replace("merge_slashes: true\n", (line) => `${line}                ${asked}\n`),
      port,
    );
    expect(await serverOf(port)).toBe(expected);
  });
});

const ownServer = (port: number, host: string, { port: upstream }: URL) => `static_resources:
  listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: own
                normalize_path: true
                merge_slashes: true
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router, suppress_envoy_headers: true }
                route_config:
                  virtual_hosts:
${host.replace(/^(?=.)/gm, "                    ")}
  clusters:
    - name: app
      load_assignment:
        cluster_name: app
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${upstream} } } } }] }]
`;

describe("what is printed for Envoy", () => {
  const text = (options: Partial<ExportOptions>) => exportPolicy("envoy", { policy: DENIED, ...options }).files[0]?.text ?? "";

  it("is a virtual host, the narrowest route first, each with the whole set of its headers", () => {
    const routes = [{ path: "/embed", layers: [{ xFrameOptions: false as const, referrerPolicy: "origin" as const }] }];
    expect(text({ routes })).toBe(FRAGMENT);
  });

  it("says what Envoy's own Server header needs, where the policy has one or removes it", () => {
    const warning = 'Envoy sends "server: envoy" unless your connection manager has server_header_transformation: PASS_THROUGH.';
    for (const layer of [{ stripHeaders: ["Server"] }, { custom: { Server: "mine" } }]) {
      expect(exportPolicy("envoy", { policy: ["none", layer] }).warnings).toContain(warning);
      expect(exportPolicy("envoy", { policy: ["none", layer], upstream: "http://127.0.0.1:1" }).warnings).not.toContain(warning);
    }
    expect(exportPolicy("envoy", { policy: DENIED }).warnings).not.toContain(warning);
  });

  it("waits for an hour by default, and closes WebSockets that are idle for longer than a response may be", () => {
    const upstream = "http://127.0.0.1:1";
    expect(text({ upstream })).toContain('idle_timeout: "3600s"');
    expect(text({ upstream, readTimeout: 60 })).toContain('idle_timeout: "60s"');
    expect(exportPolicy("envoy", { policy: DENIED, upstream, readTimeout: 60 }).warnings).toContain(
      "Envoy has one timer for responses and WebSockets: WebSockets that are idle for 60 s are closed too.",
    );
  });

  it("takes values of 16,384 bytes, a percent sign counted twice", () => {
    const withValue = (value: string) => () => exportPolicy("envoy", { policy: ["none", { custom: { "X-A": value } }] });
    expect(withValue("a".repeat(16_384))().files).toHaveLength(1);
    expect(issuesOf(withValue("%".repeat(8_193)))).toEqual([
      '"X-A": has 16386 characters for the site with each % doubled, and the maximum of the target is 16384. Shorten the value.',
    ]);
  });
});

const FRAGMENT = `# For virtual_hosts of a route_config. Its HTTP connection manager needs these lines, so that "//admin/" and "/%61dmin/" get the headers of /admin/:
#   normalize_path: true
#   merge_slashes: true
- name: "portcullis"
  domains:
    - "example.com"
    - "example.com:*"
  routes:
    - match:
        safe_regex:
          regex: ".*(?:(?:/|%2[Ff])[.]{0,2}%2[Ff]|%2[Ff](?:[.]{0,2}/|[.]{1,2}$)).*"
      direct_response:
        status: 400
      response_headers_to_add:
        - header:
            key: "X-Frame-Options"
            value: "DENY"
          append_action: "OVERWRITE_IF_EXISTS_OR_ADD"
    - match:
        path: "/embed"
      route:
        cluster: "app"
        timeout: "0s"
        idle_timeout: "3600s"
      response_headers_to_add:
        - header:
            key: "Referrer-Policy"
            value: "origin"
          append_action: "OVERWRITE_IF_EXISTS_OR_ADD"
      response_headers_to_remove:
        - "X-Frame-Options"
    - match:
        prefix: "/"
      route:
        cluster: "app"
        timeout: "0s"
        idle_timeout: "3600s"
      response_headers_to_add:
        - header:
            key: "X-Frame-Options"
            value: "DENY"
          append_action: "OVERWRITE_IF_EXISTS_OR_ADD"
`;
