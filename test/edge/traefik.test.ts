import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exportPolicy } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, ROUTES, sentByExpress } from "./hcl.js";

interface Router {
  readonly rule: string;
  readonly priority?: number;
  readonly middlewares?: readonly string[];
}

interface Http {
  readonly routers: Readonly<Record<string, Router>>;
  readonly middlewares: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type Options = Parameters<typeof filesOf>[1];

/** The file provider runs Go's templates over a file, which have only `{{` for themselves. */
function fromFile(options: Options): Http {
  const text = filesOf("traefik", options)["portcullis-traefik.yaml"] as string;
  expect(text).not.toContain("{{");
  const { routers, middlewares = {} } = parse(text).http;
  const named = Object.entries<{ headers: { customResponseHeaders: Record<string, string> } }>(middlewares);
  return { routers, middlewares: Object.fromEntries(named.map(([name, { headers }]) => [name, headers.customResponseHeaders])) };
}

/** Compose replaces `$$`, and would a variable. */
function labelsOf(options: Options): readonly string[] {
  const { services } = parse(filesOf("traefik", options)["docker-compose.portcullis.yaml"] as string);
  return services.app.labels.map((label: string) => {
    expect(label.replaceAll("$$", "")).not.toContain("$");
    return label.replaceAll("$$", "$");
  });
}

function fromLabels(options: Options): Http {
  const routers: Record<string, Router> = {};
  const middlewares: Record<string, Record<string, string>> = {};
  for (const label of labelsOf(options)) {
    const [, path = "", value = ""] = /^([^=]*)=(.*)$/s.exec(label) ?? [];
    const [, , kind, name = "", field = "", , header] = path.split(".");
    if (kind === "routers") {
      const one = { rule: value, priority: Number(value), middlewares: [value] };
      if (Object.hasOwn(one, field)) routers[name] = { ...(routers[name] as Router), [field]: one[field as keyof Router] };
    } else if (kind === "middlewares") {
      expect(path).toBe(`traefik.http.middlewares.${name}.headers.customresponseheaders.${header}`);
      middlewares[name] = { ...middlewares[name], [header as string]: value };
    }
  }
  return { routers, middlewares };
}

function fits(rule: string, path: string): boolean {
  return rule.split(" && ").every((matcher) => {
    const [, name, value = ""] = /^(\w+)\(`([^`]*)`\)$/.exec(matcher) ?? [];
    if (name === "Path") return path === value;
    return name === "PathPrefix" ? path.startsWith(value) : matcher === "Host(`example.com`)";
  });
}

/** Of the routers that fit the one with the highest priority counts, by itself the length of its rule; an empty value removes. */
function sentAt({ routers, middlewares }: Http, path: string, careless = {}): Record<string, string> {
  const fitting = Object.values(routers).filter(({ rule }) => fits(rule, path));
  const priorities = fitting.map(({ rule, priority = rule.length }) => priority);
  const highest = fitting.filter((_, index) => priorities[index] === Math.max(...priorities));
  expect(highest).toHaveLength(1);
  const sent = new Map<string, string>(Object.entries(careless));
  const headers = (highest[0]?.middlewares ?? []).map((name) => middlewares[name] as Readonly<Record<string, string>>);
  for (const [name, value] of headers.flatMap((one) => Object.entries(one))) {
    if (value === "") sent.delete(name);
    else sent.set(name, value);
  }
  return Object.fromEntries(sent);
}

describe.each([
  ["the file", fromFile],
  ["the labels", fromLabels],
])("%s for Traefik", (_, read) => {
  it.each(CASES)("say what Express sends: %s", (__, policy, routes) => {
    const http = read({ policy, routes });
    for (const path of PATHS) expect([path, sentAt(http, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it("keep braces, which are templates to the file provider", () => {
    expect(sentAt(read({ policy: ["none", { custom: { "X-A": '{{ env "A" }} {{{ $$ a' } }] }), "/")).toEqual({
      "X-A": '{{ env "A" }} {{{ $$ a',
    });
  });

  it("remove what is stripped, and what a route switches off", () => {
    const http = read({ policy: ["strict"], routes: ROUTES });
    const careless = { "X-Powered-By": "carelessness", "X-Frame-Options": "ALLOWALL" };
    const left = (path: string) => Object.keys(careless).map((name) => sentAt(http, path, careless)[name]);
    expect([left("/"), left("/embed")]).toEqual([
      [undefined, "DENY"],
      [undefined, undefined],
    ]);
  });

  it("tell an exact path from all below it", () => {
    const routes = [
      { path: "/a/*", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
      { path: "/a/", layers: [{ xFrameOptions: false as const }] },
    ];
    const http = read({ policy: ["none", { xFrameOptions: "DENY" }], routes });
    expect(["/a", "/a/", "/a/b"].map((path) => sentAt(http, path)["X-Frame-Options"])).toEqual(["DENY", undefined, "SAMEORIGIN"]);
  });
});

const POLICY = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }] as const;

it("the file has routers for HTTPS, and the upstream as its service", () => {
  expect(parse(filesOf("traefik", { policy: POLICY, upstream: "http://10.0.0.2:8501" })["portcullis-traefik.yaml"] as string)).toEqual({
    http: {
      routers: {
        "portcullis-site": {
          rule: "Host(`example.com`)",
          entryPoints: ["websecure"],
          middlewares: ["portcullis-site"],
          service: "app",
          tls: {},
        },
      },
      middlewares: { "portcullis-site": { headers: { customResponseHeaders: { "X-Powered-By": "", "X-Frame-Options": "DENY" } } } },
      services: { app: { loadBalancer: { servers: [{ url: "http://10.0.0.2:8501" }] } } },
    },
  });
});

it("the labels say the same of a container", () => {
  const routes = [{ path: "/a", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];
  expect(labelsOf({ policy: ["none", { xFrameOptions: "DENY" }], routes, upstream: "http://app:8501" })).toEqual([
    "traefik.enable=true",
    "traefik.http.services.app.loadbalancer.server.port=8501",
    "traefik.http.routers.portcullis-site.rule=Host(`example.com`)",
    "traefik.http.routers.portcullis-site.entrypoints=websecure",
    "traefik.http.routers.portcullis-site.tls=true",
    "traefik.http.routers.portcullis-site.service=app",
    "traefik.http.routers.portcullis-site.middlewares=portcullis-site",
    "traefik.http.middlewares.portcullis-site.headers.customresponseheaders.X-Frame-Options=DENY",
    "traefik.http.routers.portcullis-a.rule=Host(`example.com`) && Path(`/a`)",
    "traefik.http.routers.portcullis-a.priority=40",
    "traefik.http.routers.portcullis-a.entrypoints=websecure",
    "traefik.http.routers.portcullis-a.tls=true",
    "traefik.http.routers.portcullis-a.service=app",
    "traefik.http.routers.portcullis-a.middlewares=portcullis-a",
    "traefik.http.middlewares.portcullis-a.headers.customresponseheaders.X-Frame-Options=SAMEORIGIN",
  ]);
});

it("Traefik is known to write some names in its own way", () => {
  expect(exportPolicy("traefik", { policy: ["streamlit"] }).warnings).toEqual([
    "Traefik sends X-XSS-Protection as X-Xss-Protection. Header names are case-insensitive.",
    'Replace "app" with the name of your service.',
  ]);
});

it("a name with a dot is refused, because labels have dots of their own", () => {
  expect(issuesOf(() => exportPolicy("traefik", { policy: ["none", { custom: { "X.A": "1" } }] }))).toEqual([
    "X.A: is a name that Traefik labels cannot have. Write it without dots.",
  ]);
});
