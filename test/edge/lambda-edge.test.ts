import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { AMBIGUOUS, AWKWARD_TEXT, CARELESS, CASES, filesOf, PATHS, ROUTES, readTerraform, SPELLINGS, sealedAt } from "./hcl.js";

type Headers = Record<string, { readonly key?: string; readonly value: string }[]>;

interface Response {
  readonly status: string;
  readonly statusDescription: string;
  readonly headers: Headers;
}

/** Runs what was printed as Lambda does: the export `handler` of a module. */
async function handlerOf(options: ExportOptions): Promise<(event: unknown) => Promise<Response>> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-lambda-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "index.mjs");
  writeFileSync(file, filesOf("lambda-edge", options)["portcullis-lambda/index.mjs"] as string);
  return ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as { handler: (event: unknown) => Promise<Response> }).handler;
}

/** An event as CloudFront hands it over after the origin has answered. Developer Guide, "Lambda@Edge event structure". */
function originResponse(uri: string, status: string, headers: Headers) {
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "origin-response",
            requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
          },
          request: {
            clientIp: "203.0.113.178",
            headers: {
              "x-forwarded-for": [{ key: "X-Forwarded-For", value: "203.0.113.178" }],
              "user-agent": [{ key: "User-Agent", value: "Amazon CloudFront" }],
              host: [{ key: "Host", value: "app.example" }],
            },
            method: "GET",
            querystring: "x=/embed",
            uri,
          },
          response: { status, statusDescription: status === "200" ? "OK" : "Not OK", headers },
        },
      },
    ],
  };
}

/** What an origin sends, twice one of them, and what a function must not touch. */
const originHeaders = (): Headers => ({
  ...Object.fromEntries(Object.entries(CARELESS).map(([key, value]) => [key, [{ key, value }]])),
  "content-security-policy": [
    { key: "Content-Security-Policy", value: "default-src *" },
    { key: "Content-Security-Policy", value: "script-src *" },
  ],
  via: [{ key: "Via", value: "1.1 app.example" }],
  "transfer-encoding": [{ key: "Transfer-Encoding", value: "chunked" }],
  "set-cookie": [
    { key: "Set-Cookie", value: "a=1" },
    { key: "Set-Cookie", value: "b=2" },
  ],
});

const UNTOUCHED = ["via", "transfer-encoding", "set-cookie"];

describe("a Lambda@Edge function", () => {
  it.each(CASES)("sends what Express sends: %s", async (_, policy, routes) => {
    const handler = await handlerOf({ policy, routes });
    for (const path of PATHS) {
      const { headers } = await handler(originResponse(path, "200", originHeaders()));
      const lines = Object.entries(headers).filter(([name]) => !UNTOUCHED.includes(name));
      const all = Object.fromEntries(lines.map(([name, values]) => [name, values[0]?.value]));
      expect([path, all]).toEqual([path, sealedAt(policy, routes, path)]);
    }
  });

  it("matches a path as servers read it", async () => {
    const handler = await handlerOf({ policy: ["strict"], routes: ROUTES });
    for (const [path, usual] of SPELLINGS) {
      const { headers } = await handler(originResponse(path, "200", {}));
      const sent = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values[0]?.value]));
      expect([path, sent]).toEqual([path, sealedAt(["strict"], ROUTES, usual, {})]);
    }
  });

  it.each(AMBIGUOUS)("answers 400 with the headers of the site where servers read a path in two ways: %s", async (path) => {
    const handler = await handlerOf({ policy: ["none", { xFrameOptions: "DENY" }], routes: ROUTES });
    const headers = { "content-encoding": [{ value: "gzip" }], "content-type": [{ value: "text/html" }] };
    expect(await handler(originResponse(path, "200", headers))).toEqual({
      status: "400",
      statusDescription: "Bad Request",
      body: "Bad request\n",
      headers: {
        "content-type": [{ key: "Content-Type", value: "text/plain" }],
        "x-frame-options": [{ key: "X-Frame-Options", value: "DENY" }],
      },
    });
  });

  it.each(["200", "304", "404", "500"])("writes names in the case of Express, once each, and changes nothing else: %s", async (status) => {
    const handler = await handlerOf({
      policy: ["none", { contentSecurityPolicy: { defaultSrc: ["self"] }, xXssProtection: true, stripHeaders: ["X-Powered-By"] }],
    });
    expect(await handler(originResponse("/", status, originHeaders()))).toEqual({
      status,
      statusDescription: status === "200" ? "OK" : "Not OK",
      headers: {
        "x-frame-options": [{ key: "x-frame-options", value: "ALLOWALL" }],
        "strict-transport-security": [{ key: "strict-transport-security", value: "max-age=1" }],
        "content-security-policy": [{ key: "Content-Security-Policy", value: "default-src 'self'" }],
        "x-xss-protection": [{ key: "X-XSS-Protection", value: "0" }],
        via: [{ key: "Via", value: "1.1 app.example" }],
        "transfer-encoding": [{ key: "Transfer-Encoding", value: "chunked" }],
        "set-cookie": [
          { key: "Set-Cookie", value: "a=1" },
          { key: "Set-Cookie", value: "b=2" },
        ],
      },
    });
  });

  it("takes a header away that comes several times", async () => {
    const handler = await handlerOf({ policy: ["none", { stripHeaders: ["Set-Cookie"] }] });
    const { headers } = await handler(originResponse("/", "200", originHeaders()));
    expect(headers["set-cookie"]).toBeUndefined();
  });

  it("keeps awkward characters", async () => {
    const handler = await handlerOf({ policy: ["none", { custom: { "X-Awkward": AWKWARD_TEXT } }] });
    const { headers } = await handler(originResponse("/", "200", {}));
    expect(headers).toEqual({ "x-awkward": [{ key: "X-Awkward", value: AWKWARD_TEXT }] });
  });

  it("leaves what CloudFront keeps to itself, and says so", async () => {
    const options = { policy: ["none", { stripHeaders: ["Via", "X-Amz-Cf-Id"] }] } as const;
    const { headers } = await (await handlerOf(options))(originResponse("/", "200", originHeaders()));
    expect(headers["via"]).toEqual([{ key: "Via", value: "1.1 app.example" }]);
    expect(exportPolicy("lambda-edge", options).warnings).toEqual([
      "CloudFront does not allow these headers to be removed, left out: Via, X-Amz-Cf-Id.",
      "Lambda@Edge changes responses of the origin only, not those of CloudFront itself, such as a 502 or the redirect to https.",
    ]);
  });

  it("is a numbered version in us-east-1 that CloudFront may run", async () => {
    const { provider, resource, data } = await readTerraform(
      filesOf("lambda-edge", { policy: ["streamlit"], serverName: "www.example.com" })["portcullis.tf"] as string,
    );
    expect(provider).toEqual({ aws: [{ alias: "portcullis_us_east_1", region: "us-east-1" }] });
    expect(resource?.["aws_lambda_function"]).toEqual({
      portcullis: [
        {
          // biome-ignore-start lint/suspicious/noTemplateCurlyInString: references of Terraform
          provider: "${aws.portcullis_us_east_1}",
          function_name: "portcullis-www-example-com",
          role: "${aws_iam_role.portcullis.arn}",
          runtime: "nodejs22.x",
          handler: "index.handler",
          filename: "${data.archive_file.portcullis.output_path}",
          source_code_hash: "${data.archive_file.portcullis.output_base64sha256}",
          publish: true,
        },
      ],
    });
    expect(data?.["archive_file"]).toEqual({
      portcullis: [
        {
          type: "zip",
          source_file: "${path.module}/portcullis-lambda/index.mjs",
          output_path: "${path.module}/portcullis-lambda.zip",
          // biome-ignore-end lint/suspicious/noTemplateCurlyInString: references of Terraform
        },
      ],
    });
    expect(data?.["aws_iam_policy_document"]).toMatchObject({
      portcullis: [{ statement: [{ principals: [{ identifiers: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }] }] }],
    });
  });

  it("stands in a distribution for origin-response, where an upstream is known", async () => {
    const options = { policy: ["streamlit"], routes: ROUTES, upstream: "http://app.example" } as const;
    const { resource } = await readTerraform(filesOf("lambda-edge", options)["portcullis.tf"] as string);
    expect(resource?.["aws_cloudfront_distribution"]).toMatchObject({
      portcullis: [
        {
          origin: [{ domain_name: "app.example", custom_origin_config: [{ http_port: 80, origin_protocol_policy: "http-only" }] }],
          default_cache_behavior: [
            {
              lambda_function_association: [
                // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform
                { event_type: "origin-response", lambda_arn: "${aws_lambda_function.portcullis.qualified_arn}" },
              ],
            },
          ],
        },
      ],
    });
  });
});
