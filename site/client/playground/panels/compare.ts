import type { DirectiveComparison, HeaderComparison, Verdict } from "../../../../src/audit/index.js";
import { byId, debounced, el } from "../dom.js";
import type { Compared } from "../engine/audit.js";
import { limited } from "../results.js";
import { clear, latest, type Page, showAnswer } from "./panel.js";

/** Connects the tab Compare. Returns what reads its texts again. */
export function connectCompare(page: Pick<Page, "policy">): () => void {
  const [before, after] = [byId<HTMLTextAreaElement>("before"), byId<HTMLTextAreaElement>("after")];
  const run = latest("compare");
  const refresh = () => {
    const texts = [before.value, after.value] as const;
    if (texts.some((text) => text.trim() === "")) return void run(async () => () => clear("compare"));
    void run(async () => {
      const answer = await (await import("../engine.js")).compareTexts(...texts);
      return () => showAnswer("compare", answer, ({ verdict }) => `After is ${verdict}${WHY[verdict]}.`, comparedNodes);
    });
  };
  const soon = debounced(refresh);
  for (const area of [before, after]) area.addEventListener("input", soon);
  byId("swap").addEventListener("click", () => {
    [before.value, after.value] = [after.value, before.value];
    refresh();
  });
  for (const area of [before, after]) {
    byId(`${area === before ? "before" : "after"}-built`).addEventListener("click", () => {
      area.value = page.policy();
      refresh();
    });
  }
  return refresh;
}

const WHY: Readonly<Record<Verdict, string>> = {
  same: ": nothing changes",
  stronger: ": nothing new is allowed",
  weaker: ": something new is allowed",
  incomparable: ": neither allows everything that the other allows, or this is not known",
};

function comparedNodes({ headers, routes, notes }: Compared): readonly Node[] {
  return [...notes.map((note) => el("p", {}, note)), ...headerNodes(headers), ...limited(routes, routeNode, "routes")];
}

/** A route with its verdict, and with what differs there, where that is not what differs on the rest of the site. */
function routeNode({ path, verdict, headers, isAsSite }: Compared["routes"][number]): Node {
  const inner = isAsSite ? [el("p", { class: "pg-muted" }, "As on the rest of the site.")] : headerNodes(headers);
  return el("section", {}, el("h3", {}, "Route ", el("code", {}, path), " ", badge(verdict)), ...inner);
}

function headerNodes(headers: Compared["headers"]): readonly Node[] {
  const isChanged = (one: HeaderComparison) => one.verdict !== "same" || one.before !== one.after;
  const changed = headers.filter(isChanged);
  const unchanged = headers.filter((one) => !isChanged(one)).map(({ header }) => header);
  return [
    ...limited(changed, headerNode, "headers"),
    ...(unchanged.length === 0 ? [] : [el("p", { class: "pg-muted" }, `Unchanged: ${unchanged.join(", ")}.`)]),
  ];
}

const badge = (verdict: Verdict) => el("span", { class: `pg-badge pg-${verdict}` }, verdict);

function headerNode(one: HeaderComparison): Node {
  const parts = (one.directives ?? []).filter((part) => part.verdict !== "same" || part.before !== part.after);
  const inner =
    parts.length === 0
      ? [...valueNodes(one), el("p", {}, one.message)]
      : limited(
          parts,
          (part) =>
            el(
              "section",
              {},
              el("h4", {}, el("code", {}, part.directive), " ", badge(part.verdict)),
              ...valueNodes(part),
              el("p", {}, part.message),
            ),
          "directives",
        );
  return el("article", { class: "pg-compared" }, el("h3", {}, one.header, " ", badge(one.verdict)), ...inner);
}

function valueNodes({ before, after }: Pick<HeaderComparison | DirectiveComparison, "before" | "after">): readonly Node[] {
  if (before === after) return [];
  const line = (name: string, label: string, text: string) =>
    el(name === "del" ? "del" : "ins", {}, el("span", { class: "pg-sr" }, label), el("code", {}, text === "" ? "(no value)" : text));
  return [
    ...(before === undefined ? [] : [line("del", "Before: ", before)]),
    ...(after === undefined ? [] : [line("ins", "After: ", after)]),
  ];
}
