import { byId, el } from "../dom.js";
import type { Answer } from "../engine/answer.js";
import { count, mistakeList } from "../results.js";

/** What a panel needs of the page. */
export interface Page {
  /** Shows another tab with a text in its field, as one step that can be undone. */
  open(tab: "build" | "check", text: string): void;
  show(tab: "export"): void;
  readonly policy: () => string;
}

/** Sets the sentence about a result, which screen readers read. */
export function say(panel: string, sentence: string, isWrong = false): void {
  const place = byId(`${panel}-status`);
  place.textContent = sentence;
  place.classList.toggle("pg-bad", isWrong);
}

/** Shows the mistakes of an answer, or else what `show` makes of its value. */
export function showAnswer<T>(panel: string, answer: Answer<T>, sentence: (value: T) => string, show: (value: T) => readonly Node[]): void {
  const place = byId(`${panel}-result`);
  if (!answer.ok) {
    say(panel, `${count(answer.mistakes.length, "mistake")}.`, true);
    place.replaceChildren(mistakeList(answer.mistakes));
    return;
  }
  place.replaceChildren(...show(answer.value));
  say(panel, sentence(answer.value));
}

/** Empties a result. */
export function clear(panel: string): void {
  byId(`${panel}-result`).replaceChildren();
  say(panel, "");
}

/**
 * Runs work for the latest input only: of several that overlap, the last one shows its result. Work that fails in a way that nobody foresaw
 * is shown as a sentence.
 */
export function latest(panel: string): (work: () => Promise<() => void>) => Promise<void> {
  let turn = 0;
  return async (work) => {
    turn += 1;
    const own = turn;
    let show: () => void;
    try {
      show = await work();
    } catch (error) {
      show = () => {
        say(panel, "This text could not be read.", true);
        byId(`${panel}-result`).replaceChildren(el("p", {}, error instanceof Error ? error.message : "Unknown error."));
      };
    }
    if (own === turn) show();
  };
}
