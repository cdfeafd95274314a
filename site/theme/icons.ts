import { html, type Markup } from "../../src/reports/page/html.js";

const icon = (content: Markup): Markup =>
  html`<svg aria-hidden="true" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${content}</svg>`;

/** A gate of bars under an arch. */
const GATE = html`<path d="M3 21V11a9 9 0 0 1 18 0v10M8 5v16M12 3v18M16 5v16M4 10h16M4 16h16"/>`;

/** The pictures of the header, in the colour of the text. */
export const ICONS = {
  logo: icon(GATE),
  arrow: icon(html`<path d="M4 12h16m-6-6 6 6-6 6"/>`),
  menu: icon(html`<path d="M4 6h16M4 12h16M4 18h16"/>`),
  search: icon(html`<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>`),
  sun: icon(
    html`<circle cx="12" cy="12" r="4"/><path d="M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"/>`,
  ),
  moon: icon(html`<path d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z"/>`),
} as const;

/** The favicon. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#1f4fbf"/><path fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" d="M5 19v-7a7 7 0 0 1 14 0v7M9 7v12M12 5v14M15 7v12M5 11h14M5 15h14"/></svg>
`;
