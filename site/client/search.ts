import MiniSearch from "minisearch";
import { type Found, find, SEARCH_OPTIONS, type SearchEntry, searchTerm } from "../search-options.js";

/** How many results are shown. */
const MOST = 8;

interface Parts {
  readonly dialog: HTMLDialogElement;
  readonly input: HTMLInputElement;
  readonly list: HTMLElement;
  readonly status: HTMLElement;
}

/** Makes the search work: the buttons in the header, `/` and Ctrl+K open it. The index is loaded when it is first opened. */
export function startSearch(): void {
  const parts = partsOf();
  if (parts === undefined) return;
  const { dialog, input, list } = parts;
  let index: Promise<MiniSearch<SearchEntry>> | undefined;

  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    index ??= load(dialog.dataset["index"] ?? "");
    void update();
  };
  const update = async () => {
    const query = input.value;
    const found = await index?.catch(() => undefined);
    if (query !== input.value) return;
    if (found === undefined) {
      index = undefined;
      parts.status.textContent = "The search could not be loaded. Close it and try again.";
    } else show(parts, query.trim(), found);
  };

  for (const button of document.querySelectorAll("[data-opens=search]")) button.addEventListener("click", open);
  input.addEventListener("input", () => void update());
  input.addEventListener("keydown", (event) => moveByKey(event, parts));
  dialog.addEventListener("click", (event) => {
    const target = event.target as Element;
    const option = target.closest<HTMLElement>("[role=option]");
    if (option !== null) follow(option, event.ctrlKey || event.metaKey);
    else if (target === dialog || target.closest("[data-closes]") !== null) dialog.close();
  });
  list.addEventListener("auxclick", (event) => {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (option !== null && event.button === 1) follow(option, true);
  });
  // A middle click would scroll the list by moving the mouse.
  list.addEventListener("mousedown", (event) => {
    if (event.button === 1) event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (option !== null) choose(parts, option);
  });
  addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isSlash && !isK) return;
    event.preventDefault();
    open();
  });
}

function partsOf(): Parts | undefined {
  const dialog = document.querySelector<HTMLDialogElement>("#search");
  const input = dialog?.querySelector("input");
  const list = dialog?.querySelector<HTMLElement>("[role=listbox]");
  const status = dialog?.querySelector<HTMLElement>("[role=status]");
  return dialog && input && list && status ? { dialog, input, list, status } : undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:input|textarea|select)$/i.test(target.tagName));
}

async function load(address: string): Promise<MiniSearch<SearchEntry>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return MiniSearch.loadJSONAsync(await response.text(), SEARCH_OPTIONS);
}

function show({ input, list, status }: Parts, query: string, index: MiniSearch<SearchEntry>): void {
  const results = query === "" ? [] : find(index, query).slice(0, MOST);
  list.replaceChildren(...results.map((result, position) => optionOf(result, position)));
  list.hidden = results.length === 0;
  input.setAttribute("aria-expanded", String(results.length > 0));
  input.removeAttribute("aria-activedescendant");
  const [first] = list.children;
  if (first !== undefined) choose({ input, list }, first as HTMLElement);
  const count = results.length === 1 ? "1 result" : `${results.length} results`;
  status.textContent =
    query === "" ? "Type a header, a directive, an option or a task." : results.length === 0 ? `Nothing found for “${query}”.` : count;
  status.classList.toggle("visually-hidden", results.length > 0);
}

function optionOf(result: Found, position: number): HTMLElement {
  const { title, url, group, headings, anchors } = result;
  const heading = headings.split("\n").findIndex((text) => hits(text, result.queryTerms) && !hits(title, result.queryTerms));
  const option = document.createElement("li");
  option.id = `result-${position}`;
  option.role = "option";
  option.ariaSelected = "false";
  option.dataset["url"] = heading < 0 ? url : `${url}#${anchors[heading]}`;
  option.append(element("span", "result-title", ...marked(title, result.terms)));
  if (heading >= 0) option.append(element("span", "result-heading", ...marked(headings.split("\n")[heading] ?? "", result.terms)));
  option.append(element("span", "result-group", group));
  return option;
}

/** Whether each word of a query begins a word of the text. */
function hits(text: string, terms: readonly string[]): boolean {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return text !== "" && terms.every((term) => words.some((word) => word.startsWith(term)));
}

function element(tag: string, className: string, ...content: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** The text, with the words that were found in `<mark>`. */
function marked(text: string, terms: readonly string[]): readonly (Node | string)[] {
  return text.split(/([\p{L}\p{N}]+)/u).map((word) => {
    if (!terms.includes(searchTerm(word) ?? "")) return word;
    return element("mark", "", word);
  });
}

function choose({ input, list }: Pick<Parts, "input" | "list">, option: HTMLElement): void {
  for (const other of list.children) other.ariaSelected = String(other === option);
  input.setAttribute("aria-activedescendant", option.id);
}

function moveByKey(event: KeyboardEvent, parts: Parts): void {
  const options = [...parts.list.children] as HTMLElement[];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  const current = options[at];
  if (event.key === "Enter" && current !== undefined) follow(current, event.ctrlKey || event.metaKey);
  if (to === undefined || options.length === 0) return;
  event.preventDefault();
  const option = options[(to + options.length) % options.length] as HTMLElement;
  choose(parts, option);
  option.scrollIntoView({ block: "nearest" });
}

function follow(option: HTMLElement, inNewTab: boolean): void {
  const url = option.dataset["url"] ?? "";
  if (inNewTab) {
    open(url, "_blank", "noopener");
    return;
  }
  option.closest("dialog")?.close();
  location.href = url;
}
