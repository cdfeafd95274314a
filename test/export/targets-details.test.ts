import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";

const policy = ["none", { xFrameOptions: "DENY" }] as const;
const warningsOf = (target: TargetName, options: Partial<ExportOptions>) => exportPolicy(target, { policy, ...options }).warnings;
const fileOf = (target: TargetName, options: Partial<ExportOptions>, path: string) =>
  exportPolicy(target, { policy, ...options }).files.find((file) => file.path === path)?.text ?? "";

describe("Envoy", () => {
  const clusterOf = (upstream: string) => {
    const { static_resources: all } = parse(fileOf("envoy", { upstream }, "portcullis-envoy.yaml"));
    const [{ type, load_assignment: assignment }] = all.clusters;
    return [type, assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address];
  };

  it.each([
    ["http://127.0.0.1:1", "STATIC", "127.0.0.1"],
    ["http://[::1]:1", "STATIC", "::1"],
    ["http://app:1", "STRICT_DNS", "app"],
  ])("looks up names, and no addresses: %s", (upstream, type, address) => {
    expect(clusterOf(upstream)).toEqual([type, address]);
  });
});

describe("Traefik", () => {
  it("does not say that readTimeout changes nothing", () => {
    expect(warningsOf("traefik", { upstream: "http://x:1", readTimeout: 60 })).toEqual([]);
  });

  it("says that addresses to listen on are not printed", () => {
    expect(warningsOf("traefik", { upstream: "http://app:1", listen: ["127.0.0.1"] })).toContain(
      "The addresses are not printed: Traefik listens on the entry points of its static configuration.",
    );
  });

  it("prints no addresses without --listen", () => {
    expect(warningsOf("traefik", { upstream: "http://app:1" })).toEqual([]);
  });

  it("waits for an answer as long as readTimeout says", () => {
    const text = fileOf("traefik", { upstream: "http://x:1", readTimeout: 60 }, "portcullis-traefik.yaml");
    expect(parse(text).http.serversTransports).toEqual({ portcullis: { forwardingTimeouts: { responseHeaderTimeout: "60s" } } });
  });
});

describe("Next.js", () => {
  it("prints no rule of the site where a route has all paths", async () => {
    const routes = [{ path: "/*", layers: ["none", { referrerPolicy: "origin" }] }] as const;
    const text = fileOf("next-config", { routes }, "portcullis-headers.mjs");
    const { default: rules } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    expect(rules).toEqual([{ source: "/(.*)", headers: [{ key: "Referrer-Policy", value: "origin" }] }]);
  });
});

describe("ingress-nginx", () => {
  const pathsOf = (length: number) =>
    exportPolicy("ingress-nginx", { policy: ["none", { custom: { "X-Long": "x".repeat(length) } }] }).files.map(({ path }) => path);

  it("makes a constant of a value that is too long for a parameter of nginx", () => {
    expect(pathsOf(4_050)).toEqual(["portcullis-configmap.yaml", "portcullis-ingress.yaml"]);
  });

  it("makes no constant of a value that fits", () => {
    expect(pathsOf(3_900)).toEqual(["portcullis-ingress.yaml"]);
  });
});

describe("readTimeout", () => {
  it("is refused where it is longer than a day", () => {
    expect(issuesOf(() => exportPolicy("nginx", { policy, readTimeout: 86_401 }))).toEqual([
      "exportPolicy.readTimeout: 86401 is not a whole number from 1 to 86400. Write seconds, from 1 to 86400.",
    ]);
  });

  it("may be a day", () => {
    expect(fileOf("nginx", { upstream: "http://127.0.0.1:1", readTimeout: 86_400 }, "portcullis.conf")).toContain(
      "proxy_read_timeout 86400s;\n",
    );
  });
});
