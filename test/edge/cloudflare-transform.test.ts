import { describe, expect, it } from "vitest";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";
import { CARELESS, CASES, filesOf, PATHS, readTerraform, sealedAt } from "./hcl.js";

interface Rule {
  readonly ref: string;
  readonly expression: string;
  readonly action: string;
  readonly action_parameters: {
    readonly headers: Readonly<Record<string, { readonly operation: "set" | "remove"; readonly value?: string }>>;
  };
}

async function rulesetOf(options: ExportOptions): Promise<{ readonly rules: readonly Rule[] }> {
  const { resource } = await readTerraform(filesOf("cloudflare-transform", options)["portcullis.tf"] as string);
  return (resource as unknown as { cloudflare_ruleset: { portcullis: [{ rules: readonly Rule[] }] } }).cloudflare_ruleset.portcullis[0];
}

/** Works an expression of the rules language out, as far as these have it. */
function holds(expression: string, path: string): boolean {
  const tests = expression.replace(
    /starts_with\(http\.request\.uri\.path, "([^"]*)"\)|http\.request\.uri\.path eq "([^"]*)"/g,
    (_, start, whole) => String(start === undefined ? path === whole : path.startsWith(start)),
  );
  const [meant, others] = /^(?:(true|false)(?: and |$))?(?:not \(((?:true|false)(?: or (?:true|false))*)\))?$/.exec(tests)?.slice(1) ?? [
    "no",
  ];
  if (meant === "no") throw new Error(`not understood: ${expression}`);
  return meant !== "false" && !(others ?? "").includes("true");
}

/** All rules that hold are applied in order, to what the origin has sent. */
function applied(rules: readonly Rule[], path: string): Record<string, string> {
  const headers: Record<string, string> = { ...CARELESS };
  for (const rule of rules.filter(({ expression }) => holds(expression, path))) {
    for (const [name, { operation, value }] of Object.entries(rule.action_parameters.headers)) {
      if (operation === "remove") delete headers[name.toLowerCase()];
      else headers[name.toLowerCase()] = value as string;
    }
  }
  return headers;
}

describe("transform rules of Cloudflare", () => {
  it.each(CASES)("send what Express sends: %s", async (_, policy, routes) => {
    const { rules } = await rulesetOf({ policy, routes });
    for (const path of PATHS) expect([path, applied(rules, path)]).toEqual([path, sealedAt(policy, routes, path)]);
  });

  it("are a ruleset of the zone, with a rule for each place", async () => {
    const policy = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }] as const;
    const routes = [
      { path: "/api/*", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
      { path: "/api/a", layers: [{ xFrameOptions: false as const }] },
    ];
    expect(await rulesetOf({ policy, routes })).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform
      zone_id: "${var.portcullis_zone_id}",
      name: "Portcullis",
      kind: "zone",
      phase: "http_response_headers_transform",
      rules: [
        {
          ref: "portcullis-site",
          description: "Portcullis: the site",
          expression: 'not (starts_with(http.request.uri.path, "/api/"))',
          action: "rewrite",
          action_parameters: {
            headers: { "X-Powered-By": { operation: "remove" }, "X-Frame-Options": { operation: "set", value: "DENY" } },
          },
        },
        {
          ref: "portcullis-api-all",
          description: "Portcullis: /api/*",
          expression: 'starts_with(http.request.uri.path, "/api/") and not (http.request.uri.path eq "/api/a")',
          action: "rewrite",
          action_parameters: {
            headers: { "X-Powered-By": { operation: "remove" }, "X-Frame-Options": { operation: "set", value: "SAMEORIGIN" } },
          },
        },
        {
          ref: "portcullis-api-a",
          description: "Portcullis: /api/a",
          expression: 'http.request.uri.path eq "/api/a"',
          action: "rewrite",
          action_parameters: { headers: { "X-Powered-By": { operation: "remove" }, "X-Frame-Options": { operation: "remove" } } },
        },
      ],
    });
  });

  it("are more than one where a rule would change over 30 headers", async () => {
    const custom = Object.fromEntries(Array.from({ length: 35 }, (_, index) => [`X-${index}`, "1"]));
    const { rules } = await rulesetOf({ policy: ["none", { custom }] });
    const sizes = rules.map(({ ref, expression, action_parameters: { headers } }) => [ref, expression, Object.keys(headers).length]);
    expect(sizes).toEqual([
      ["portcullis-site", "true", 30],
      ["portcullis-site-part-2", "true", 5],
    ]);
  });

  it("tell what Cloudflare does otherwise", () => {
    const routes = Array.from({ length: 10 }, (_, index) => ({ path: `/${index}`, layers: [] }));
    const policy = ["none", { xFrameOptions: "DENY", stripHeaders: ["Server", "CF-Ray"] }] as const;
    expect(exportPolicy("cloudflare-transform", { policy, routes, upstream: "http://a" }).warnings).toEqual([
      "The upstream is not printed: the zone has its own origin.",
      expect.stringMatching(/^Keep "Normalize incoming URLs" of the zone on /),
      "Cloudflare does not allow these headers to be removed, left out: Server, CF-Ray.",
      "The policy needs 11 rules. The maximum of a free zone is 10.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("cloudflare-transform", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });

  it("are refused with what Cloudflare does not take", () => {
    const custom = { "X.A": "1", "X-Tab": "a\tb", "CF-Mine": "1", "X-Long": "a".repeat(4_097) };
    expect(issuesOf(() => exportPolicy("cloudflare-transform", { policy: ["none", { custom }] }))).toEqual([
      '"X-Long": has 4097 characters for the site, and the maximum of the target is 4096. Shorten the list of sources.',
      '"CF-Mine": is a header that Cloudflare does not allow to be set. Remove it from custom.',
      "X.A: is a header name that Cloudflare does not accept. Write letters, digits and hyphens.",
      '"X-Tab": has a tab, which Cloudflare does not accept. Write a space.',
    ]);
  });

  it("are refused where the paths do not fit into an expression", () => {
    const routes = Array.from({ length: 100 }, (_, index) => ({ path: `/a-rather-long-path-${index + 100}`, layers: [] }));
    expect(issuesOf(() => exportPolicy("cloudflare-transform", { policy: ["none", { xFrameOptions: "DENY" }], routes }))).toEqual([
      "routes: need an expression of 5402 characters, and the maximum of the target is 4096. Combine paths, such as /api/*.",
    ]);
  });
});
