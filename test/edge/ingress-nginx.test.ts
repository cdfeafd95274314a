import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { exportPolicy } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { makePolicy } from "../../src/policy/policy.js";
import { CASES, filesOf, PATHS, ROUTES, sentByExpress } from "./hcl.js";

interface Ingress {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly rules: readonly [{ readonly http: { readonly paths: readonly { readonly path: string; readonly pathType: string }[] } }];
  };
}

const SNIPPET = "nginx.ingress.kubernetes.io/configuration-snippet";

/** Directives as nginx reads them: a name, and parameters in double quotes with a backslash before a quote or a backslash. */
function directivesOf(text: string): readonly (readonly string[])[] {
  const words = [...text.matchAll(/\s*(?:([;{}])|"((?:[^"\\]|\\.)*)"|([^\s;{}"]+))/gy)];
  expect(words.map(([word]) => word).join("")).toBe(text.trimEnd());
  const directives: string[][] = [[]];
  for (const [, mark, quoted, plain] of words) {
    if (quoted !== undefined) expect(quoted.length).toBeLessThan(4_090);
    if (mark !== undefined) directives.push([]);
    else directives.at(-1)?.push(plain ?? (quoted as string).replace(/\\(["\\])/g, "$1"));
  }
  return directives.filter(({ length }) => length > 0);
}

function read(options: Parameters<typeof filesOf>[1]) {
  const files = filesOf("ingress-nginx", options);
  const ingresses = parseAllDocuments(files["portcullis-ingress.yaml"] as string).map((one) => one.toJS() as Ingress);
  const configMap = files["portcullis-configmap.yaml"];
  const snippet: string = configMap === undefined ? "" : parse(configMap).data["http-snippet"];
  // geo $name { default "text"; }
  const constants = new Map<string, string>();
  let name = "";
  for (const [directive, value] of directivesOf(snippet)) {
    if (directive === "geo") name = (value as string).slice(1);
    else if (directive === "default") constants.set(name, value as string);
  }
  return { ingresses, constants };
}

/** nginx takes an exact location first, then the longest prefix. */
function ingressAt(ingresses: readonly Ingress[], path: string): Ingress | undefined {
  const located = ingresses.flatMap((ingress) => ingress.spec.rules[0].http.paths.map((one) => ({ ingress, ...one })));
  const exact = located.find((one) => one.pathType === "Exact" && one.path === path);
  const prefixes = located.filter((one) => one.pathType !== "Exact" && path.startsWith(one.path));
  return (exact ?? prefixes.sort((one, other) => other.path.length - one.path.length)[0])?.ingress;
}

/** In a parameter a dollar sign always begins a variable. */
function expanded(text: string, constants: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\{(\w+)\})?/g, (_, name) => {
    expect(constants.has(name)).toBe(true);
    return constants.get(name) as string;
  });
}

function sentAt({ ingresses, constants }: ReturnType<typeof read>, path: string, careless = {}): Record<string, string> {
  const sent = new Map<string, string>(Object.entries(careless));
  for (const [directive, parameter = ""] of directivesOf(ingressAt(ingresses, path)?.metadata.annotations[SNIPPET] ?? "")) {
    if (directive === "more_clear_headers") sent.delete(parameter);
    else {
      expect(directive).toBe("more_set_headers");
      const [, name = "", value = ""] = /^([^:]+): (.*)$/.exec(parameter) ?? [];
      sent.set(name, expanded(value, constants));
    }
  }
  return Object.fromEntries(sent);
}

describe("an Ingress for each path", () => {
  it.each(CASES)("says what Express sends: %s", (_, policy, routes) => {
    const printed = read({ policy, routes });
    for (const path of PATHS) expect([path, sentAt(printed, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it("has a path of its own for /api beside /api/, which the controller would redirect there, with the headers of the place around it", () => {
    const routes = ["/api/*", "/api/v1/*", "/b/*", "/b"].map((path) => ({ path, layers: [{ custom: { "X-Place": path } }] }));
    const printed = read({ policy: ["none", { custom: { "X-Place": "site" } }], routes });
    const paths = printed.ingresses.map(({ metadata, spec }) => [
      metadata.name,
      spec.rules[0].http.paths.map(({ path, pathType }) => `${pathType} ${path}`),
    ]);
    expect(Object.fromEntries(paths)).toEqual({
      "portcullis-site": ["Prefix /", "Exact /api"],
      "portcullis-api-all": ["ImplementationSpecific /api/", "Exact /api/v1"],
      "portcullis-api-v1-all": ["ImplementationSpecific /api/v1/"],
      "portcullis-b-all": ["ImplementationSpecific /b/"],
      "portcullis-b": ["Exact /b"],
    });
  });

  it("puts a long value together from constants of the http block", () => {
    const patch = { custom: { "X-A": `a${"b".repeat(6_000)}c` } };
    const printed = read({ policy: ["none", patch] });
    expect([...printed.constants.values()].map(({ length }) => length)).toEqual([2_000, 2_000, 2]);
    expect(sentAt(printed, "/")).toEqual({ ...renderHeaders(makePolicy(["none", patch])) });
  });

  it("removes what is stripped, and what a route switches off", () => {
    const printed = read({ policy: ["strict"], routes: ROUTES });
    const careless = { "X-Powered-By": "carelessness", "X-Frame-Options": "ALLOWALL" };
    const left = (path: string) => Object.keys(careless).map((name) => sentAt(printed, path, careless)[name]);
    expect([left("/"), left("/embed")]).toEqual([
      [undefined, "DENY"],
      [undefined, undefined],
    ]);
  });

  it("stands before the Service of the upstream, with TLS", () => {
    const policy = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }] as const;
    expect(read({ policy, upstream: "https://shop", serverName: "Shop.example" }).ingresses).toEqual([
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          name: "portcullis-site",
          annotations: {
            "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
            [SNIPPET]: 'more_clear_headers "X-Powered-By";\nmore_set_headers "X-Frame-Options: DENY";\n',
          },
        },
        spec: {
          ingressClassName: "nginx",
          tls: [{ hosts: ["shop.example"], secretName: "shop-example-tls" }],
          rules: [
            {
              host: "shop.example",
              http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { number: 443 } } } }] },
            },
          ],
        },
      },
    ]);
  });

  it("has a name of its own for each route, in lower case", () => {
    const routes = ["/A", "/a", "/a/*"].map((path) => ({ path, layers: [] }));
    expect(read({ policy: ["strict"], routes }).ingresses.map(({ metadata }) => metadata.name)).toEqual([
      "portcullis-site",
      "portcullis-a",
      "portcullis-a-2",
      "portcullis-a-all",
    ]);
  });

  it("tells what the controller has to allow", () => {
    const policy = ["none", { custom: { "X-A": "$host" } }] as const;
    const routes = [
      { path: "/a+b", layers: [] },
      { path: "/c.d", layers: [] },
      { path: "/e+f/*", layers: [] },
    ];
    expect(exportPolicy("ingress-nginx", { policy, routes, upstream: "http://shop" }).warnings).toEqual([
      'The controller must allow snippets: allow-snippet-annotations: "true", annotations-risk-level: "Critical".',
      `An annotation-value-word-blocklist must not contain words of the values. "'" and "location" are often in it.`,
      'The controller sends its own Strict-Transport-Security unless its ConfigMap has hsts: "false".',
      'The controller accepts these paths only with strict-validate-path-type: "false": /e+f, /a+b.',
      "Merge portcullis-configmap.yaml into the ConfigMap of the controller first: the snippets need its constants.",
    ]);
  });
});
