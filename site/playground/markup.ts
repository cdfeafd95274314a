import { presetNames } from "../../src/cli/input/presets.js";
import type { JsonSchema } from "../../src/cli/schema/json-schema.js";
import { targets } from "../../src/export/targets/index.js";
import { services } from "../../src/services/index.js";
import { formats } from "../client/playground/engine/import.js";
import { recipeSchemas } from "./vocabulary.js";

/** A text in HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const TABS = { build: "Build", check: "Check", compare: "Compare", export: "Export", import: "Import" } as const;

type Tab = keyof typeof TABS;

const optionList = (options: readonly (readonly [value: string, label: string])[]) =>
  options.map(([value, label]) => `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`).join("");

/** The elements of the page; the script fills them. */
export function markup(script: string, style: string): string {
  const tabs = (Object.keys(TABS) as Tab[]).map(
    (name, index) =>
      `<button type="button" role="tab" id="pg-tab-${name}" aria-controls="pg-panel-${name}" aria-selected="${index === 0}"${index === 0 ? "" : ' tabindex="-1"'}>${TABS[name]}</button>`,
  );
  const panels = (Object.keys(TABS) as Tab[]).map(
    (name, index) =>
      `<div role="tabpanel" id="pg-panel-${name}" aria-labelledby="pg-tab-${name}" tabindex="-1"${index === 0 ? "" : " hidden"}>${PANELS[name]()}</div>`,
  );
  return `<main id="main" class="pg">
<link rel="stylesheet" href="${escapeHtml(style)}">
<script type="module" src="${escapeHtml(script)}"></script>
<h1>Playground</h1>
<p>Build a policy, check headers, compare two policies, print them for a server, read them from one. All of it runs in this page: nothing is stored, and nothing is sent.</p>
<noscript><p>The playground needs JavaScript. The command line does the same: <code>npx portcullis check https://example.com</code>.</p></noscript>
<p id="pg-notice" class="pg-notice" role="alert" hidden></p>
<div id="pg-offer" class="pg-notice" hidden><p id="pg-offer-text" role="alert"></p><p class="pg-buttons"><button type="button" class="pg-button" id="pg-offer-open">Open the link</button><button type="button" class="pg-button" id="pg-offer-keep">Keep what I wrote</button></p></div>
<div id="pg-app" hidden>
<div class="pg-bar"><div id="pg-tabs" role="tablist" aria-label="Playground">${tabs.join("")}</div><button type="button" class="pg-button" id="pg-share">Copy link</button></div>
${panels.join("\n")}
</div>
<p id="pg-toast" class="pg-toast" role="status"></p>
</main>
`;
}

const status = (name: Tab) => `<p id="pg-${name}-status" class="pg-status" role="status"></p>`;

const area = (id: string, label: string, placeholder: string, rows = 10) =>
  `<label for="pg-${id}">${label}</label><textarea id="pg-${id}" rows="${rows}" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" placeholder="${escapeHtml(placeholder)}"></textarea>`;

const RESPONSE = "HTTP/2 200\ncontent-security-policy: default-src 'self'\nstrict-transport-security: max-age=31536000";

const PANELS: Readonly<Record<Tab, () => string>> = {
  build: () => `<div class="pg-columns"><div>
<h2>Policy</h2>
<div class="pg-field"><label for="pg-preset">Preset</label><select id="pg-preset">${optionList([["", "None named: recommended is used"], ...presetNames.map((name) => [name, name] as const)])}</select></div>
<details class="pg-recipes"><summary>Third parties <span id="pg-recipe-used" class="pg-muted"></span></summary>
<div class="pg-field"><label for="pg-recipe-search">Search recipes</label><input type="search" id="pg-recipe-search" autocomplete="off" aria-controls="pg-recipes"></div>
<p id="pg-recipe-count" class="pg-sr" role="status"></p>
<div id="pg-recipe-scroll" class="pg-scroll"><fieldset id="pg-recipes"><legend class="pg-sr">Recipes</legend>${recipes()}</fieldset></div></details>
<div class="pg-editor-head"><label for="pg-policy">Policy file (JSON)</label><span><button type="button" class="pg-button" id="pg-suggest">Suggest</button> <button type="button" class="pg-button" id="pg-format">Format</button></span></div>
<p id="pg-policy-help" class="pg-muted">As <code>portcullis headers policy.json</code> reads it. <kbd>Ctrl</kbd>+<kbd>Space</kbd> suggests keys and words.</p>
<div class="pg-editor"><pre id="pg-gutter" class="pg-gutter" aria-hidden="true"></pre><textarea id="pg-policy" rows="16" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" aria-describedby="pg-policy-help pg-build-status" aria-autocomplete="list" aria-controls="pg-suggestions"></textarea></div>
<p id="pg-suggestions-status" class="pg-sr" role="status"></p>
<div id="pg-suggestions" class="pg-suggestions" role="listbox" aria-label="Suggestions" hidden></div>
${status("build")}<div id="pg-build-errors"></div>
</div><div><h2>Headers</h2><div id="pg-build-result"></div></div></div>`,
  check: () => `<div class="pg-columns"><div class="pg-follow"><h2>Headers to check</h2>
${area("check", "Response headers, a Content-Security-Policy, or a policy file", RESPONSE, 14)}
<p class="pg-muted">The output of <code>curl -i</code>, headers from the developer tools of a browser, a JSON object, or a policy alone.</p></div>
<div><h2>Result</h2>${status("check")}<div id="pg-check-result"></div></div></div>`,
  compare: () => `<h2>Compare</h2><div class="pg-columns">
<div>${area("before", "Before", "recommended", 8)}<button type="button" class="pg-button" id="pg-before-built">Use the policy of Build</button></div>
<div>${area("after", "After", "strict", 8)}<button type="button" class="pg-button" id="pg-after-built">Use the policy of Build</button> <button type="button" class="pg-button" id="pg-swap">Swap</button></div></div>
<p class="pg-muted">Headers, a Content-Security-Policy, a policy file, or the name of a preset.</p>
${status("compare")}<div id="pg-compare-result"></div>`,
  export: () => `<h2>Export the policy of Build</h2>
<div class="pg-field"><label for="pg-target">Server or service</label><select id="pg-target">${optionList(Object.entries(targets).map(([name, { title }]) => [name, `${name}: ${title}`]))}</select></div>
${status("export")}<div id="pg-export-result"></div>`,
  import: () => `<div class="pg-columns"><div class="pg-follow"><h2>Configuration</h2>
<div class="pg-field"><label for="pg-format-name">Format</label><select id="pg-format-name">${optionList([["", "recognised from the text"], ...formats.map(({ name, title }) => [name, `${name} (${title})`] as const)])}</select></div>
<div class="pg-field"><label for="pg-server">Server <span class="pg-muted">(only where there are several)</span></label><input type="text" id="pg-server" autocomplete="off" spellcheck="false"></div>
${area("config", "The text of the file", "add_header X-Frame-Options DENY always;", 14)}
<p class="pg-muted">Other formats, and files that include others: <code>npx portcullis import</code>.</p></div>
<div><h2>What it sends</h2>${status("import")}<div id="pg-import-result"></div></div></div>`,
};

function recipes(): string {
  const schemas = recipeSchemas();
  return Object.entries(services)
    .map(([name, { about }]) => {
      const options = Object.entries((schemas[name]?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>);
      const required = (about.required ?? []) as readonly string[];
      const controls = options.map(([option, schema]) => control(name, option, schema, required.includes(option))).join("");
      const more = controls === "" ? "" : `<div data-options hidden>${controls}</div>`;
      return `<div class="pg-recipe" data-recipe="${name}"><label><input type="checkbox" data-use> ${escapeHtml(about.title)} <span class="pg-muted">${about.category}</span></label>${more}</div>`;
    })
    .join("");
}

/** The control of one option: a checkbox, a list of words, or a text. */
function control(recipe: string, option: string, schema: JsonSchema, required: boolean): string {
  const label = `${option}${required ? " (required)" : ""}`;
  const data = `data-option="${escapeHtml(option)}"`;
  if (schema["type"] === "boolean") return `<label><input type="checkbox" ${data}> ${label}</label>`;
  const words = schema["enum"] as readonly unknown[] | undefined;
  const id = `pg-${recipe}-${option}`;
  if (words !== undefined) {
    const kind = typeof words[0] === "number" ? ' data-kind="number"' : "";
    const list = optionList([["", "default"], ...words.map((word) => [String(word), String(word)] as const)]);
    return `<label for="${id}">${label}</label><select id="${id}" ${data}${kind}>${list}</select>`;
  }
  const isList = schema["type"] === "array";
  const listed = ((schema["items"] as JsonSchema | undefined)?.["enum"] ?? []) as readonly string[];
  return `<label for="${id}">${label}${isList ? ", with commas" : ""}</label><input type="text" id="${id}" autocomplete="off" spellcheck="false" ${data}${isList ? ` data-kind="list" data-words="${escapeHtml(listed.join(" "))}"` : ""}>`;
}
