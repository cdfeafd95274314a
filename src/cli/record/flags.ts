import { type Flags, SECONDS } from "../flag.js";

/** The options of a walk, of `record` and `prove`. */
export const walkFlags = {
  start: { value: "url", many: true, text: "Another address to begin at; links within its origin are followed too." },
  pages: { value: "number", number: [1, 5_000], default: "50", text: "The most pages to visit." },
  depth: { value: "number", number: [0, 100], default: "3", text: "The most links between a start address and a page." },
  include: { value: "glob", many: true, text: "Only visit paths that match, such as /docs/**." },
  exclude: { value: "glob", many: true, text: "Do not visit paths that match. Links that log out or delete are never followed." },
  script: { value: "file", text: "A module that walks with Playwright's page: export default async ({ page, visit, snapshot }) => { … }." },
  "storage-state": { value: "file", text: "Cookies and storage of a logged-in visitor, as Playwright's storageState() writes them." },
  header: { value: "name: value", many: true, text: "A header for requests to the start addresses, such as Authorization." },
  viewport: { value: "name", many: true, default: "desktop", text: "The size of the window: desktop or phone." },
  timeout: { value: "seconds", number: SECONDS, default: "15", text: "Time limit for a page to load, and again for its requests to end." },
  browser: { value: "file", text: "The program to start. Default: Playwright's Chromium, or Chrome, Chromium or Edge on this machine." },
  insecure: { text: "Accept certificates that are not valid." },
  "ignore-site-policy": { text: "Remove the Content-Security-Policy headers that the site itself sends: they hide what it needs." },
  "no-pictures": { text: "Compare only text, errors and requests, and take no pictures." },
} as const satisfies Flags;

/** The options of what is written, of `record` and `prove`. */
export const outputFlags = {
  report: { value: "file", text: "Write a report with pictures to this HTML file." },
  force: { text: "Overwrite files that exist." },
  json: { text: "Print everything as JSON." },
} as const satisfies Flags;
