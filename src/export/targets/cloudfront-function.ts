import { type Place, type Site, type Target, withinLimits } from "../target.js";
import { withoutCloudfronts } from "./cloudfront.js";
import { attributes, block, distributionOf, indent, nameOf } from "./terraform.js";

/** A CloudFront Function for viewer-response. Cheap and fast, but CloudFront does not run it for errors. */
export const cloudfrontFunction: Target<"cloudfront-function"> = {
  name: "cloudfront-function",
  title: "AWS CloudFront Function: headers on all responses except errors, in JavaScript and Terraform",
  uses: ["serverName"],
  largestFile: 10_240,

  print(site, { report, warn }) {
    const own = withoutCloudfronts(site, { report, warn });
    warn("CloudFront does not run functions for errors: responses of the origin with a status of 400 or above do not have the headers.");
    const names = [...new Set([own.all, ...own.routes].flatMap(({ lines }) => lines.map(([name]) => name)))];
    const changed = names.filter((name) => name !== capitalised(name)).map((name) => `${name} as ${capitalised(name)}`);
    if (changed.length > 0) warn(`CloudFront sends ${changed.join(", ")}. Header names are case-insensitive.`);
    const distribution = distributionOf(site, warn, { blocks: ASSOCIATION });
    const cookies = [own.all, ...own.routes].some(({ remove }) => remove.some((name) => name.toLowerCase() === "set-cookie"));
    const files = [
      { path: "portcullis-function.js", text: codeOf(own, cookies) },
      { path: "portcullis.tf", text: `${resourceOf(site)}${distribution}` },
    ];
    return withinLimits(cloudfrontFunction, site, files, report);
  },
};

/** How CloudFront writes a name set by a function in HTTP/1.1: `X-Xss-Protection`. */
function capitalised(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/**
 * Statements that define `SITE` as `{ set: [[name, value], …], remove: [name, …] }`, and with routes `placeFor(path)`, which returns the
 * same for a path, or undefined for a path to refuse. ECMAScript 5: CloudFront Functions have no destructuring and no for-of.
 */
export function placesCode({ all, routes }: Site): string {
  const site = `var SITE = ${placeText(all)};\n`;
  if (routes.length === 0) return site;
  const own = routes.map((place) => `${placeText(place)},\n`).join("");
  return `${site}\n// The narrowest last.\nvar ROUTES = [\n${indent(own)}];\n${LOOKUP}`;
}

/** Works as `normalised` of middleware/routes.ts, and treats `%2F` as the proxy does. */
const LOOKUP = String.raw`
// A path as servers read it: plain characters decoded, "//" merged, "." and ".." resolved.
function normalised(path) {
  var decoded = path.replace(/%[\da-f]{2}/gi, function (code) {
    var character = String.fromCharCode(parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~!+,:@=]/.test(character) ? character : code;
  });
  var segments = (/\/\.\.?$/.test(decoded) ? decoded + "/" : decoded).split("/");
  var last = segments.pop();
  var kept = [];
  segments.forEach(function (segment) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  });
  return "/" + kept.concat(last).join("/");
}

function placeAt(path) {
  for (var i = ROUTES.length - 1; i >= 0; i--) {
    var route = ROUTES[i];
    if (route.below ? path.indexOf(route.path) === 0 : path === route.path) return route;
  }
  return SITE;
}

// Undefined if the route depends on whether a server decodes %2F: such a path is refused.
function placeFor(path) {
  var place = placeAt(normalised(path));
  return placeAt(normalised(path.replace(/%2f/gi, "/"))) === place ? place : undefined;
}
`;

function placeText({ path, lines, remove }: Place): string {
  const set = lines.map(([name, value]) => `[${JSON.stringify(name)}, ${JSON.stringify(value)}],\n`);
  const fields = [
    ...(path === undefined ? [] : [`path: ${JSON.stringify(path.path)},\n`, `below: ${path.below},\n`]),
    `set: [${lines.length === 0 ? "" : `\n${indent(set.join(""))}`}],\n`,
    `remove: ${JSON.stringify(remove)},\n`,
  ];
  return `{\n${indent(fields.join(""))}}`;
}

const codeOf = (site: Site, cookies: boolean) => `// A CloudFront Function for the event viewer-response.
${placesCode(site)}
function handler(event) {
  var response = event.response;
${site.routes.length === 0 ? "  var place = SITE;\n" : PLACE}  place.remove.forEach(function (name) {
    delete response.headers[name.toLowerCase()];${cookies ? '\n    if (name.toLowerCase() === "set-cookie") response.cookies = {};' : ""}
  });
  place.set.forEach(function (line) {
    response.headers[line[0].toLowerCase()] = { value: line[1] };
  });
  return response;
}
`;

/** A function may change status and body. Developer Guide, "CloudFront Functions event structure", "Status code and body". */
const PLACE = `  var place = placeFor(event.request.uri);
  if (place === undefined) {
    place = SITE;
    response.statusCode = 400;
    response.statusDescription = "Bad Request";
    response.body = "Bad request\\n";
    response.headers["content-type"] = { value: "text/plain" };
    delete response.headers["content-encoding"];
  }
`;

function resourceOf(site: Site): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of Terraform
  const code = 'file("${path.module}/portcullis-function.js")';
  const values = { name: nameOf(site), runtime: '"cloudfront-js-2.0"', publish: true, code };
  return block('resource "aws_cloudfront_function" "portcullis"', attributes(values));
}

const ASSOCIATION = block(
  "function_association",
  attributes({ event_type: '"viewer-response"', function_arn: "aws_cloudfront_function.portcullis.arn" }),
);
