import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { source } from "../../src/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, ROUTES, readTerraform, sentByExpress } from "./hcl.js";

type Settings = Readonly<Record<string, unknown>>;

interface PolicyBlock {
  readonly name: string;
  readonly security_headers_config?: readonly Readonly<Record<string, readonly Settings[]>>[];
  readonly custom_headers_config?: readonly { readonly items: readonly Settings[] }[];
  readonly remove_headers_config?: readonly { readonly items: readonly { readonly header: string }[] }[];
}

interface Behavior {
  readonly path_pattern: string;
  readonly response_headers_policy_id: string | null;
}

/** What CloudFront makes of the settings that it knows. Developer Guide, "Understand response headers policies". */
const MADE: Readonly<Record<string, (settings: Settings) => readonly [name: string, value: string]>> = {
  content_security_policy: (it) => ["Content-Security-Policy", it["content_security_policy"] as string],
  content_type_options: () => ["X-Content-Type-Options", "nosniff"],
  frame_options: (it) => ["X-Frame-Options", it["frame_option"] as string],
  referrer_policy: (it) => ["Referrer-Policy", it["referrer_policy"] as string],
  strict_transport_security: (it) => [
    "Strict-Transport-Security",
    `max-age=${it["access_control_max_age_sec"]}${it["include_subdomains"] ? "; includeSubDomains" : ""}${it["preload"] ? "; preload" : ""}`,
  ],
  xss_protection: (it) => ["X-XSS-Protection", it["protection"] ? `1${it["mode_block"] ? "; mode=block" : ""}` : "0"],
};

function headersOf({ security_headers_config: known = [], custom_headers_config: custom = [] }: PolicyBlock): Record<string, string> {
  const blocks = known.flatMap((config) => Object.entries(config)).flatMap(([block, list]) => list.map((it) => [block, it] as const));
  const items = custom.flatMap(({ items }) => items);
  for (const settings of [...blocks.map(([, it]) => it), ...items]) expect(settings).toMatchObject({ override: true });
  return Object.fromEntries([
    ...blocks.map(([block, it]) => MADE[block]?.(it) as [string, string]),
    ...items.map((it) => [it["header"] as string, it["value"] as string]),
  ]);
}

/** A star stands for any characters, and the first pattern that fits counts. Developer Guide, "Path pattern". */
function fits(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(path);
}

async function siteOf(text: string) {
  const { resource, locals } = await readTerraform(text);
  const labelled = (resource?.["aws_cloudfront_response_headers_policy"] ?? {}) as Readonly<Record<string, readonly PolicyBlock[]>>;
  const [{ portcullis_behaviors: behaviors = [] } = {}] = (locals ?? [{}]) as unknown as readonly {
    portcullis_behaviors?: readonly Behavior[];
  }[];
  return (path: string): PolicyBlock | undefined => {
    const id = behaviors.find(({ path_pattern }) => fits(path_pattern, path))?.response_headers_policy_id;
    if (id === null) return undefined;
    const label = id === undefined ? "portcullis" : /^\$\{aws_cloudfront_response_headers_policy\.([\w-]+)\.id\}$/.exec(id)?.[1];
    return labelled[label as string]?.[0];
  };
}

describe("response headers policies of CloudFront", () => {
  it.each(CASES)("say what Express sends: %s", async (_, policy, routes) => {
    const at = await siteOf(filesOf("cloudfront", { policy, routes })["portcullis.tf"] as string);
    for (const path of PATHS) {
      expect([path, headersOf(at(path) ?? { name: "" })]).toEqual([path, sentByExpress(policy, routes, path)]);
    }
  });

  it("have the settings of CloudFront for what it knows, and the rest as it stands", async () => {
    const at = await siteOf(filesOf("cloudfront", { policy: ["streamlit"], serverName: "www.example.com" })["portcullis.tf"] as string);
    expect(at("/")).toEqual({
      name: "portcullis-www-example-com",
      comment: "Portcullis: the whole site",
      security_headers_config: [
        {
          content_security_policy: [
            {
              content_security_policy:
                "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'",
              override: true,
            },
          ],
          strict_transport_security: [{ access_control_max_age_sec: 31_536_000, include_subdomains: true, preload: false, override: true }],
          frame_options: [{ frame_option: "SAMEORIGIN", override: true }],
          content_type_options: [{ override: true }],
          referrer_policy: [{ referrer_policy: "strict-origin-when-cross-origin", override: true }],
          xss_protection: [{ protection: true, mode_block: true, override: true }],
        },
      ],
      custom_headers_config: [
        { items: [{ header: "Permissions-Policy", value: "geolocation=(), microphone=(), camera=()", override: true }] },
      ],
    });
  });

  it("remove what is stripped, and what a route switches off", async () => {
    const at = await siteOf(filesOf("cloudfront", { policy: ["strict"], routes: ROUTES })["portcullis.tf"] as string);
    const removed = (path: string) => at(path)?.remove_headers_config?.flatMap(({ items }) => items.map(({ header }) => header));
    expect([removed("/"), removed("/embed")]).toEqual([["X-Powered-By"], ["X-Powered-By", "X-Frame-Options"]]);
  });

  it("stand in a distribution with a behaviour for each route, the narrowest first, where an upstream is known", async () => {
    const options = { policy: ["streamlit"], routes: ROUTES, upstream: "https://app.example:8443", serverName: "www.example.com" } as const;
    const { resource } = await readTerraform(filesOf("cloudfront", options)["portcullis.tf"] as string);
    const distribution = resource?.["aws_cloudfront_distribution"] as { portcullis: readonly unknown[] } | undefined;
    expect(distribution?.portcullis[0]).toMatchObject({
      aliases: ["www.example.com"],
      origin: [
        {
          origin_id: "app",
          domain_name: "app.example",
          custom_origin_config: [{ http_port: 80, https_port: 8443, origin_protocol_policy: "https-only" }],
        },
      ],
      default_cache_behavior: [
        {
          target_origin_id: "app",
          viewer_protocol_policy: "redirect-to-https",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform
          response_headers_policy_id: "${aws_cloudfront_response_headers_policy.portcullis.id}",
        },
      ],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform
      dynamic: { ordered_cache_behavior: [{ for_each: "${local.portcullis_behaviors}" }] },
    });
    const at = await siteOf(filesOf("cloudfront", options)["portcullis.tf"] as string);
    expect(at("/api/deep/x")?.name).toBe("portcullis-api-deep-all-www-example-com");
  });

  it("have a distribution at most for an upstream that CloudFront can reach", () => {
    const { files, warnings } = exportPolicy("cloudfront", { policy: ["streamlit"], upstream: "http://127.0.0.1:8501" });
    expect(files[0]?.text).not.toContain("aws_cloudfront_distribution");
    expect(warnings).toEqual(["CloudFront needs a public host name as origin, and 127.0.0.1 is not one: no distribution is printed."]);
  });

  it("tell what CloudFront does otherwise", () => {
    const custom = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`X-${index}`, "1"]));
    expect(exportPolicy("cloudfront", { policy: ["none", { custom, stripHeaders: ["Via", "X-Cache", "Server"] }] }).warnings).toEqual([
      "CloudFront sets its own values of these headers: Server.",
      "CloudFront does not allow these headers to be removed, left out: Via, X-Cache.",
      "The default quota of CloudFront is 10 custom headers. Beyond it for the whole site: X-10, X-11.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("cloudfront", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });

  it("are refused with a value that is too long for CloudFront", () => {
    const contentSecurityPolicy = { defaultSrc: [source(`https://cdn.example/${"b".repeat(1_800)}`)] };
    expect(issuesOf(() => exportPolicy("cloudfront", { policy: ["none", { contentSecurityPolicy }] }))).toEqual([
      '"Content-Security-Policy": has 1832 characters for the site, and the maximum of the target is 1783. Shorten the list of sources.',
    ]);
  });

  it("are refused with what CloudFront cannot say", () => {
    const patch = {
      strictTransportSecurity: { maxAge: 2_147_483_648 },
      referrerPolicy: ["no-referrer", "origin"] as const,
      custom: { "X-Cache": "1" },
    };
    const routes = [{ path: "/a,b", layers: [{ referrerPolicy: "origin" as const, strictTransportSecurity: { maxAge: 1 } }] }];
    expect(issuesOf(() => exportPolicy("cloudfront", { policy: ["none", patch], routes }))).toEqual([
      '"/a,b": is not a CloudFront path pattern. Choose a path without "!", "," and "=", or the target "lambda-edge".',
      '"X-Cache": is a header that CloudFront does not allow to be set. Remove it from custom.',
      '"Strict-Transport-Security": has a max-age of 2147483648 for the whole site, and the maximum of CloudFront is 2147483647. Write 63072000.',
      '"Referrer-Policy": is a list for the whole site, but CloudFront accepts one policy. Write one of them.',
    ]);
  });

  it("are refused for more routes than a distribution has behaviours", () => {
    const routes = Array.from({ length: 75 }, (_, index) => ({ path: `/${index}`, layers: [] }));
    expect(issuesOf(() => exportPolicy("cloudfront", { policy: ["streamlit"], routes }))).toEqual([
      "routes: are 75, and the maximum of the target is 74. Combine paths, such as /api/*.",
    ]);
  });
});
