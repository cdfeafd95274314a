import { type ExportedFile, type HeaderLine, type PrintContext, type Site, type Target, withoutOwn } from "../target.js";
import { placesCode } from "./cloudfront-function.js";
import { ownOf } from "./worker.js";

/** Netlify's `_headers`, or an Edge Function for what that file cannot say. */
export const netlify: Target<"netlify"> = {
  name: "netlify",
  title: "Netlify: the _headers of static files, or an Edge Function where paths differ",
  uses: [],

  print: (site, context) =>
    printedAs("Netlify's _headers", site, context, (lines) => ({
      path: "_headers",
      text: `/*\n${lines.map(([name, value]) => `  ${name}: ${value}\n`).join("")}`,
    })),
};

/** The `[[headers]]` of `netlify.toml`, which Netlify's own parser reads as it reads `_headers`. */
export const netlifyToml: Target<"netlify-toml"> = {
  name: "netlify-toml",
  title: "Netlify: the [[headers]] of netlify.toml, or an Edge Function where paths differ",
  uses: [],

  print: (site, context) =>
    printedAs("Netlify's [[headers]]", site, context, (lines) => ({
      path: "netlify.toml",
      text: `# Put this into the netlify.toml of the site. A rule for "/*" in _headers has the same headers once more: take those out.
[[headers]]
  for = "/*"

  [headers.values]
${lines.map(([name, value]) => `    ${keyOf(name)} = ${JSON.stringify(value)}\n`).join("")}`,
    })),
};

/** A name as TOML takes it: bare without dots. Of a value the escapes of JSON are those of a basic string. TOML 1.0, "Keys", "String". */
const keyOf = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** Static headers where all paths have the same, and an Edge Function otherwise; `what` is what they are called. */
function printedAs(
  what: string,
  site: Site,
  { report, warn }: PrintContext,
  fileOf: (lines: readonly HeaderLine[]) => ExportedFile,
): readonly ExportedFile[] {
  if (site.upstream !== undefined) warn("Netlify reaches an application by a redirect of netlify.toml, left out: the upstream.");
  const own = withoutOwn(site, RESERVED, "Netlify", { report, warn });
  const why = whyFunction(own);
  if (why !== undefined) {
    warn(`${what} ${why}: an Edge Function is printed in their place, and runs at every request.`);
    return [{ path: "netlify/edge-functions/portcullis.js", text: codeOf(own) }];
  }
  const { lines, remove } = own.all;
  if (remove.length > 0) warn(`${what} remove nothing, left out: ${remove.join(", ")}.`);
  if (lines.length === 0) {
    warn("The policy has no headers, and no file is printed.");
    return [];
  }
  warn(`${what} are for static files only: what a function answers, or is proxied, must set its own headers.`);
  return [fileOf(lines)];
}

/** Names that Netlify ignores. Documentation, "Custom headers", Limitations. */
export const RESERVED =
  /^(?:accept-ranges|age|allow|alt-svc|connection|content-(?:encoding|length|range)|date|location|server|set-cookie|trailer|transfer-encoding|upgrade)$/i;

/** All rules that fit apply, and none takes back what another has set; nor is a value left alone. */
function whyFunction({ all, routes }: Site): string | undefined {
  if (routes.length > 0) return "replace nothing by path";
  const changed = all.lines.filter(([, value]) => spaced(value) !== value).map(([name]) => name);
  return changed.length === 0 ? undefined : `change the blanks around commas of ${changed.join(", ")}`;
}

const spaced = (value: string) =>
  value
    .split(",")
    .map((one) => one.trim())
    .join(", ");

const codeOf = (site: Site) => `// An Edge Function of Netlify, for whatever the site answers: functions and proxied content too.
${placesCode(site)}
export default async (request, context) => {
  const response = await context.next();
${site.routes.length === 0 ? "" : "  const { pathname } = new URL(request.url);\n"}${ownOf(site)}  for (const name of remove) own.headers.delete(name);
  for (const [name, value] of set) own.headers.set(name, value);
  return own;
};

export const config = { path: "/*" };
`;
