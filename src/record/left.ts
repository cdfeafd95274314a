import type { WalkOptions } from "./walk-options.js";

/** Links that a walk has found and not followed, by the limit that it was at. */
export interface Left {
  /** Of the number of pages. */
  readonly pages: number;
  /** Of the links between a start address and a page. */
  readonly depth: number;
  /** Of the pages of one route. */
  readonly routes: number;
}

/** How many links were not followed, and which option would have a walk follow them: a sentence for each limit. */
export function leftNotes(left: Left, { pages, depth }: Pick<WalkOptions, "pages" | "depth">): readonly string[] {
  const perRoute = "enough pages of their route were visited. To visit one, write --start with its address.";
  return [
    left.pages > 0 && `${links(left.pages)} not followed: the walk ended at ${counted(pages, "page")}, the limit of --pages.`,
    left.depth > 0 && `${links(left.depth)} not followed: more than ${counted(depth, "link")} from a start address, the limit of --depth.`,
    left.routes > 0 && `${links(left.routes)} not followed: ${perRoute}`,
  ].filter((note) => note !== false);
}

/** The sum of all limits. */
export const leftCount = ({ pages, depth, routes }: Left): number => pages + depth + routes;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

const links = (count: number) => `${counted(count, "link")} ${count === 1 ? "was" : "were"}`;
