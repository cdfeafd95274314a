import type { Group } from "../navigation.js";

/** What all pages of a site have in common. */
export interface Frame {
  /** The path of the site. */
  readonly path: string;
  /** The address of the site, if it is known. */
  readonly base: string | undefined;
  readonly groups: readonly Group[];
  /** Addresses of the files that every page loads. */
  readonly assets: { readonly style: string; readonly script: string; readonly index: string; readonly icon: string };
  /** The script that runs before the first paint. */
  readonly inline: string;
  /** The links of the header: their text, and the path of a page. */
  readonly areas: readonly (readonly [name: string, page: string])[];
}
