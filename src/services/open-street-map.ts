import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link openStreetMap}. */
export interface OpenStreetMapOptions {
  /** How the map library loads tiles: `"img"` for Leaflet, `"fetch"` for MapLibre GL. Default: `"img"`. */
  readonly tiles?: "img" | "fetch" | undefined;
  /** The old hosts `a.tile.openstreetmap.org` to `c.tile.openstreetmap.org`, which OpenStreetMap does not recommend. Default: false. */
  readonly subdomains?: boolean | undefined;
  /** Vector tiles of `vector.openstreetmap.org`. Default: false. */
  readonly vector?: boolean | undefined;
  /** Search by Nominatim. Default: false. */
  readonly nominatim?: boolean | undefined;
  /** The map of `https://www.openstreetmap.org/export/embed.html` in a frame. Default: false. */
  readonly embed?: boolean | undefined;
}

const TILES = "https://tile.openstreetmap.org";

/**
 * The tiles of OpenStreetMap's own servers.
 *
 * @param options see {@link OpenStreetMapOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const openStreetMap = recipe<OpenStreetMapOptions>(
  {
    name: "openStreetMap",
    title: "OpenStreetMap",
    category: "maps",
    aliases: ["osm"],
    evidence: "vendor",
    pages: [
      "https://operations.osmfoundation.org/policies/tiles/",
      "https://operations.osmfoundation.org/policies/vector/",
      "https://wiki.openstreetmap.org/wiki/Referer",
    ],
    checked: "2026-11-26",
    hosts: ["openstreetmap.org"],
    nonce: "The script of the map library, such as Leaflet; OpenStreetMap serves no script.",
    notes: [
      'The servers block requests without a Referer header. The presets strict and strictDynamic send Referrer-Policy no-referrer: write referrerPolicy: "strict-origin-when-cross-origin".',
      "The marker icons of Leaflet load from the host of its files, or as data:.",
    ],
  },
  () => ({ tiles: oneOfWords("img", "fetch"), subdomains: flag(), vector: flag(), nominatim: flag(), embed: flag() }),
  ({ tiles = "img", subdomains, vector, nominatim, embed }) => {
    const servers = [TILES, ...(subdomains ? ["https://*.tile.openstreetmap.org"] : [])];
    return {
      csp: {
        imgSrc: tiles === "img" ? servers : [],
        connectSrc: [
          ...(tiles === "fetch" ? servers : []),
          ...(vector ? ["https://vector.openstreetmap.org"] : []),
          ...(nominatim ? ["https://nominatim.openstreetmap.org"] : []),
        ],
        frameSrc: embed ? ["https://www.openstreetmap.org/export/embed.html"] : [],
      },
      ...(embed
        ? { crossOriginEmbedderPolicy: "unsafe-none" as const }
        : tiles === "img"
          ? { crossOriginEmbedderPolicy: "credentialless" as const }
          : {}),
    };
  },
);
