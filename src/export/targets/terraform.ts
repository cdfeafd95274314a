import type { RoutePath, Site } from "../target.js";

/** A quoted HCL template without interpolation. HCL Native Syntax, "Template Expressions". */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, "$&$&");
}

/** A block, or with `name =` an object. */
export function block(head: string, ...body: readonly string[]): string {
  return `${head} {\n${indent(body.join(""))}}\n`;
}

/** Lines `name = value`, aligned as `terraform fmt` does; values are expressions. */
export function attributes(values: Values): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values)
    .map(([name, value]) => `${name.padEnd(width)} = ${value}\n`)
    .join("");
}

export const indent = (text: string) => text.replace(/^(?=.)/gm, "  ");

/** `embed`, `api-all`: a name for each route that stays the same when others come and go. */
export function slugsOf({ routes }: Site): readonly string[] {
  const taken = new Set<string>();
  return routes.map((place) => {
    const { path, below } = place.path as RoutePath;
    const words = path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const plain = `${words.slice(0, 80) || "root"}${below ? "-all" : ""}`;
    let slug = plain;
    for (let number = 2; taken.has(slug.toLowerCase()); number++) slug = `${plain}-${number}`;
    taken.add(slug.toLowerCase());
    return slug;
  });
}

/** Whether CloudFront can have this host as an origin: a public name, not an IP address. */
function isPublicName(hostname: string): boolean {
  return /\.[a-z][a-z0-9-]*$/i.test(hostname);
}

/** A name that is unique in the account: `portcullis-example-com`. AWS allows 64 characters. */
export function nameOf({ serverName }: Site): string {
  return quoted(`portcullis-${serverName.replaceAll(".", "-")}`.slice(0, 64));
}

type Values = Readonly<Record<string, string | number | boolean>>;

/** The parts of a distribution that apply the headers. */
interface Ties {
  /** Of the default behaviour. */
  readonly values?: Values;
  /** In the default behaviour. */
  readonly blocks?: string;
  /** Further behaviours. */
  readonly behaviors?: string;
}

/**
 * A CloudFront distribution in front of the upstream.
 *
 * @param site the site to print.
 * @param warn receives a warning if CloudFront cannot reach the upstream.
 * @returns an empty text if there is no upstream.
 */
export function distributionOf(site: Site, warn: (text: string) => void, { values = {}, blocks, behaviors }: Ties): string {
  if (site.upstream === undefined) return "";
  const { hostname, port, protocol } = new URL(site.upstream);
  if (!isPublicName(hostname)) {
    warn(`CloudFront needs a public host name as origin, and ${hostname} is not one: no distribution is printed.`);
    return "";
  }
  const tls = protocol === "https:";
  const origin = attributes({
    http_port: tls ? 80 : port || 80,
    https_port: tls ? port || 443 : 443,
    origin_protocol_policy: quoted(tls ? "https-only" : "http-only"),
    origin_ssl_protocols: '["TLSv1.2"]',
  });
  const parts = [
    attributes({ enabled: true, is_ipv6_enabled: true, aliases: `[${quoted(site.serverName)}]` }),
    block("origin", attributes({ origin_id: '"app"', domain_name: quoted(hostname) }), "\n", block("custom_origin_config", origin)),
    block("default_cache_behavior", behaviorWith(values), ...(blocks === undefined ? [] : ["\n", blocks])),
    ...(behaviors === undefined ? [] : [behaviors]),
    block("restrictions", block("geo_restriction", 'restriction_type = "none"\n')),
    block("viewer_certificate", CERTIFICATE),
  ];
  const certificate = attributes({ description: quoted(`Certificate of ${site.serverName}, in us-east-1.`), type: "string" });
  return `
${block('variable "portcullis_certificate_arn"', certificate)}
${CACHING}
${block('resource "aws_cloudfront_distribution" "portcullis"', parts.join("\n"))}`;
}

const CERTIFICATE = attributes({
  acm_certificate_arn: "var.portcullis_certificate_arn",
  ssl_support_method: '"sni-only"',
  minimum_protocol_version: '"TLSv1.2_2021"',
});

const CACHING = `# Nothing is cached, and requests are passed on whole.
${block('data "aws_cloudfront_cache_policy" "portcullis"', 'name = "Managed-CachingDisabled"\n')}
${block('data "aws_cloudfront_origin_request_policy" "portcullis"', 'name = "Managed-AllViewer"\n')}`;

/** The attributes of a cache behavior: the common ones and these. */
export function behaviorWith(values: Values): string {
  return attributes({
    target_origin_id: '"app"',
    viewer_protocol_policy: '"redirect-to-https"',
    allowed_methods: '["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]',
    cached_methods: '["GET", "HEAD"]',
    compress: true,
    cache_policy_id: "data.aws_cloudfront_cache_policy.portcullis.id",
    origin_request_policy_id: "data.aws_cloudfront_origin_request_policy.portcullis.id",
    ...values,
  });
}
