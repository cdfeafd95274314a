import { runInNewContext } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";
import { AMBIGUOUS, AWKWARD_TEXT, CARELESS, CASES, filesOf, PATHS, ROUTES, readTerraform, SPELLINGS, sealedAt } from "./hcl.js";

type Headers = Record<string, { value: string; multiValue?: { value: string }[] }>;

interface Response {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly cookies: Readonly<Record<string, unknown>>;
}

const codeOf = (options: ExportOptions) => filesOf("cloudfront-function", options)["portcullis-function.js"] as string;

/** Runs a function as CloudFront does: nothing but the event comes in, and nothing but what is returned goes out. */
function run(options: ExportOptions, event: unknown): Response {
  const text: string = runInNewContext(`${codeOf(options)}; JSON.stringify(handler(JSON.parse(event)))`, { event: JSON.stringify(event) });
  return JSON.parse(text) as Response;
}

/** An event as CloudFront hands it over. Developer Guide, "CloudFront Functions event structure". */
function viewerResponse(uri: string, headers: Headers, statusCode = 200) {
  return {
    version: "1.0",
    context: {
      distributionDomainName: "d111111abcdef8.cloudfront.net",
      distributionId: "EDFDVBD6EXAMPLE",
      eventType: "viewer-response",
      requestId: "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==",
    },
    viewer: { ip: "198.51.100.11" },
    request: { method: "GET", uri, querystring: { x: { value: "/embed" } }, headers: { host: { value: "www.example.com" } }, cookies: {} },
    response: {
      statusCode,
      statusDescription: "OK",
      headers,
      cookies: { session: { value: "1", attributes: "Secure; HttpOnly" } },
    },
  };
}

/** What an origin sends, one of it twice. */
const originHeaders = (): Headers => ({
  ...Object.fromEntries(Object.entries(CARELESS).map(([name, value]) => [name, { value }])),
  "content-security-policy": { value: "default-src *", multiValue: [{ value: "default-src *" }, { value: "script-src *" }] },
  via: { value: "1.1 0123.cloudfront.net" },
});

/** What the runtime cloudfront-js-2.0 has of the statements and expressions that are newer than ECMAScript 5.1 is not needed here. */
const ES5 = new Set([
  "SourceFile",
  "FirstStatement",
  "VariableDeclarationList",
  "VariableDeclaration",
  "FunctionDeclaration",
  "FunctionExpression",
  "Parameter",
  "Block",
  "ForStatement",
  "IfStatement",
  "ReturnStatement",
  "ExpressionStatement",
  "ConditionalExpression",
  "ParenthesizedExpression",
  "CallExpression",
  "PropertyAccessExpression",
  "ElementAccessExpression",
  "BinaryExpression",
  "PostfixUnaryExpression",
  "DeleteExpression",
  "ObjectLiteralExpression",
  "PropertyAssignment",
  "ArrayLiteralExpression",
  "Identifier",
]);

describe("a CloudFront Function", () => {
  it.each(CASES)("sends what Express sends: %s", (_, policy, routes) => {
    for (const path of PATHS) {
      const { headers } = run({ policy, routes }, viewerResponse(path, originHeaders()));
      const { via, ...others } = Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));
      expect([path, others, via]).toEqual([path, sealedAt(policy, routes, path), "1.1 0123.cloudfront.net"]);
    }
  });

  it("matches a path as servers read it", () => {
    for (const [path, usual] of SPELLINGS) {
      const { headers } = run({ policy: ["strict"], routes: ROUTES.slice(0, 2) }, viewerResponse(path, {}));
      const sent = Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));
      expect([path, sent]).toEqual([path, sealedAt(["strict"], ROUTES.slice(0, 2), usual, {})]);
    }
  });

  it.each(AMBIGUOUS)("answers 400 with the headers of the site where servers read a path in two ways: %s", (path) => {
    const policy = ["none", { xFrameOptions: "DENY" }] as const;
    expect(run({ policy, routes: ROUTES }, viewerResponse(path, { "content-encoding": { value: "gzip" } }))).toMatchObject({
      statusCode: 400,
      statusDescription: "Bad Request",
      body: "Bad request\n",
      headers: { "x-frame-options": { value: "DENY" } },
    });
  });

  it("sends its 400 as it stands, however the page was encoded", () => {
    const answer = run({ policy: ["none"], routes: ROUTES }, viewerResponse("/api%2Fdata", { "content-encoding": { value: "gzip" } }));
    expect(answer.headers).toEqual({ "content-type": { value: "text/plain" } });
  });

  it("changes a 304 as well, and nothing but the headers of the policy", () => {
    const policy = [
      "none",
      { contentSecurityPolicy: { defaultSrc: ["self"] }, xXssProtection: true, stripHeaders: ["X-Powered-By"] },
    ] as const;
    expect(run({ policy }, viewerResponse("/", originHeaders(), 304))).toEqual({
      statusCode: 304,
      statusDescription: "OK",
      headers: {
        "x-frame-options": { value: "ALLOWALL" },
        "strict-transport-security": { value: "max-age=1" },
        "content-security-policy": { value: "default-src 'self'" },
        "x-xss-protection": { value: "0" },
        via: { value: "1.1 0123.cloudfront.net" },
      },
      cookies: { session: { value: "1", attributes: "Secure; HttpOnly" } },
    });
  });

  it("takes cookies away where they are kept", () => {
    expect(run({ policy: ["none", { stripHeaders: ["Set-Cookie"] }] }, viewerResponse("/", {})).cookies).toEqual({});
  });

  it("keeps awkward characters", () => {
    const { headers } = run({ policy: ["none", { custom: { "X-Awkward": AWKWARD_TEXT } }] }, viewerResponse("/", {}));
    expect(headers).toEqual({ "x-awkward": { value: AWKWARD_TEXT } });
  });

  it("is written in ECMAScript 5", () => {
    const strip = { stripHeaders: ["Set-Cookie"] };
    const file = ts.createSourceFile(
      "f.js",
      codeOf({ policy: ["strict", strip], routes: ROUTES.slice(0, 1) }),
      ts.ScriptTarget.Latest,
      true,
    );
    const kinds = new Set<string>();
    const walk = (node: ts.Node): void => {
      if (ts.isVariableDeclarationList(node)) kinds.add(node.flags & ts.NodeFlags.BlockScoped ? "let or const" : "VariableDeclarationList");
      else if (!ts.isToken(node) || ts.isIdentifier(node)) kinds.add(ts.SyntaxKind[node.kind] as string);
      ts.forEachChild(node, walk);
    };
    walk(file);
    expect([...kinds].filter((kind) => !ES5.has(kind))).toEqual([]);
  });

  it("is refused over 10 KB", () => {
    const routes = Array.from({ length: 10 }, (_, index) => ({ path: `/${index}`, layers: [] }));
    expect(issuesOf(() => exportPolicy("cloudfront-function", { policy: ["strict"], routes }))).toEqual([
      expect.stringMatching(
        /^"portcullis-function\.js": has \d{5} bytes, and the maximum of the target is 10240\. Shorten the lists of sources, or print fewer routes\.$/,
      ),
    ]);
  });

  it("says what it is not run for, and how CloudFront writes names", () => {
    expect(exportPolicy("cloudfront-function", { policy: ["none", { xXssProtection: true, xFrameOptions: "DENY" }] }).warnings).toEqual([
      "CloudFront does not run functions for errors: responses of the origin with a status of 400 or above do not have the headers.",
      "CloudFront sends X-XSS-Protection as X-Xss-Protection. Header names are case-insensitive.",
    ]);
  });

  it("is published, and stands in a distribution for viewer-response where an upstream is known", async () => {
    const options = { policy: ["streamlit"], upstream: "https://app.example", serverName: "www.example.com" } as const;
    const { resource } = await readTerraform(filesOf("cloudfront-function", options)["portcullis.tf"] as string);
    expect(resource).toMatchObject({
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: references of Terraform
      aws_cloudfront_function: {
        portcullis: [
          {
            name: "portcullis-www-example-com",
            runtime: "cloudfront-js-2.0",
            publish: true,
            code: '${file("${path.module}/portcullis-function.js")}',
          },
        ],
      },
      aws_cloudfront_distribution: {
        portcullis: [
          {
            default_cache_behavior: [
              { function_association: [{ event_type: "viewer-response", function_arn: "${aws_cloudfront_function.portcullis.arn}" }] },
            ],
          },
        ],
      },
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: references of Terraform
    });
  });
});
