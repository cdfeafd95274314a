import type { HeaderLine } from "../../../src/policy/incoming.js";
import { el, shown } from "./dom.js";
import type { Mistake } from "./engine/answer.js";
import { MOST_ROUTES, MOST_ROWS } from "./limits.js";

/** The first rows of a list, and a sentence about the others. */
export function limited<T>(all: readonly T[], row: (one: T) => Node, what: string): readonly Node[] {
  const rows = all.slice(0, MOST_ROWS).map(row);
  const more = all.length - rows.length;
  return more === 0 ? rows : [...rows, el("p", { class: "pg-muted" }, `${more} more ${what} are not shown.`)];
}

/** Mistakes as a list; with `lineOf`, each has a button to its line. */
export function mistakeList(
  mistakes: readonly Mistake[],
  lineOf?: (mistake: Mistake) => number | undefined,
  goTo?: (line: number) => void,
): HTMLElement {
  const rows = mistakes.slice(0, MOST_ROWS).map((mistake) => {
    const { path, message, hint } = mistake;
    const line = lineOf?.(mistake);
    const row = el("li");
    if (line !== undefined && goTo !== undefined) {
      const link = el("button", { type: "button", class: "pg-line" }, `Line ${line}`);
      link.addEventListener("click", () => goTo(line));
      row.append(link, " ");
    }
    if (path !== "") row.append(el("code", {}, path), ": ");
    row.append(shown(/[.!?]$/.test(message) ? message : `${message}.`), hint === "" ? "" : shown(` ${hint}`));
    return row;
  });
  const more = mistakes.length - rows.length;
  if (more > 0) rows.push(el("li", {}, `${more} more.`));
  return el("ul", { class: "pg-mistakes" }, ...rows);
}

/** `1 mistake`, `3 mistakes`. */
export const count = (number: number, one: string): string => `${number} ${number === 1 ? one : `${one}s`}`;

/** Header lines as they go over the wire. */
export function headerList(headers: readonly HeaderLine[]): HTMLElement {
  if (headers.length === 0) return el("p", { class: "pg-muted" }, "No headers.");
  const rows = limited(
    headers,
    ([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value === "" ? "(empty)" : value)),
    "headers",
  );
  return el("dl", { class: "pg-headers" }, ...rows);
}

/** The first routes, each with its headers, and a sentence about the others. */
export function routeList(routes: readonly { readonly path: string; readonly headers: readonly HeaderLine[] }[]): readonly Node[] {
  const shown = routes.slice(0, MOST_ROUTES).flatMap(({ path, headers }) => [el("h3", {}, path), headerList(headers)]);
  const more = routes.length - MOST_ROUTES;
  return more > 0 ? [...shown, el("p", { class: "pg-muted" }, `${more} more routes are not shown; the policy has all.`)] : shown;
}

/** The same as text, to copy. */
export const headerText = (headers: readonly HeaderLine[]): string => headers.map(([name, value]) => `${name}: ${value}\n`).join("");
