import type { Entry, RecipeOptions } from "./words.js";

/** The element of one option of a recipe. */
export type Control = HTMLInputElement | HTMLSelectElement;

/** The elements of the options of one recipe. */
export const controlsOf = (row: HTMLElement): readonly Control[] => [...row.querySelectorAll<Control>("[data-option]")];

/** The options of all recipes, by the elements of the page. */
export function optionsOf(list: HTMLElement): RecipeOptions {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-recipe]")];
  return Object.fromEntries(
    rows.map((row) => [
      row.dataset["recipe"] ?? "",
      Object.fromEntries(controlsOf(row).map((control) => [control.dataset["option"] ?? "", wordsOf(control)])),
    ]),
  );
}

function wordsOf(control: Control): readonly Entry[] | true {
  if (control.type === "checkbox") return true;
  const words =
    control instanceof HTMLSelectElement ? [...control.options].map(({ value }) => value) : (control.dataset["words"] ?? "").split(" ");
  return words.filter((word) => word !== "").map((word): Entry => [control.dataset["kind"] === "number" ? Number(word) : word, ""]);
}
