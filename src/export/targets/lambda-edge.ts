import { type Site, type Target, withinLimits } from "../target.js";
import { withoutCloudfronts } from "./cloudfront.js";
import { placesCode } from "./cloudfront-function.js";
import { attributes, block, distributionOf, nameOf } from "./terraform.js";

/** A Lambda@Edge function for origin-response, which unlike viewer-response also runs for errors of the origin. */
export const lambdaEdge: Target<"lambda-edge"> = {
  name: "lambda-edge",
  title: "AWS Lambda@Edge: headers on all responses of the origin, in JavaScript and Terraform",
  uses: ["serverName"],
  largestFile: 1_048_576,

  print(site, { report, warn }) {
    const own = withoutCloudfronts(site, { report, warn });
    warn("Lambda@Edge changes responses of the origin only, not those of CloudFront itself, such as a 502 or the redirect to https.");
    const distribution = distributionOf(site, warn, { blocks: ASSOCIATION });
    const files = [
      { path: "portcullis-lambda/index.mjs", text: codeOf(own) },
      { path: "portcullis.tf", text: `${terraformOf(nameOf(site))}${distribution}` },
    ];
    return withinLimits(lambdaEdge, site, files, report);
  },
};

const codeOf = (site: Site) => `// A Lambda@Edge function for the event origin-response.
// Cached responses keep the headers they were cached with: invalidate the cache after a change.
${placesCode(site)}
export async function handler(event) {
  const { ${site.routes.length === 0 ? "" : "request, "}response } = event.Records[0].cf;
${site.routes.length === 0 ? "  const { set, remove } = SITE;\n" : PLACE}  for (const name of remove) delete response.headers[name.toLowerCase()];
  for (const [key, value] of set) response.headers[key.toLowerCase()] = [{ key, value }];
  return response;
}
`;

/** A function may change status and body. Developer Guide, "Update HTTP responses in origin response triggers". */
const PLACE = `  const place = placeFor(request.uri);
  if (place === undefined) {
    response.status = "400";
    response.statusDescription = "Bad Request";
    response.body = "Bad request\\n";
    response.headers["content-type"] = [{ key: "Content-Type", value: "text/plain" }];
    delete response.headers["content-encoding"];
  }
  const { set, remove } = place ?? SITE;
`;

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: templates of Terraform
const terraformOf = (name: string) => `# Lambda@Edge needs a numbered version of a function in us-east-1, without environment variables.
${block('provider "aws"', attributes({ alias: '"portcullis_us_east_1"', region: '"us-east-1"' }))}
${block(
  'data "archive_file" "portcullis"',
  attributes({
    type: '"zip"',
    source_file: '"${path.module}/portcullis-lambda/index.mjs"',
    output_path: '"${path.module}/portcullis-lambda.zip"',
  }),
)}
${block(
  'data "aws_iam_policy_document" "portcullis"',
  block(
    "statement",
    'actions = ["sts:AssumeRole"]\n\n',
    block("principals", attributes({ type: '"Service"', identifiers: '["lambda.amazonaws.com", "edgelambda.amazonaws.com"]' })),
  ),
)}
${block('resource "aws_iam_role" "portcullis"', attributes({ name, assume_role_policy: "data.aws_iam_policy_document.portcullis.json" }))}
${block(
  'resource "aws_lambda_function" "portcullis"',
  attributes({
    provider: "aws.portcullis_us_east_1",
    function_name: name,
    role: "aws_iam_role.portcullis.arn",
    runtime: '"nodejs22.x"',
    handler: '"index.handler"',
    filename: "data.archive_file.portcullis.output_path",
    source_code_hash: "data.archive_file.portcullis.output_base64sha256",
    publish: true,
  }),
)}`;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: templates of Terraform

const ASSOCIATION = block(
  "lambda_function_association",
  attributes({ event_type: '"origin-response"', lambda_arn: "aws_lambda_function.portcullis.qualified_arn" }),
);
