import { presetOf, readDocument, textOf, withPreset } from "../document.js";
import { announce, button, byId, copyButton, debounced, el } from "../dom.js";
import { type Editor, makeEditor } from "../editor.js";
import type { Answer, Mistake } from "../engine/answer.js";
import type { Built } from "../engine/policy.js";
import { lineOf, readPlaces } from "../json-places.js";
import { count, headerList, headerText, mistakeList, routeList } from "../results.js";
import { latest, type Page, say } from "./panel.js";
import { connectRecipes } from "./recipes.js";

const engine = () => import("../engine.js");

/** The policy that the page starts with. */
export const START = textOf({
  layers: ["recommended", { contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] } } }],
  services: new Map(),
  rest: {},
});

/** Connects the tab Build. Returns its editor, and what reads its text again. */
export function connectBuild(page: Pick<Page, "open" | "show">): { readonly editor: Editor; readonly refresh: () => void } {
  const preset = byId<HTMLSelectElement>("preset");
  const run = latest("build");
  const soon = debounced(() => void refresh());
  const editor = makeEditor(soon);
  const recipes = connectRecipes(editor);
  const refresh = () =>
    run(async () => {
      const text = editor.text();
      const answer = (await engine()).build(text);
      return () => {
        showBuilt(text, answer, editor, page);
        const document = readDocument(text);
        preset.disabled = document === undefined;
        if (document !== undefined) preset.value = presetOf(document);
        recipes.show(document);
      };
    });
  preset.addEventListener("change", () => {
    const document = readDocument(editor.text());
    if (document !== undefined) editor.write(textOf(withPreset(document, preset.value)));
  });
  byId("format").addEventListener("click", () => {
    const document = readDocument(editor.text());
    if (document === undefined) announce("The text is not JSON of a policy file: correct the mistakes first.");
    else editor.write(textOf(document));
  });
  return { editor, refresh: () => void refresh() };
}

/** Where the message of JSON.parse says that the mistake is. */
function lineInMessage(message: string, text: string): number | undefined {
  const [, line, position] = /\(line (\d+)|at position (\d+)/.exec(message) ?? [];
  if (line !== undefined) return Number(line);
  const at = position === undefined ? offsetInMessage(message, text) : Number(position);
  return at === undefined ? undefined : text.slice(0, at).split("\n").length;
}

/** Characters of the text that V8 shows on each side of a mistake. */
const CONTEXT = 10;

/** V8 shows what is around an unexpected token, or the whole of a short text, instead of a position. */
function offsetInMessage(message: string, text: string): number | undefined {
  if (message.includes("end of JSON")) return text.length;
  const [, token = "", lead, part = "", tail] =
    /Unexpected token '(.)', (\.\.\.)?"([\s\S]*)"(\.\.\.)? is not valid JSON/.exec(message) ?? [];
  const start = text.indexOf(part);
  if (part === "" || start < 0) return undefined;
  if (lead !== undefined) return start + CONTEXT;
  return tail === undefined ? text.lastIndexOf(token) : start + part.length - CONTEXT;
}

function showBuilt(text: string, answer: Answer<Built>, editor: Editor, page: Pick<Page, "open" | "show">): void {
  const errors = byId("build-errors");
  const result = byId("build-result");
  if (!answer.ok) {
    const { places } = readPlaces(text);
    const line = ({ path, message }: Mistake) => (path === "" ? lineInMessage(message, text) : lineOf(text, places, path));
    const lines = answer.mistakes.flatMap((mistake) => line(mistake) ?? []);
    editor.mark(lines);
    errors.replaceChildren(mistakeList(answer.mistakes, line, editor.goTo));
    result.classList.add("pg-stale");
    say(
      "build",
      `${count(answer.mistakes.length, "mistake")} in the policy${lines[0] === undefined ? "" : `, the first in line ${lines[0]}`}.`,
      true,
    );
    return;
  }
  const { headers, hasNonce, routes } = answer.value;
  editor.mark([]);
  errors.replaceChildren();
  result.classList.remove("pg-stale");
  const buttons = el(
    "p",
    { class: "pg-buttons" },
    copyButton("Copy headers", () => headerText(headers)),
    copyButton("Copy policy", () => text),
    button("Check this policy", () => page.open("check", text)),
    button("Export", () => page.show("export")),
  );
  const nonce = hasNonce ? [el("p", { class: "pg-muted" }, "… stands for the nonce, which is new in every response.")] : [];
  result.replaceChildren(buttons, headerList(headers), ...nonce, ...routeList(routes));
  say("build", `${count(headers.length, "header")}${routes.length === 0 ? "" : `, and ${count(routes.length, "route")}`}.`);
}
