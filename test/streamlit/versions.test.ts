import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Layer } from "../../src/index.js";
import { CHROMIUM } from "../browser/support.js";
import { peersRequired, skipWithout } from "../peers.js";
import { PARTS, type Part, type PartName } from "./parts.js";
import { DOORS, installStreamlit, OLDER, type Release, startStreamlit, streamlit, type Visit, violations, visit } from "./support.js";

if (peersRequired()) for (const release of OLDER) installStreamlit(release);

const WALK: readonly PartName[] = [
  ...(["a button", "a slider", "a form", "a formula", "data frames", "line, Altair and Vega-Lite charts"] as const),
  ...(["sound", "video", "an upload", "a download", "a chat", "a declared component"] as const),
];

/** The maps of these versions, which ask Streamlit for a token and Mapbox for all else. */
const MAP: Part = {
  path: "maps",
  async works(visit) {
    await visit.page.locator("[data-testid=stDeckGlJsonChart] canvas").first().waitFor();
    await expect
      .poll(() => [...visit.asked].sort(), { timeout: visit.patience })
      .toEqual(expect.arrayContaining(["api.mapbox.com", "data.streamlit.io"]));
  },
};

/** Goes through the parts; each page is loaded anew, for these versions know no st.navigation. */
async function walk(visit: Visit, parts: readonly (readonly [name: string, part: Part])[]): Promise<Readonly<Record<string, string>>> {
  const results: [string, string][] = [];
  let here: string | undefined;
  for (const [name, part] of parts) {
    if (part.path !== here) await visit.page.goto(`${visit.url}?page=${part.path}`);
    here = part.path;
    results.push([name, await part.works(visit).then(() => "works", String)]);
  }
  return Object.fromEntries(results);
}

const NAMED = [...WALK.map((name) => [name, PARTS[name]] as const), ["a map", MAP] as const];
const ALL_WORK = Object.fromEntries(NAMED.map(([name]) => [name, "works"]));

describe.each<Release>(OLDER)("Streamlit $version", { timeout: 150_000, retry: 1 }, (release) => {
  describe.skipIf(skipWithout("An older Streamlit behind a policy", [streamlit(release), CHROMIUM]))("behind the proxy", () => {
    let app: Awaited<ReturnType<typeof startStreamlit>>;
    beforeAll(async () => {
      app = await startStreamlit(release);
    }, 90_000);
    afterAll(() => app?.stop());

    it.each<[string, readonly Layer[], readonly string[]]>([
      ["streamlit", ["streamlit"], []],
      // 1.30 tries an eval, and does without.
      [
        "streamlitStrict with streamlitMapbox",
        ["streamlitStrict", "streamlitMapbox"],
        release.version.startsWith("1.30") ? ["script-src eval"] : [],
      ],
    ])("works in every part, and nothing that it needs is blocked: %s", async (_, layers, blocked) => {
      const visitor = await visit(await DOORS.proxy(app.port, layers));
      expect(await walk(visitor, NAMED)).toEqual(ALL_WORK);
      expect(await violations(visitor)).toEqual(blocked);
    });
  });
});
