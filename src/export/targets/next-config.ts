import type { ReportIssue } from "../../errors.js";
import { governingInlineScripts } from "../../headers/content-security-policy/wire.js";
import { within } from "../../middleware/routes.js";
import { readSource } from "../../values/sources.js";
import { type Place, patternText, type RoutePath, type Site, stayingIn, type Target } from "../target.js";

/** The return value of `headers` in `next.config`. */
export const nextConfig: Target<"next-config"> = {
  name: "next-config",
  title: "Next.js: the return value of headers in next.config",
  uses: [],
  slotHint: "Or set the policy in proxy.ts: see docs/next.md.",

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("The upstream is not printed: Next.js is the application itself.");
    const places = [site.all, ...site.routes];
    const staying = stayingIn(site);
    if (staying !== undefined) {
      const powered = /x-powered-by/i.test(staying) ? " For X-Powered-By, set poweredByHeader: false." : "";
      warn(`Next.js cannot remove a header that the application sends: ${staying}.${powered}`);
    }
    if (site.routes.some(({ path }) => path !== undefined && /[^/]/.test(path.path))) {
      warn(
        "Next.js matches the path as the client sent it: with a dynamic segment, /posts/%6eew serves the page /posts/new without the headers of that route. Keep the paths around a route as strict as the route.",
      );
    }
    const still = places.filter(blocksInlineScripts).map(titleOf);
    if (still.length > 0) {
      warn(
        `Next.js writes inline scripts into its pages, and the policy of ${still.join(", ")} blocks them: pages would not hydrate. See docs/next.md.`,
      );
    }
    const rules = places.flatMap((place) => {
      const source = sourceOf(site, place, report);
      if (source === undefined || place.lines.length === 0) return [];
      return [{ source, headers: place.lines.map(([key, value]) => ({ key, value })) }];
    });
    if (rules.length > 0) return [{ path: "portcullis-headers.mjs", text: `${HEAD}export default ${JSON.stringify(rules, null, 2)};\n` }];
    warn("The policy has no headers: no file is printed.");
    return [];
  },
};

const HEAD = `// For next.config.mjs or next.config.ts:
// import portcullis from "./portcullis-headers.mjs";
// export default { headers: async () => portcullis };
// Each path matches exactly one entry, because a later entry can replace a header but not remove it.
`;

const titleOf = ({ path }: Place) => (path === undefined ? "the site" : patternText(path));

/**
 * A pattern for the paths of a place without those of narrower places. Undefined if no path is left. Next.js ignores a slash at the end
 * of a path. The groups have no names, because Next.js replaces names in values.
 */
function sourceOf(site: Site, place: Place, report: ReportIssue): string | undefined {
  const { path, below } = place.path ?? { path: "/", below: true };
  if (!below) {
    checkEnd(path, report);
    return literal(path);
  }
  const others = within(site, place).flatMap((one) => (one.path === undefined ? [] : restOf(one.path, path)));
  if (others.includes("")) return undefined;
  return `${literal(path)}(${others.length === 0 ? "" : `(?!${others.join("|")})`}.*)`;
}

const restOf = (other: RoutePath, folder: string) =>
  `${other.path.slice(folder.length).replace(/[.+]/g, "\\$&")}${other.below ? "" : "/?$"}`;

/** Escapes `:`, which begins a parameter, and `+`, which repeats. path-to-regexp 6. */
const literal = (path: string) => path.replace(/[:+]/g, "\\$&");

function checkEnd(path: string, report: ReportIssue): void {
  if (path === "/" || !path.endsWith("/")) return;
  report({
    path: [path],
    message: "is the same path as without the slash at its end to Next.js",
    hint: `Write ${JSON.stringify(path.slice(0, -1))}.`,
  });
}

/** Whether the directive that governs them lets no inline script run at all. CSP3 §6.7.3.3. */
function blocksInlineScripts({ lines }: Place): boolean {
  const governing = governingInlineScripts(lines.find(([name]) => name === "Content-Security-Policy")?.[1] ?? "");
  return governing !== undefined && !governing.sources.some(allowsInline);
}

function allowsInline(source: string): boolean {
  const read = readSource(source, "wire");
  return read.kind === "hash" || (read.kind === "keyword" && read.keyword === "unsafe-inline");
}
