import { byId, el, shown } from "./dom.js";
import { type Caret, readPlaces } from "./json-places.js";
import { optionsOf } from "./recipe-options.js";
import { suggestionsAt } from "./suggest.js";
import type { Entry, Vocabulary } from "./words.js";

/** The editor of a policy: a text area with line numbers and a list of suggestions below it. */
export interface Editor {
  readonly text: () => string;
  /** Replaces the text, as one step that can be undone. */
  write(text: string): void;
  /** Marks lines with mistakes, and moves the caret to one on demand. */
  mark(lines: readonly number[]): void;
  goTo(line: number): void;
}

/** Connects the editor's elements. `onChange` runs for every change of the text. */
export function makeEditor(onChange: () => void): Editor {
  const area = byId<HTMLTextAreaElement>("policy");
  const gutter = byId("gutter");
  let marked: readonly number[] = [];
  const drawGutter = () => {
    const count = area.value.split("\n").length;
    const numbers = Array.from({ length: Math.min(count, 5_000) }, (_, index) =>
      el("span", marked.includes(index + 1) ? { class: "pg-wrong" } : {}, String(index + 1)),
    );
    gutter.replaceChildren(...numbers);
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("scroll", () => {
    gutter.scrollTop = area.scrollTop;
  });
  area.addEventListener("input", () => {
    if (isReplacing) return;
    drawGutter();
    onChange();
  });
  connectSuggestions(area);
  drawGutter();
  return {
    text: () => area.value,
    write: (text) => replaceAll(area, text),
    mark: (lines) => {
      marked = lines;
      drawGutter();
    },
    goTo: (line) => {
      const at = area.value
        .split("\n")
        .slice(0, line - 1)
        .reduce((sum, one) => sum + one.length + 1, 0);
      area.focus();
      area.setSelectionRange(at, at + (area.value.split("\n")[line - 1]?.length ?? 0));
    },
  };
}

/** Replaces the whole text, as one step that can be undone. */
export const replaceAll = (area: HTMLTextAreaElement, text: string): void => replace(area, 0, area.value.length, text, false);

/** Lines beyond which a text is set without the command, whose time grows with the square of them. */
const MOST_UNDOABLE = 500;

/** While the command runs: it fires an event for each line, and one for the whole follows. */
let isReplacing = false;

/** Replaces a part of the text. The command keeps the browser's undo; where there is none, the text is set. */
function replace(area: HTMLTextAreaElement, from: number, to: number, text: string, focus: boolean): void {
  const before = document.activeElement;
  isReplacing = true;
  try {
    area.focus();
    area.setSelectionRange(from, to);
    const mayUndo = text !== "" && [area.value, text].every((one) => one.split("\n", MOST_UNDOABLE + 1).length <= MOST_UNDOABLE);
    if (!mayUndo || !document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  } finally {
    isReplacing = false;
  }
  area.dispatchEvent(new Event("input"));
  if (!focus && before instanceof HTMLElement && before !== area) before.focus();
}

let loading: Promise<Vocabulary> | undefined;

function vocabulary(): Promise<Vocabulary> {
  loading ??= import("./engine.js").then((module) => module.vocabulary(optionsOf(byId("recipes"))));
  return loading;
}

function connectSuggestions(area: HTMLTextAreaElement): void {
  const box = byId("suggestions");
  const status = byId("suggestions-status");
  let shownNow: readonly Entry[] = [];
  let caret: Caret | undefined;
  let active = -1;
  const close = () => {
    shownNow = [];
    active = -1;
    box.hidden = true;
    box.replaceChildren();
    area.removeAttribute("aria-activedescendant");
    status.textContent = "";
  };
  const choose = (index: number) => {
    active = index;
    for (const [at, option] of [...box.children].entries()) option.setAttribute("aria-selected", String(at === index));
    const option = box.children[index];
    if (option === undefined) return area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const accept = (index: number) => {
    const [word] = shownNow[index] ?? [];
    if (word === undefined || caret === undefined) return;
    const { from, to, kind } = caret;
    const text = JSON.stringify(word) + (kind === "key" && !/^\s*:/.test(area.value.slice(to)) ? ": " : "");
    close();
    replace(area, from, to, text, true);
    close();
  };
  const open = async (byHand: boolean) => {
    const words = await vocabulary();
    if (area.selectionStart !== area.selectionEnd || document.activeElement !== area) return close();
    caret = readPlaces(area.value, area.selectionStart).caret;
    const found = caret === undefined || (!byHand && caret.typed === "" && caret.from === caret.to) ? [] : suggestionsAt(caret, words);
    if (found.length === 0) {
      close();
      if (byHand) status.textContent = "No suggestions here.";
      return;
    }
    shownNow = found;
    box.replaceChildren(...found.map(([word, text], index) => option(String(word), text, index, () => accept(index))));
    box.hidden = false;
    choose(byHand ? 0 : -1);
    status.textContent = `${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}. Arrow keys choose, Enter inserts, Escape closes.`;
  };
  area.addEventListener("input", (event) => {
    if (!isReplacing && event instanceof InputEvent && /^insertText|^deleteContent/.test(event.inputType) && (event.data?.length ?? 0) < 2)
      void open(false);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      void open(true);
    } else if (shownNow.length === 0) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active < 0 && step < 0 ? shownNow.length - 1 : (active + step + shownNow.length) % shownNow.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      accept(active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (/^(?:Home|End|Page|ArrowLeft|ArrowRight|Tab)/.test(event.key)) close();
  });
  area.addEventListener("blur", close);
  byId("suggest").addEventListener("click", () => {
    area.focus();
    void open(true);
  });
}

function option(word: string, text: string, index: number, accept: () => void): HTMLElement {
  const made = el("div", { role: "option", id: `pg-option-${index}`, "aria-selected": "false" }, el("code", {}, word));
  if (text !== "") made.append(" ", el("span", { class: "pg-muted" }, shown(text)));
  // Before the text area loses the focus.
  made.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    accept();
  });
  return made;
}
