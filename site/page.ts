/** A page of the documentation site, before the theme is put around it. */
export interface Page {
  /** Where it is, without a leading slash and without `.html`: `reference/headers/strict-transport-security`. */
  readonly path: string;
  readonly title: string;
  /** One sentence, for the search and `<meta name="description">`. */
  readonly description: string;
  /** Markdown without the title; links to other pages are absolute paths of the site: `/reference/options/reporting`. */
  readonly body: string;
  /** Where the navigation lists it, outermost first: `["Reference", "Headers"]`. */
  readonly group: readonly string[];
}
