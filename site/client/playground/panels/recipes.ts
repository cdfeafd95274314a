import { type Options, type PolicyDocument, readDocument, textOf, withService } from "../document.js";
import { byId } from "../dom.js";
import type { Editor } from "../editor.js";
import { type Control, controlsOf } from "../recipe-options.js";
import { count } from "../results.js";

/** The list of recipes. */
export interface Recipes {
  /** Shows which recipes a policy has; undefined where its text is not read. */
  show(document: PolicyDocument | undefined): void;
}

/** Connects the searchable list of recipes with the text of the editor, which alone has the state. */
export function connectRecipes(editor: Editor): Recipes {
  const list = byId<HTMLFieldSetElement>("recipes");
  const search = byId<HTMLInputElement>("recipe-search");
  const rows = [...list.querySelectorAll<HTMLElement>("[data-recipe]")];
  const boxOf = (row: HTMLElement) => row.querySelector<HTMLInputElement>("[data-use]") as HTMLInputElement;
  const write = (row: HTMLElement) => {
    const document = readDocument(editor.text());
    if (document === undefined) return;
    const name = row.dataset["recipe"] ?? "";
    const before = document.services.get(name);
    const options = boxOf(row).checked ? optionsOf(controlsOf(row), before) : false;
    editor.write(textOf(withService(document, name, options)));
  };
  for (const row of rows) row.addEventListener("change", () => write(row));
  search.addEventListener("input", () => {
    const word = search.value.trim().toLowerCase();
    const fits = rows.filter((row) => {
      row.hidden = !(row.textContent ?? "").toLowerCase().includes(word) && !(row.dataset["recipe"] ?? "").toLowerCase().includes(word);
      return !row.hidden;
    });
    byId("recipe-count").textContent = word === "" ? "" : `${count(fits.length, "recipe")}.`;
  });
  return {
    show: (document) => {
      list.disabled = document === undefined;
      // Without a control that has the focus, the list itself is scrolled.
      if (list.disabled) byId("recipe-scroll").tabIndex = 0;
      else byId("recipe-scroll").removeAttribute("tabindex");
      if (document === undefined) return;
      for (const row of rows) {
        const name = row.dataset["recipe"] ?? "";
        const isUsed = document.services.has(name);
        boxOf(row).checked = isUsed;
        const more = row.querySelector<HTMLElement>("[data-options]");
        if (more !== null) more.hidden = !isUsed;
        if (isUsed) for (const control of controlsOf(row)) fill(control, document.services.get(name));
      }
      byId("recipe-used").textContent = document.services.size === 0 ? "" : `${document.services.size} chosen`;
    },
  };
}

/** The options that the controls have, over those that only the text has. */
function optionsOf(controls: readonly Control[], before: Options): Options {
  const known = new Map(Object.entries(before ?? {}));
  for (const control of controls) {
    const name = control.dataset["option"] ?? "";
    const value = choiceOf(control);
    if (value === undefined) known.delete(name);
    else known.set(name, value);
  }
  return Object.fromEntries(known);
}

function choiceOf(control: Control): unknown {
  if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked || undefined;
  const text = control.value.trim();
  if (text === "") return undefined;
  if (control.dataset["kind"] === "number") return Number(text);
  return control.dataset["kind"] === "list" ? text.split(/[\s,]+/) : text;
}

function fill(control: Control, options: Options): void {
  if (control === document.activeElement && control instanceof HTMLInputElement && control.type === "text") return;
  const name = control.dataset["option"] ?? "";
  const value = options !== undefined && Object.hasOwn(options, name) ? options[name] : undefined;
  if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
  else control.value = value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value);
}
