import type { Group } from "../group.js";
import { adviceOn } from "../learn/advice.js";
import { directiveToWiden } from "../learn/directives.js";
import { groupedBy } from "../learn/evidence.js";
import type { Learned, Suggestion } from "../learn/learned.js";
import { allowsSome, blockedServices } from "../learn/services.js";
import { sourcesOf } from "../learn/sources.js";
import { isInPatch, type Proposal } from "./proposal.js";
import type { SourceRow } from "./rows.js";

/** What to do about a row, in sentences. */
export function actionsFor(row: SourceRow, proposal: Proposal | undefined): readonly string[] {
  if (row.ignored) return ["Ignored."];
  return [...actionsOn(row, proposal), ...serviceActions(row)];
}

/** Whose a source is, and the recipe for it. */
function serviceActions({ subject, groups }: SourceRow): readonly string[] {
  const urls = groups.flatMap((group) => group.urls.map(({ value }) => value));
  const directives = [...new Set(groups.map(({ directive }) => directive))];
  return blockedServices(directives.map((directive) => ({ directive, blocked: subject, urls }))).map((service) =>
    allowsSome(service)
      ? `If the site uses ${service.title}, add ${service.call} from "portcullis/services".`
      : `It is a host of ${service.title}, whose recipe does not allow this.`,
  );
}

function actionsOn(row: SourceRow, proposal: Proposal | undefined): readonly string[] {
  if (proposal === undefined) return distinct(row.groups.map(generalAction));
  const { learned, options, isOfAnother } = proposal;
  const sources = new Set(row.groups.flatMap((group) => sourcesOf(group, options.width)));
  const actions = [
    ...suggestionActions(
      learned.suggestions.filter(({ source }) => sources.has(source)),
      proposal,
    ),
    ...row.groups.flatMap((group) => adviceIn(learned).get(violation(group)) ?? []),
  ];
  if (actions.length > 0) return distinct(actions);
  if (row.groups.every(isOfAnother)) return ["Nothing yet: it was reported on another version of the policy."];
  if (row.groups.every(({ type }) => type === "csp-hash")) return distinct(row.groups.map(generalAction));
  return ["Nothing: the policy allows it already, or no policy can."];
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

const violation = ({ directive, blocked }: Pick<Group, "directive" | "blocked">): string => `${directive} ${blocked}`;

const advices = new WeakMap<Learned, ReadonlyMap<string, readonly string[]>>();

/** The messages by violation, made once: an export asks for those of every row. */
function adviceIn(learned: Learned): ReadonlyMap<string, readonly string[]> {
  const known = advices.get(learned);
  if (known !== undefined) return known;
  const lists = [...groupedBy(learned.advice, violation)].map(([name, list]) => [name, list.map(({ message }) => message)] as const);
  const made = new Map(lists);
  advices.set(learned, made);
  return made;
}

function suggestionActions(suggestions: readonly Suggestion[], { learned }: Proposal): readonly string[] {
  const isAdded = ({ directive, source }: Suggestion): boolean => isInPatch(learned, directive, source);
  const added = suggestions.filter(isAdded).map(({ directive }) => directive);
  const leftOut = groupedBy(
    suggestions.filter((one) => !isAdded(one)),
    ({ why }) => why,
  );
  return [
    ...(added.length > 0 ? [`Add it to ${distinct(added).join(", ")}: it is in the proposed patch.`] : []),
    ...[...leftOut].map(([why, some]) => `Not proposed for ${distinct(some.map(({ directive }) => directive)).join(", ")}: ${why}`),
  ];
}

/** What to do where no policy is known. */
function generalAction(group: Group): string {
  const directive = group.type === "csp-violation" ? directiveToWiden(group.directive, {}) : undefined;
  const [source] = sourcesOf(group);
  if (directive !== undefined && source !== undefined)
    return `If the site needs it, write ${directive}: append(${JSON.stringify(source)}).`;
  return adviceOn([group], "contentSecurityPolicy", undefined).message;
}
