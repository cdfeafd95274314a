import { visible, visibleLines } from "../../../src/cli/visible.js";
import { LONGEST_SHOWN } from "./limits.js";

/** An element of the page's own markup. Throws where the markup has none: a mistake in the build. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(`pg-${id}`);
  if (found === null) throw new Error(`#pg-${id} is missing`);
  return found as T;
}

type Child = Node | string;

/** Makes an element. Text becomes text nodes only, with characters that are not seen as `\u202e`. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (typeof child === "string" ? shown(child) : child)));
  return made;
}

/** A text as it is shown: bounded, without control characters and changes of direction. */
export function shown(text: string, most = LONGEST_SHOWN): string {
  const cut = text.length > most ? `${text.slice(0, most)}… (${text.length - most} more characters)` : text;
  return visible(cut);
}

/** The same for a text of several lines. */
export function shownLines(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most)}\n… (${text.length - most} more characters)` : text;
  return visibleLines(cut);
}

/** A button that runs something. */
export function button(label: string, run: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const made = el("button", { type: "button", class: "pg-button" }, label);
  made.addEventListener("click", () => run(made));
  return made;
}

/** A button that copies a text, and says so. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  return button(label, () => void copy(text()));
}

/** Copies a text to the clipboard, and says whether that worked. */
export async function copy(text: string, done = "Copied."): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(done);
  } catch {
    announce("The browser did not allow copying. Select the text and copy it.");
  }
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Says a sentence to screen readers, and shows it for some seconds. */
export function announce(sentence: string): void {
  const place = byId("toast");
  place.textContent = sentence;
  place.classList.add("pg-shown");
  clearTimeout(timer);
  timer = setTimeout(() => {
    place.classList.remove("pg-shown");
    place.textContent = "";
  }, 6_000);
}

/** Runs something when the input has been quiet. */
export function debounced(run: () => void, wait = 250): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}
