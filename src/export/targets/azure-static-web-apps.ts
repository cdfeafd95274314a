import { type Place, patternText, type RoutePath, type Site, type Target, warnOfPaths, withinLimits } from "../target.js";

/** The `staticwebapp.config.json` of Azure Static Web Apps. */
export const azureStaticWebApps: Target<"azure-static-web-apps"> = {
  name: "azure-static-web-apps",
  title: "Azure Static Web Apps: the headers of staticwebapp.config.json",
  uses: [],
  largestFile: 20_000,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("The upstream is not printed: Static Web Apps have their own backends.");
    warnOfPaths(site, "It is not tested whether /%61dmin and //admin have the headers of /admin on Static Web Apps.", warn);
    const globalHeaders = globalOf(site.all);
    // The first route that matches applies, so the narrowest comes first.
    const routes = site.routes.toReversed().map((place) => routeOf(site, place, warn));
    if (Object.keys(globalHeaders).length === 0 && routes.every(({ headers }) => Object.keys(headers).length === 0)) {
      warn("The policy has no headers: no file is printed.");
      return [];
    }
    warn("Static Web Apps do not change responses of functions under /api: these must set their own headers.");
    const config = { ...(routes.length > 0 && { routes }), globalHeaders };
    const files = [{ path: "staticwebapp.config.json", text: `${JSON.stringify(config, null, 2)}\n` }];
    return withinLimits(azureStaticWebApps, site, files, report);
  },
};

/** An empty value removes. "Configure Azure Static Web Apps", Global headers. */
function globalOf({ lines, remove }: Place): Readonly<Record<string, string>> {
  return Object.fromEntries([...remove.map((name) => [name, ""]), ...lines]);
}

/** A route is added to the global headers: it sets those that differ, and empties those to remove. */
function routeOf({ all }: Site, place: Place, warn: (text: string) => void) {
  const route = patternText(place.path as RoutePath);
  const before = new Map(all.lines);
  const own = globalOf(place);
  const lower = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const lost = all.remove.filter((name) => !lower.has(name.toLowerCase()));
  if (lost.length > 0) warn(`Static Web Apps cannot restore headers that the site removes. Removed for ${route} too: ${lost.join(", ")}.`);
  const gone = [...before.keys()].filter((name) => !Object.hasOwn(own, name)).map((name) => [name, ""] as const);
  const changed = Object.entries(own).filter(
    ([name, value]) => value !== (before.get(name) ?? (all.remove.includes(name) ? "" : undefined)),
  );
  return { route, headers: Object.fromEntries([...gone, ...changed]) };
}
