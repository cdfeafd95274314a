import type { ReportIssue } from "../../errors.js";
import {
  type HeaderLine,
  namesOf,
  type Place,
  type PrintContext,
  patternText,
  type RoutePath,
  type Site,
  type Target,
  warnOfPaths,
  withinLimits,
  withoutOwn,
} from "../target.js";
import { attributes, behaviorWith, block, distributionOf, indent, quoted, slugsOf } from "./terraform.js";

/** CloudFront without a function: a response headers policy for each place, and the cache behaviors that use them. */
export const cloudfront: Target<"cloudfront"> = {
  name: "cloudfront",
  title: "AWS CloudFront: response headers policies, in Terraform",
  uses: ["serverName"],
  // CloudFront quotas, which can be raised on request.
  longestValue: 1_783,
  mostRoutes: 74,

  print(site, { report, warn }) {
    for (const { path } of site.routes) checkPattern(path as RoutePath, report);
    const own = withoutCloudfronts(site, { report, warn });
    warnOfPaths(
      site,
      "CloudFront does not merge slashes: if the origin serves /admin for //admin, that response does not have the headers of /admin.",
      warn,
    );
    if ([own.all, ...own.routes].every((place) => namesOf(place).length === 0)) {
      warn("The policy has no headers: no file is printed.");
      return [];
    }
    const slugs = slugsOf(own);
    const all = { place: own.all, label: "portcullis", title: ALL };
    const routes = own.routes.map((place, index) => ({
      place,
      label: `portcullis-${slugs[index]}`,
      title: patternText(place.path as RoutePath),
    }));
    const policies = [all, ...routes]
      .filter(({ place }) => namesOf(place).length > 0)
      .map(({ place, label, title }) => responseHeadersPolicy(place, label, title, own.serverName, { report, warn }));
    // The first pattern that matches applies, so the narrowest comes first.
    const behaviors = routes.toReversed().map(({ place, label, title }) => behaviorOf(title, idOf(place, label)));
    const body = `${HEAD}\n${policies.join("\n")}${behaviors.length === 0 ? "" : `\n${BEHAVIORS(behaviors)}`}`;
    const ties = {
      values: { response_headers_policy_id: idOf(own.all, "portcullis") },
      ...(behaviors.length > 0 && { behaviors: ORDERED }),
    };
    const distribution = distributionOf(site, warn, ties);
    return withinLimits(cloudfront, site, [{ path: "portcullis.tf", text: `${body}${distribution}` }], report);
  },
};

const ALL = "the whole site";

const HEAD = "# CloudFront response headers policies. They replace the headers of the origin, on errors too.\n";

/** Headers that neither a policy nor a function can set. Developer Guide, "Restrictions on edge functions". */
const UNCHANGEABLE =
  /^(?:connection|content-(?:encoding|length)|expect|host|keep-alive|proxy-.*|trailer|transfer-encoding|upgrade|via|warning|x-accel-.*|x-amz-cf-.*|x-amzn-(?:auth|cf-.*|errortype|fle-profile|header-.*|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/i;

/** The site without headers that only CloudFront can change. Functions use it too. */
export function withoutCloudfronts(site: Site, context: PrintContext): Site {
  const replaced = [...new Set([site.all, ...site.routes].flatMap(({ remove }) => remove))].filter((name) =>
    /^(?:server|date)$/i.test(name),
  );
  if (replaced.length > 0) context.warn(`CloudFront sets its own values of these headers: ${replaced.join(", ")}.`);
  return withoutOwn(site, UNCHANGEABLE, "CloudFront", context);
}

/** Path patterns cannot have all characters of paths. Developer Guide, "Path pattern". */
function checkPattern(path: RoutePath, report: ReportIssue): void {
  const pattern = patternText(path);
  const message = "is not a CloudFront path pattern";
  if (!/^[A-Za-z0-9_\-.*$/~"'@:+&]{1,255}$/.test(pattern)) {
    report({ path: [pattern], message, hint: 'Choose a path without "!", "," and "=", or the target "lambda-edge".' });
  }
}

/** CloudFront has settings for these headers, and does not accept them as custom headers. */
const KNOWN: Readonly<Record<string, (value: string) => readonly [block: string, values: Readonly<Record<string, string | boolean>>]>> = {
  "Content-Security-Policy": (value) => ["content_security_policy", { content_security_policy: quoted(value) }],
  "Strict-Transport-Security": (value) => [
    "strict_transport_security",
    {
      access_control_max_age_sec: value.replace(/^max-age=|;.*/g, ""),
      include_subdomains: value.includes("includeSubDomains"),
      preload: value.includes("preload"),
    },
  ],
  "X-Frame-Options": (value) => ["frame_options", { frame_option: quoted(value) }],
  "X-Content-Type-Options": () => ["content_type_options", {}],
  "Referrer-Policy": (value) => ["referrer_policy", { referrer_policy: quoted(value) }],
  "X-XSS-Protection": (value) => ["xss_protection", { protection: value !== "0", mode_block: value.includes("mode=block") }],
};

/** The maximum of the field in CloudFront's API, a 32-bit integer. */
const LONGEST_MAX_AGE = 2_147_483_647;

function checkKnown([name, value]: HeaderLine, title: string, report: ReportIssue): void {
  if (name === "Referrer-Policy" && value.includes(",")) {
    report({ path: [name], message: `is a list for ${title}, but CloudFront accepts one policy`, hint: "Write one of them." });
  }
  const [, maxAge = "0"] = /^max-age=(\d+)/.exec(value) ?? [];
  if (name === "Strict-Transport-Security" && Number(maxAge) > LONGEST_MAX_AGE) {
    report({
      path: [name],
      message: `has a max-age of ${maxAge} for ${title}, and the maximum of CloudFront is ${LONGEST_MAX_AGE}`,
      hint: "Write 63072000.",
    });
  }
}

/** Maximum number of custom headers in a policy, and of headers to remove. Quotas that can be raised. */
const MOST = 10;

function responseHeadersPolicy(
  { lines, remove }: Place,
  label: string,
  title: string,
  serverName: string,
  { report, warn }: PrintContext,
): string {
  for (const line of lines) checkKnown(line, title, report);
  const custom = lines.filter(([name]) => !Object.hasOwn(KNOWN, name));
  for (const [names, what] of [
    [custom.map(([name]) => name), "custom headers"],
    [remove, "headers to remove"],
  ] as const) {
    if (names.length > MOST)
      warn(`The default quota of CloudFront is ${MOST} ${what}. Beyond it for ${title}: ${names.slice(MOST).join(", ")}.`);
  }
  const known = lines.flatMap(([name, value]) => {
    const setting = Object.hasOwn(KNOWN, name) ? KNOWN[name]?.(value) : undefined;
    return setting === undefined ? [] : [block(setting[0], attributes({ ...setting[1], override: true }))];
  });
  const items = custom.map(([name, value]) => block("items", attributes({ header: quoted(name), value: quoted(value), override: true })));
  const gone = remove.map((name) => block("items", attributes({ header: quoted(name) })));
  const parts = [
    attributes({
      name: quoted(`${label}-${serverName.replaceAll(".", "-")}`.slice(0, 128)),
      comment: quoted(`Portcullis: ${title}`.slice(0, 128)),
    }),
    ...Object.entries({ security_headers_config: known, custom_headers_config: items, remove_headers_config: gone })
      .filter(([, blocks]) => blocks.length > 0)
      .map(([config, blocks]) => block(config, ...blocks)),
  ];
  return block(`resource "aws_cloudfront_response_headers_policy" "${label}"`, parts.join("\n"));
}

function idOf(place: Place, label: string): string {
  return namesOf(place).length === 0 ? "null" : `aws_cloudfront_response_headers_policy.${label}.id`;
}

function behaviorOf(pattern: string, id: string): string {
  return `{\n${indent(attributes({ path_pattern: quoted(pattern), response_headers_policy_id: id }))}},\n`;
}

const BEHAVIORS = (behaviors: readonly string[]) => `# For the distribution, in this order:
# dynamic "ordered_cache_behavior" { for_each = local.portcullis_behaviors ... }
${block("locals", `portcullis_behaviors = [\n${indent(behaviors.join(""))}]\n`)}`;

const ORDERED = block(
  'dynamic "ordered_cache_behavior"',
  "for_each = local.portcullis_behaviors\n\n",
  block(
    "content",
    behaviorWith({
      path_pattern: "ordered_cache_behavior.value.path_pattern",
      response_headers_policy_id: "ordered_cache_behavior.value.response_headers_policy_id",
    }),
  ),
);
