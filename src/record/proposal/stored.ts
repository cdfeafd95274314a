import type { Group } from "../../reports/group.js";
import { spreadOf, type Visits } from "../visited.js";
import { type Accepted, distinct, type Item, isAccepted, type Part, type Pending, pagesText } from "./part.js";

/** What one directive or header would allow, and the groups that need it. */
export interface Wish {
  readonly groups: readonly Group[];
  /** What the message begins with: `"https://cdn.example serves a script"`. */
  readonly what: string;
  /** The origin that it is about. */
  readonly origin: string;
}

/** The violations and pages that questions are made from, and what somebody has answered. */
export interface Answered {
  readonly visits: Visits;
  readonly accepted: Accepted;
}

/**
 * The question about what whoever can store content on a page may have asked for: it is on some pages only. Undefined where it has to be
 * allowed without one.
 */
export function storedQuestion({ groups, what, origin }: Wish, { visits, accepted }: Answered): Pending | undefined {
  const point = { consent: "hosts", item: origin as Item } as const;
  if (isAccepted(accepted, point)) return undefined;
  const ids = new Set(groups.flatMap(({ id }) => [...(visits.groups.get(id) ?? [])]));
  const { on, count, of } = spreadOf(ids, visits.pages);
  if (on !== "some") return undefined;
  const message = `${what} on ${pagesText(count)} of ${of}: somebody may have stored it there.`;
  return { ...point, message, code: undefined, pages: pagesOf(groups) };
}

/** The pages of groups, without their queries. */
export const pagesOf = (groups: readonly Group[]) => distinct(groups.flatMap(({ pages }) => pages.map(({ value }) => value)));

/** Separates what may be allowed from what has to be confirmed first. */
export function withQuestions<T>(
  all: readonly T[],
  questionOn: (one: T) => Pending | undefined,
): { readonly free: readonly T[] } & Pick<Part, "pending"> {
  const asked = all.map((one) => [one, questionOn(one)] as const);
  return {
    free: asked.flatMap(([one, question]) => (question === undefined ? [one] : [])),
    pending: asked.flatMap(([, question]) => question ?? []),
  };
}
