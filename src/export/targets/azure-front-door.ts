import type { ReportIssue } from "../../errors.js";
import { contains } from "../../middleware/routes.js";
import { type HeaderLine, namesOf, type Place, patternText, type RoutePath, type Site, type Target, warnOfPaths } from "../target.js";
import { attributes, block, quoted, slugsOf } from "./terraform.js";

/** A rule set of Azure Front Door, Standard or Premium. */
export const azureFrontDoor: Target<"azure-front-door"> = {
  name: "azure-front-door",
  title: "Azure Front Door: a rule set, in Terraform",
  uses: [],
  // A value in a rule has at most 640 characters. Longer ones are set in parts, up to the maximum length of a header.
  longestValue: 32_000,

  print(site, { report, warn }) {
    if (site.upstream !== undefined) warn("The upstream is not printed: Front Door has its own origins.");
    warnOfPaths(site, "It is not tested whether /%61dmin and //admin have the headers of /admin on Front Door.", warn);
    const places = [site.all, ...site.routes];
    for (const place of places) checkPlace(place, report);
    const slugs = ["site", ...slugsOf(site)];
    const rules = places.flatMap((place, index) => {
      const actions = actionsOf(site, place, warn);
      const parts = Array.from({ length: Math.ceil(actions.length / MOST_ACTIONS) }, (_, part) =>
        actions.slice(part * MOST_ACTIONS, (part + 1) * MOST_ACTIONS),
      );
      return parts.map((part, number) => ({ place, label: `portcullis-${slugs[index]}-${number + 1}`, actions: part }));
    });
    if (rules.length > MOST_RULES) {
      const message = `need ${rules.length} rules, and the maximum of the target is ${MOST_RULES}`;
      report({ path: ["routes"], message, hint: "Combine paths, such as /api/*, or shorten the lists of sources." });
    }
    if (rules.length === 0) {
      warn("The policy has no headers: no file is printed.");
      return [];
    }
    const blocks = rules.map(({ place, label, actions }, index) => ruleOf(place, label, index + 1, actions));
    return [{ path: "portcullis.tf", text: `${HEAD}\n${blocks.join("\n")}` }];
  },
};

/** Limits of a rule set. "Azure Front Door limits", and "Rule set actions". */
const MOST_RULES = 100;
const MOST_ACTIONS = 5;
const LONGEST_PART = 640;

const HEAD = `# For the provider azurerm, and each azurerm_cdn_frontdoor_route of the site:
# cdn_frontdoor_rule_set_ids = [azurerm_cdn_frontdoor_rule_set.portcullis.id]
# Rules apply one after the other: a later one replaces what an earlier one has set.
${block('variable "portcullis_frontdoor_profile_id"', attributes({ description: '"Identifier of the Front Door profile."', type: "string" }))}
${block('resource "azurerm_cdn_frontdoor_rule_set" "portcullis"', attributes({ name: '"portcullis"', cdn_frontdoor_profile_id: "var.portcullis_frontdoor_profile_id" }))}`;

interface Action {
  readonly header_action: "Append" | "Overwrite" | "Delete";
  readonly header_name: string;
  readonly value?: string;
}

/** The differences from the nearest broader place, whose rules run first. */
function actionsOf(site: Site, place: Place, warn: (text: string) => void): readonly Action[] {
  const broader = broaderThan(site, place);
  const before = new Map(broader.at(-1)?.lines);
  const own = new Set(namesOf(place).map((name) => name.toLowerCase()));
  const lost = new Set(broader.flatMap(({ remove }) => remove).filter((name) => !own.has(name.toLowerCase())));
  if (lost.size > 0) {
    warn(`Front Door cannot restore headers that a broader rule removes. Removed for ${pathText(place)} too: ${[...lost].join(", ")}.`);
  }
  const after = new Map(place.lines);
  const done = broader.at(-1)?.remove ?? [];
  const gone = new Set([...place.remove.filter((name) => !done.includes(name)), ...[...before.keys()].filter((name) => !after.has(name))]);
  return [
    ...[...gone].map((header_name): Action => ({ header_action: "Delete", header_name })),
    ...place.lines.filter(([name, value]) => before.get(name) !== value).flatMap(chainOf),
  ];
}

/** The broader places, whose rules also match a path of this one. The nearest is last. */
function broaderThan(site: Site, { path }: Place): readonly Place[] {
  if (path === undefined) return [];
  return [site.all, ...site.routes.filter((one) => one.path !== undefined && one.path !== path && contains(one.path, path))];
}

/** A long value is set in parts: Overwrite for the first one, then Append, which adds no separator. */
function chainOf([header_name, value]: HeaderLine): readonly Action[] {
  return partsOf(value).map((part, index) => ({ header_action: index === 0 ? "Overwrite" : "Append", header_name, value: part }));
}

/** No part begins or ends with a space, which could be trimmed. */
function partsOf(value: string): readonly string[] {
  if (value.length <= LONGEST_PART) return [value];
  let end = LONGEST_PART;
  while (end > 1 && /\s/.test(value.slice(end - 1, end + 1))) end--;
  return [value.slice(0, end), ...partsOf(value.slice(end))];
}

function ruleOf(place: Place, label: string, order: number, actions: readonly Action[]): string {
  const head = attributes({
    name: quoted(`portcullis${order}`),
    cdn_frontdoor_rule_set_id: "azurerm_cdn_frontdoor_rule_set.portcullis.id",
    order,
    behavior_on_match: '"Continue"',
  });
  const blocks = actions.map(({ header_action, header_name, value }) =>
    block(
      "response_header_action",
      attributes({
        header_action: quoted(header_action),
        header_name: quoted(header_name),
        ...(value !== undefined && { value: quoted(value) }),
      }),
    ),
  );
  const parts = [head, ...conditionsOf(place), block("actions", blocks.join("\n"))];
  return `# ${pathText(place)}\n${block(`resource "azurerm_cdn_frontdoor_rule" "${label}"`, parts.join("\n"))}`;
}

/** Front Door matches paths without the first slash. */
function conditionsOf({ path }: Place): readonly string[] {
  if (path === undefined || path.path === "/") return [];
  const condition = { operator: quoted(path.below ? "BeginsWith" : "Equal"), match_values: `[${quoted(path.path.slice(1))}]` };
  return [block("conditions", block("url_path_condition", attributes(condition)))];
}

const pathText = ({ path }: Place) => (path === undefined ? "the site" : patternText(path as RoutePath));

function checkPlace({ path, lines }: Place, report: ReportIssue): void {
  if (path?.path === "/" && !path.below) {
    const hint = 'Write "/*", or choose another target.';
    report({ path: ["/"], message: "is not a path that a Front Door rule can match by itself", hint });
  }
  for (const [name, value] of lines) {
    const [variable] = /\{\w+[^}]*\}?/.exec(value) ?? [];
    if (variable === undefined) continue;
    report({
      path: [name],
      message: `has ${JSON.stringify(variable)}, which Front Door interprets as a variable`,
      hint: "Use another value.",
    });
  }
}
