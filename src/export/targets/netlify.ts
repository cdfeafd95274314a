import { type Site, type Target, withoutOwn } from "../target.js";
import { placesOf } from "./cloudfront-function.js";

/** Netlify's `_headers`, or an Edge Function for what that file cannot say. */
export const netlify: Target = {
  title: "Netlify: the _headers of static files, or an Edge Function where paths differ",
  uses: [],

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("Netlify reaches an application by a redirect of netlify.toml, left out: the upstream.");
    const own = withoutOwn(site, RESERVED, "Netlify", { report, warn });
    const why = whyFunction(own);
    if (why !== undefined) {
      warn(`${why}: an Edge Function is printed in the place of _headers, and runs at every request.`);
      return [{ path: "netlify/edge-functions/portcullis.js", text: codeOf(own) }];
    }
    const { lines, remove } = own.all;
    if (remove.length > 0) warn(`Netlify's _headers remove nothing, left out: ${remove.join(", ")}.`);
    if (lines.length === 0) {
      warn("The policy has no headers, and no file is printed.");
      return [];
    }
    warn("Netlify puts _headers on static files only: what a function answers, or is proxied, has to bring headers of its own.");
    return [{ path: "_headers", text: `/*\n${lines.map(([name, value]) => `  ${name}: ${value}\n`).join("")}` }];
  },
};

/** Names that Netlify ignores. Documentation, "Custom headers", Limitations. */
const RESERVED =
  /^(?:accept-ranges|age|allow|alt-svc|connection|content-(?:encoding|length|range)|date|location|server|set-cookie|trailer|transfer-encoding|upgrade)$/i;

/** All rules that fit apply, and none takes back what another has set; nor is a value left alone. */
function whyFunction({ all, routes }: Site): string | undefined {
  if (routes.length > 0) return "Netlify's _headers replace nothing by path";
  const changed = all.lines.filter(([, value]) => spaced(value) !== value).map(([name]) => name);
  return changed.length === 0 ? undefined : `Netlify's _headers change the blanks around commas of ${changed.join(", ")}`;
}

const spaced = (value: string) =>
  value
    .split(",")
    .map((one) => one.trim())
    .join(", ");

const codeOf = (site: Site) => `// An Edge Function of Netlify, for whatever the site answers: functions and proxied content too.
${placesOf(site)}
export default async (request, context) => {
  const response = await context.next();
  const { set, remove } = placeFor(new URL(request.url).pathname);
  const own = new Response(response.body, response);
  for (const name of remove) own.headers.delete(name);
  for (const [name, value] of set) own.headers.set(name, value);
  return own;
};

export const config = { path: "/*" };
`;
