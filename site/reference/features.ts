import { type FeatureKnowledge, featureKnowledge } from "../../src/audit/headers/permissions-policy/features.js";
import { headers } from "../../src/headers/index.js";
import { type Feature, features } from "../../src/headers/permissions-policy/features.js";
import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { declarationOf } from "./doc-comments.js";
import { findingsSection } from "./finding-tables.js";
import { findingsAt } from "./findings.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, section, table } from "./markdown.js";
import { byPreset } from "./preset-tables.js";
import { recipesWithFeature } from "./recipe-needs.js";
import { headersOf, readExample } from "./samples.js";
import { compatOf, specificationSection, supportSection } from "./support.js";
import { featureTexts } from "./text/features.js";

const PERMISSIONS = headers.permissionsPolicy.name;

type FeatureKey = keyof typeof features;

/** A page for each feature of the registry, and their index. */
export function featurePages(): readonly Page[] {
  const keys = Object.keys(features) as readonly FeatureKey[];
  const { members } = declarationOf("src/headers/permissions-policy/features.ts", "features");
  const gone = new Map(members.map(({ name, deprecated }) => [name, deprecated]));
  return [indexPage(keys), ...keys.map((key) => featurePage(key, gone.get(key)))];
}

/** The second is for client hints. */
const SPECIFICATIONS = [
  ["Permissions Policy", "https://www.w3.org/TR/permissions-policy/"],
  ["Client Hints Infrastructure", "https://wicg.github.io/client-hints-infrastructure/"],
] as const;

const rowOf = (key: FeatureKey): Feature => features[key];

const stateOf = ({ retired, warnedOf, powerful }: Feature) =>
  [retired && "removed from browsers", powerful && "powerful", warnedOf && "some browsers warn about it"].filter(Boolean).join("; ");

function indexPage(keys: readonly FeatureKey[]): Page {
  const rows = keys.map((key) => [
    ref("features", kebabCase(key)),
    code(key),
    code(featureKnowledge(key)?.defaultAllowlist ?? ""),
    stateOf(rowOf(key)),
    `${capital(featureTexts[key])}.`,
  ]);
  return {
    path: pathOf("features"),
    title: "Permissions-Policy features",
    description: "Every feature of Permissions-Policy: key in a policy, what it controls, and whether browsers still have it.",
    group: groupOf("features"),
    body: blocks(
      `A Permissions-Policy is an object of features: ${code('permissionsPolicy: { camera: [], geolocation: ["self"] }')}. The presets ${ref("presets", "strict")} and ${ref("presets", "api")} switch off every powerful feature that browsers read without a warning. See ${headerRef(PERMISSIONS)} for the header.`,
      "The default allowlist says what a frame of another site has without the header: with `*` it has the feature, with `self` only where its `allow` attribute names it. The header limits a feature and never gives it to a frame: `*` in the header is the same as no mention.",
      "Client hints, whose names begin with `ch-` (but for `ch-ua-high-entropy-values`, which is of a script), are different: the header names the origins that get them, with requests of the page and in frames without an `allow` attribute. Without the header, requests to every origin may carry a hint with `*`, and those to the page's own origin alone one with `self`.",
      table(["Feature", "Key", "Default allowlist", "Note", "What it controls"], rows),
    ),
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function featurePage(key: FeatureKey, deprecated: string | undefined): Page {
  const name = kebabCase(key);
  const what = featureTexts[key];
  const compat = compatOf(PERMISSIONS, name);
  return {
    path: pathOf("features", name),
    title: `${name} (Permissions-Policy)`,
    description: plain(`The feature ${name} of Permissions-Policy controls ${what}.`),
    group: groupOf("features"),
    body: blocks(
      `${code(name)} is a feature of Permissions-Policy. It controls ${what}. ${adviceOn(key, deprecated)}`,
      exampleText(key),
      factTable(key, featureKnowledge(key)),
      section("In each preset", presetTable(name)),
      recipesSection(key),
      findingsSection(findingsAt(`permissionsPolicy.${key}`)),
      supportSection(compat, name),
      specificationSection(compat, SPECIFICATIONS.slice(0, featureKnowledge(key)?.clientHint ? 2 : 1)),
      section(
        "See also",
        list([headerRef(PERMISSIONS), indexRef("features", "All features"), guide("overrides", "Overrides, and the keys of a policy")]),
      ),
    ),
  };
}

function adviceOn(key: FeatureKey, deprecated: string | undefined): string {
  if (rowOf(key).retired) return `It is deprecated: ${deprecated ?? "no browser has it any more"}. Take it out of your policy.`;
  if (featureKnowledge(key)?.clientHint) return HINT_ADVICE;
  return `Write ${code("[]")} to switch it off for the page and all frames, ${code('["self"]')} to allow it for your own origin only.`;
}

/** Seen in Chromium: test/browser/features.test.ts. */
const HINT_ADVICE =
  'The header names the origins that get it: with requests of the page, and in frames without an `allow` attribute. Write `["self", "https://partner.example"]` to send it to partner.example too, `["self"]` for your own origin only, `[]` for nobody; `allow(…)` adds origins where a layer below names the hint. The requests for the page itself carry it all the same. All but those that browsers send by default have to be asked for with `Accept-CH`, and only secure origins get them. In Permissions-Policy-Report-Only it has no effect.';

function exampleText(key: FeatureKey): string {
  const values = ["[]", '["self", "https://partner.example"]', '"*"'];
  const rows = values.map((value) => {
    const sent = headersOf("none", { permissionsPolicy: { [key]: readExample(value) } })[PERMISSIONS] ?? "";
    return [code(`${key}: ${value}`), code(sent)];
  });
  return blocks(
    fence(
      "js",
      `import { securityHeaders } from "portcullis";\n\napp.use(securityHeaders("recommended", { permissionsPolicy: { ${key}: [] } }));`,
    ),
    table(["In a policy", "In the header"], rows),
  );
}

function factTable(key: FeatureKey, knowledge: FeatureKnowledge | undefined): string {
  const { powerful, warnedOf, retired } = rowOf(key);
  return table(
    ["Property", "Value"],
    [
      ["Key", code(key)],
      ["Default allowlist", knowledge === undefined ? "" : code(knowledge.defaultAllowlist)],
      ["Without the header", inFrames(key, knowledge)],
      ["Powerful", powerful ? "yes: it reaches devices, places, money or other facts about the visitor" : "no"],
      [
        "Warning",
        warnedOf
          ? "a browser that reads the header does not support it and prints a warning on every page, so that no preset writes it"
          : "",
      ],
      ["Deprecated", retired ? "yes" : "no"],
    ].filter(([, value]) => value !== ""),
  );
}

function inFrames(key: FeatureKey, knowledge: FeatureKnowledge | undefined): string {
  if (knowledge?.clientHint) {
    return knowledge.defaultAllowlist === "*"
      ? "requests of the page to every origin may carry it, and those of every frame in it, frames of other sites too"
      : `requests of the page to its own origin may carry it, and those of a frame of another site only with ${code(`allow="${kebabCase(key)}"`)}`;
  }
  return knowledge?.defaultAllowlist === "*"
    ? "the page and every frame in it may use it, frames of other sites too"
    : `the page and frames of its own origin may use it, and a frame of another site only with ${code(`allow="${kebabCase(key)}"`)}`;
}

function presetTable(name: string): string {
  return byPreset(
    (sent) => (sent[PERMISSIONS] ?? "").split(", ").find((one) => one.startsWith(`${name}=`)),
    "not in the policy",
    `No preset names ${name}.`,
  );
}

function recipesSection(key: FeatureKey): string {
  const recipes = recipesWithFeature(key);
  const text = "These recipes of `portcullis/services` allow it for the origins that they need:";
  return recipes.length === 0 ? "" : section("Recipes", text, recipes.map((one) => ref("recipes", one)).join(", "));
}
