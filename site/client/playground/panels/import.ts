import { button, byId, debounced, el, shown } from "../dom.js";
import type { Imported } from "../engine/import.js";
import { count, headerList, headerText, limited, mistakeList, routeList } from "../results.js";
import { clear, latest, type Page, showAnswer } from "./panel.js";

/** The `$schema` of the policy file: that of an installed package. */
const SCHEMA = "./node_modules/portcullis/dist/policy.schema.json";

/** Connects the tab Import. Returns what reads its text again. */
export function connectImport(page: Pick<Page, "open">): () => void {
  const area = byId<HTMLTextAreaElement>("config");
  const format = byId<HTMLSelectElement>("format-name");
  const server = byId<HTMLInputElement>("server");
  const run = latest("import");
  const refresh = () => {
    const [text, name, wanted] = [area.value, format.value, server.value.trim()];
    if (text.trim() === "") return void run(async () => () => clear("import"));
    void run(async () => {
      const answer = await (await import("../engine.js")).importText(name, text, wanted, SCHEMA);
      const choose = (label: string) => {
        server.value = label;
        refresh();
        server.focus();
      };
      return () => showAnswer("import", answer, sentenceOf, (value) => importedNodes(value, page, choose));
    });
  };
  const soon = debounced(refresh, 400);
  area.addEventListener("input", soon);
  server.addEventListener("input", soon);
  format.addEventListener("change", refresh);
  return refresh;
}

function sentenceOf({ format, headers, routes, notes, choices }: Imported): string {
  if (choices.length > 0) return `Read as ${format}: ${count(choices.length, "server")} with different headers. Choose one.`;
  return `Read as ${format}: ${count(headers.length, "header")}, ${count(routes.length, "route")}, ${count(notes.length, "note")}.`;
}

function importedNodes(imported: Imported, page: Pick<Page, "open">, choose: (label: string) => void): readonly Node[] {
  const { headers, routes, notes, choices, json, mistakes } = imported;
  if (choices.length > 0)
    return [el("p", { class: "pg-buttons" }, ...limited(choices, ({ label }) => button(shown(label), () => choose(label)), "servers"))];
  const differing = notes.filter(({ differs }) => differs).length;
  const buttons = [
    ...(json === undefined ? [] : [button("Open in Build", () => page.open("build", json))]),
    ...(headers.length === 0 ? [] : [button("Check these headers", () => page.open("check", headerText(headers)))]),
  ];
  return [
    el("p", { class: "pg-buttons" }, ...buttons),
    ...(mistakes.length === 0 ? [] : [mistakeList(mistakes)]),
    headerList(headers),
    ...routeList(routes),
    ...(notes.length === 0
      ? []
      : [
          el("h3", {}, "Notes"),
          el(
            "p",
            {},
            differing === 0
              ? "The policy is what the server sends."
              : `${count(differing, "line")} may make the server send something else.`,
          ),
          ...limited(
            notes,
            ({ line, text, message, differs }) =>
              el(
                "p",
                { class: differs ? "pg-note pg-differs" : "pg-note" },
                el("strong", {}, `Line ${line}`),
                `: ${message}`,
                el("br"),
                el("code", {}, text),
              ),
            "notes",
          ),
        ]),
  ];
}
