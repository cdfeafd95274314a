import { byId, copyButton, el, shownLines } from "../dom.js";
import { LONGEST_FILE } from "../limits.js";
import { count, limited } from "../results.js";
import { latest, type Page, showAnswer } from "./panel.js";

/** Connects the tab Export. Returns what prints the policy again. */
export function connectExport(page: Pick<Page, "policy">): () => void {
  const target = byId<HTMLSelectElement>("target");
  const run = latest("export");
  const refresh = () =>
    void run(async () => {
      const answer = await (await import("../engine.js")).exportText(page.policy(), target.value);
      return () =>
        showAnswer(
          "export",
          answer,
          ({ files, warnings }) =>
            `${count(files.length, "file")}${warnings.length === 0 ? "" : `, ${count(warnings.length, "warning")}`}.`,
          ({ files, warnings }) => [
            ...(warnings.length === 0
              ? []
              : [el("ul", { class: "pg-notes" }, ...limited(warnings, (text) => el("li", {}, text), "warnings"))]),
            ...files.map(({ path, text }) => {
              const pre = el("pre", { tabindex: "0", role: "region", "aria-label": path });
              pre.textContent = shownLines(text, LONGEST_FILE);
              return el(
                "section",
                { class: "pg-file" },
                el(
                  "div",
                  {},
                  el("h3", {}, path),
                  copyButton("Copy", () => text),
                ),
                pre,
              );
            }),
          ],
        );
    });
  target.addEventListener("change", refresh);
  return refresh;
}
