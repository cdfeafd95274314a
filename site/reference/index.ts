import type { Page } from "../page.js";

/** The pages of the reference. A stub: two pages, until the generated ones are here. */
export function referencePages(): readonly Page[] {
  return [
    {
      path: "reference/headers/strict-transport-security",
      title: "Strict-Transport-Security",
      description: "Tells browsers to use https only for this host.",
      body: "Browsers that have seen this header (HSTS) never use http for the host again.\n\n## Options\n\n| option | type |\n|---|---|\n| `maxAge` | seconds |\n",
      group: ["Reference", "Headers"],
    },
    {
      path: "reference/presets/strict",
      title: "strict",
      description: "Everything 'none' or 'self', nothing inline.",
      body: "Everything `'none'` or `'self'`.\n\n## See also\n\n- [Strict-Transport-Security](/reference/headers/strict-transport-security#options)\n",
      group: ["Reference", "Presets"],
    },
  ];
}
