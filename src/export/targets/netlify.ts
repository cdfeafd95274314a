import { type ExportedFile, type HeaderLine, type PrintContext, type Site, type Target, withoutOwn } from "../target.js";
import { placesCode } from "./cloudfront-function.js";
import { ownOf } from "./worker.js";

/** Netlify's `_headers`, or an Edge Function for policies that the file cannot express. */
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

/** The `[[headers]]` of `netlify.toml`, which Netlify parses like `_headers`. */
export const netlifyToml: Target<"netlify-toml"> = {
  name: "netlify-toml",
  title: "Netlify: the [[headers]] of netlify.toml, or an Edge Function where paths differ",
  uses: [],

  print: (site, context) =>
    printedAs("Netlify's [[headers]]", site, context, (lines) => ({
      path: "netlify.toml",
      text: `# For the netlify.toml of the site. Remove rules for "/*" from _headers: they would add the same headers again.
[[headers]]
  for = "/*"

  [headers.values]
${lines.map(([name, value]) => `    ${keyOf(name)} = ${JSON.stringify(value)}\n`).join("")}`,
    })),
};

/** A TOML key: bare if it has no dots. A basic string has the escapes of JSON. TOML 1.0, "Keys", "String". */
const keyOf = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** Static headers if all paths have the same headers, otherwise an Edge Function. `what` names the static headers in warnings. */
function printedAs(
  what: string,
  site: Site,
  { report, warn }: PrintContext,
  fileOf: (lines: readonly HeaderLine[]) => ExportedFile,
): readonly ExportedFile[] {
  if (site.upstream !== undefined) warn("The upstream is not printed: Netlify proxies to an application with a redirect in netlify.toml.");
  const own = withoutOwn(site, RESERVED, "Netlify", { report, warn });
  const why = whyFunction(own);
  if (why !== undefined) {
    warn(`${what} ${why}: an Edge Function is printed instead, and runs on every request.`);
    return [{ path: "netlify/edge-functions/portcullis.js", text: codeOf(own) }];
  }
  const { lines, remove } = own.all;
  if (remove.length > 0) warn(`${what} remove nothing, left out: ${remove.join(", ")}.`);
  if (lines.length === 0) {
    warn("The policy has no headers: no file is printed.");
    return [];
  }
  warn(`${what} apply to static files only: functions and proxied applications must set their own headers.`);
  return [fileOf(lines)];
}

/** Headers that Netlify ignores. Documentation, "Custom headers", Limitations. */
export const RESERVED =
  /^(?:accept-ranges|age|allow|alt-svc|connection|content-(?:encoding|length|range)|date|location|server|set-cookie|trailer|transfer-encoding|upgrade)$/i;

/** All matching rules apply, and none can remove a header of another one. Netlify also changes some values. */
function whyFunction({ all, routes }: Site): string | undefined {
  if (routes.length > 0) return "cannot replace a header on some paths";
  const changed = all.lines.filter(([, value]) => spaced(value) !== value).map(([name]) => name);
  return changed.length === 0 ? undefined : `change the spaces around commas in ${changed.join(", ")}`;
}

const spaced = (value: string) =>
  value
    .split(",")
    .map((one) => one.trim())
    .join(", ");

const codeOf = (site: Site) => `// A Netlify Edge Function for all responses of the site, with those of functions and proxied applications.
${placesCode(site)}
export default async (request, context) => {
  const response = await context.next();
${site.routes.length === 0 ? "" : "  const { pathname } = new URL(request.url);\n"}${ownOf(site)}  for (const name of remove) own.headers.delete(name);
  for (const [name, value] of set) own.headers.set(name, value);
  return own;
};

export const config = { path: "/*" };
`;
