import type { Entry } from "../../src/headers/header.js";
import { settings } from "../../src/headers/index.js";
import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { declarationsOf, memberTexts } from "./doc-comments.js";
import { guide } from "./guides.js";
import { groupOf, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, prose, section, table } from "./markdown.js";
import { headerLines, headersOf } from "./samples.js";
import { typeOf } from "./schema-types.js";
import { settingTexts } from "./text/options.js";

type SettingKey = keyof typeof settings;

// biome-ignore lint/suspicious/noExplicitAny: the registry is where settings of all types meet
type AnyEntry = Entry<any, any>;

/** A page for each key of a policy that is not one header, and their index. */
export function optionPages(): readonly Page[] {
  const texts = memberTexts("src/headers/index.ts", "settings");
  const keys = Object.keys(settings) as readonly SettingKey[];
  return [indexPage(keys, texts), ...keys.map((key) => settingPage(key, texts.get(key) ?? ""))];
}

function indexPage(keys: readonly SettingKey[], texts: ReadonlyMap<string, string>): Page {
  const rows = keys.map((key) => [ref("options", key), prose(texts.get(key) ?? "")]);
  return {
    path: pathOf("options"),
    title: "Policy options",
    description: "The keys of a policy that are not one header: reporting, custom headers, headers to remove, and limits.",
    group: groupOf("options"),
    body: blocks(
      `Beside the keys of ${indexRef("headers", "headers")}, a policy takes these:`,
      table(["Key", "What it does"], rows),
      `Options of functions are on the pages of the ${indexRef("middleware", "middleware")}.`,
    ),
  };
}

function settingPage(key: SettingKey, summary: string): Page {
  const entry: AnyEntry = settings[key];
  const { text, code: sample, layers, guide: file } = settingTexts[key];
  const before = headersOf(layers[0]);
  const changed = Object.entries(headersOf(...layers)).filter(([name, value]) => before[name] !== value);
  const sent = headerLines(Object.fromEntries(changed));
  return {
    path: pathOf("options", key),
    title: `${key} (policy option)`,
    description: plain(`The option ${key} of a policy: ${summary}`),
    group: groupOf("options"),
    body: blocks(
      `${code(key)} is a key of a policy. ${prose(summary)} ${text}`,
      fence("js", `${sample};`),
      sent === "" ? "It changes no header of the preset." : blocks("The headers that it adds or changes:", fence("http", sent)),
      table(
        ["Property", "Value"],
        [
          ["Type", prose(typeTextOf(key, entry))],
          ["Example", code(`${key}: ${entry.example}`)],
          [
            "In an override",
            entry.siteWide ? "a preset or policy leaves it unchanged: it belongs to the whole site" : "a preset or policy replaces it",
          ],
        ],
      ),
      fieldSection(key, entry),
      section("See also", list([guide(file, "Guide"), indexRef("options", "All options"), indexRef("headers", "All headers")])),
    ),
  };
}

const typeName = (key: SettingKey) => key.charAt(0).toUpperCase() + key.slice(1);
const fileOf = (key: SettingKey) => `src/headers/${kebabCase(key)}.ts`;

/** The doc comment of the option's type. Throws an Error where there is none. */
function typeTextOf(key: SettingKey, entry: AnyEntry): string {
  const text = declarationsOf(fileOf(key)).get(typeName(key))?.text ?? "";
  if (text === "") throw new Error(`${fileOf(key)} has no doc comment for ${typeName(key)}.`);
  const checked = entry.value === undefined ? "" : ` Type: \`${typeOf(entry.value())}\`.`;
  return `${text}${entry.takesText ? " A string alone is accepted too." : ""}${checked}`;
}

function fieldSection(key: SettingKey, entry: AnyEntry): string {
  const fields = Object.entries(entry.fields?.() ?? {});
  if (fields.length === 0) return "";
  const texts = memberTexts(fileOf(key), typeName(key));
  const rows = fields.map(([name, schema]) => [code(name), code(typeOf(schema)), prose(texts.get(name) ?? "")]);
  return section("Fields", table(["Field", "Type", "What it does"], rows));
}
