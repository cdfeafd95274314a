import type { HeaderSet } from "../../src/policy/render.js";
import type { Recipe, ServiceFacts, ServiceName } from "../../src/services/index.js";
import { optionsOf } from "../../src/services/recipe.js";
import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { declarationsOf, membersOf } from "./doc-comments.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, codes, fence, link, list, plain, prose, section, table } from "./markdown.js";
import { flagsOf, layerOf, recipes } from "./recipe-needs.js";
import { directivesOf, headersOf } from "./samples.js";
import { typeOf } from "./schema-types.js";

/** A page for each recipe of the registry, and their index. */
export function recipePages(): readonly Page[] {
  return [indexPage(), ...recipes.map(([name, recipe]) => recipePage(name, recipe))];
}

/** What the evidence of a recipe means. A kind without a row here is a compile error. */
const EVIDENCE: Readonly<Record<ServiceFacts["evidence"], string>> = {
  vendor: "The vendor's documentation lists the sources.",
  secondary: "The vendor does not list its sources; at least two independent other places agree on them.",
};

function indexPage(): Page {
  const categories = [...new Set(recipes.map(([, { about }]) => about.category))];
  const sections = categories.map((category) => {
    const rows = recipes.filter(([, { about }]) => about.category === category);
    return section(
      category.charAt(0).toUpperCase() + category.slice(1),
      table(
        ["Recipe", "Service", "Evidence", "Last read"],
        rows.map(([name, { about }]) => [ref("recipes", name, `${name}()`), prose(about.title), about.evidence, about.checked]),
      ),
    );
  });
  return {
    path: pathOf("recipes"),
    title: "Recipes",
    description:
      "Every recipe of portcullis/services: what Stripe, Google Analytics and other third parties need of a Content-Security-Policy.",
    group: groupOf("recipes"),
    body: blocks(
      `A recipe is a function that returns a layer with what a third party needs: ${code('securityHeaders("strict", stripe())')}. It widens only what the policy restricts, and never turns anything on. See ${guide("services", "Recipes for third parties")}.`,
      ...sections,
    ),
  };
}

const callOf = (name: string, { example }: ServiceFacts) => `${name}(${example === undefined ? "" : objectText(example)})`;

/** `{ dsn: "…" }`, as code. */
const objectText = (value: Readonly<Record<string, unknown>>) =>
  `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${JSON.stringify(one)}`)
    .join(", ")} }`;

function recipePage(name: ServiceName, recipe: Recipe<never>): Page {
  const { about } = recipe;
  const call = callOf(name, about);
  return {
    path: pathOf("recipes", name),
    title: `${about.title} (recipe)`,
    description: plain(
      `The Content-Security-Policy for ${about.title}: hosts, directives and nonce, as the recipe ${name}() of Portcullis.`,
    ),
    group: groupOf("recipes"),
    body: blocks(
      `${code(`${name}()`)} adds what ${prose(about.title)} needs to a policy. Write it on top of a preset:`,
      fence(
        "js",
        `import { securityHeaders } from "portcullis";\nimport { ${name} } from "portcullis/services";\n\napp.use(securityHeaders("strict", ${call}));`,
      ),
      "In a policy file:",
      fence(
        "json",
        JSON.stringify({ policy: "strict", services: [about.example === undefined ? name : { [name]: about.example }] }, undefined, 2),
      ),
      doc(name),
      optionSection(name, recipe),
      allowSection(recipe),
      nonceSection(about),
      section("Notes", list((about.notes ?? []).map(prose))),
      sourceSection(about),
      section(
        "See also",
        list([
          guide("services", "Recipes for third parties"),
          indexRef("recipes", "All recipes"),
          `${ref("rules", "wide-service")}: the audit reports sources that allow more than a recipe`,
          ref("commands", "services", `portcullis services ${name}`),
        ]),
      ),
    ),
  };
}

const fileOf = (name: string) => `src/services/${kebabCase(name)}.ts`;

/** The doc comment of the recipe. Throws an Error where there is none. */
function doc(name: string): string {
  const text = declarationsOf(fileOf(name)).get(name)?.text ?? "";
  if (text === "") throw new Error(`${fileOf(name)}: ${name} has no doc comment.`);
  return prose(text);
}

/** Each option, and what a flag adds to strict. */
function optionSection(name: string, recipe: Recipe<never>): string {
  const options = Object.entries(optionsOf(recipe));
  if (options.length === 0) return section("Options", "It takes no options.");
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
  const members = new Map(membersOf(fileOf(name), type).map((one) => [one.name, one]));
  const flags = flagsOf(recipe);
  const before = headersOf("strict", layerOf(recipe));
  const rows = options.map(([option, schema]) => {
    const { text = "" } = members.get(option) ?? {};
    if (text === "") throw new Error(`${fileOf(name)}: ${type}.${option} has no doc comment.`);
    const required = recipe.about.required?.includes(option) ? " Required." : "";
    const adds = flags.includes(option)
      ? changes(before, headersOf("strict", layerOf(recipe, { [option]: true })))
          .map(changeText)
          .join("; ")
      : "";
    return [code(option), code(typeOf(schema)), `${prose(text)}${required}`, adds];
  });
  return section("Options", table(["Option", "Type", "What it does", "On `strict`, `true` adds"], rows));
}

interface Change {
  readonly place: string;
  readonly added: readonly string[];
}

const changeText = ({ place, added }: Change) => `${place} ${codes(added, " ")}`;

/** What the second set of headers has beside the first, per directive, feature or header. */
function changes(before: HeaderSet, after: HeaderSet): readonly Change[] {
  const [old, now] = [directivesOf(before), directivesOf(after)];
  const directives = [...now].map(([name, value]) => ({
    place: ref("directives", name),
    added: fresh(old.get(name)?.split(" "), value.split(" ")),
  }));
  const [had, has] = [before, after].map((set) => (set["Permissions-Policy"] ?? "").split(", ")) as [string[], string[]];
  const features = fresh(had, has).map((one) => ({ place: ref("features", one.split("=", 1)[0] ?? ""), added: [one] }));
  const others = Object.entries(after)
    .filter(([name, value]) => !/^(?:Content-Security-Policy|Permissions-Policy)/.test(name) && before[name] !== value)
    .map(([name, value]) => ({ place: headerRef(name), added: [value] }));
  return [...directives, ...features, ...others].filter(({ added }) => added.length > 0);
}

const fresh = (before: readonly string[] | undefined, after: readonly string[]) => after.filter((one) => !before?.includes(one));

/** The table of what the recipe adds to the two strict presets. */
function allowSection(recipe: Recipe<never>): string {
  const [strict, dynamic] = (["strict", "strictDynamic"] as const).map((preset) =>
    changes(headersOf(preset), headersOf(preset, layerOf(recipe))),
  ) as [readonly Change[], readonly Change[]];
  const places = [...new Set([...strict, ...dynamic].map(({ place }) => place))];
  const cell = (all: readonly Change[], place: string) => codes(all.find((one) => one.place === place)?.added ?? [], " ") || "nothing";
  const rows = places.map((place) => [place, cell(strict, place), cell(dynamic, place)]);
  return section(
    "What it allows",
    `What it adds to ${ref("presets", "strict")} and to ${ref("presets", "strictDynamic")}${recipe.about.example === undefined ? "" : `, with ${code(objectText(recipe.about.example))}`}:`,
    table(["Directive, feature or header", "On `strict`", "On `strictDynamic`"], rows),
    "It adds the same to the report-only headers of a policy that has them.",
  );
}

function nonceSection({ nonce, bypasses = [] }: ServiceFacts): string {
  return section(
    'With a nonce and "strict-dynamic"',
    `Hosts of scripts are left out. The nonce belongs here: ${prose(nonce)}`,
    bypasses.length === 0
      ? ""
      : `${codes(bypasses)} also ${bypasses.length === 1 ? "serves" : "serve"} code that an injected script element could load, and ${ref("rules", "csp-bypass")} reports that. Prefer a nonce with ${code('"strict-dynamic"')}.`,
  );
}

function sourceSection({ evidence, pages, checked, hosts, category }: ServiceFacts): string {
  return section(
    "Sources",
    `${EVIDENCE[evidence]} These pages were last read on ${checked}:`,
    list(pages.map((page) => link(page.replace(/^https:\/\//, ""), page))),
    `The service is recognised by these hosts and their subdomains: ${codes(hosts)}. Category: ${category}.`,
  );
}
