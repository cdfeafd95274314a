import type { Explained } from "../../../../src/audit/index.js";
import { byId, debounced, el } from "../dom.js";
import type { Checked } from "../engine/audit.js";
import { count, limited } from "../results.js";
import { clear, latest, showAnswer } from "./panel.js";

/** Connects the tab Check. Returns what reads its text again. */
export function connectCheck(): () => void {
  const area = byId<HTMLTextAreaElement>("check");
  const run = latest("check");
  const refresh = () => {
    const text = area.value;
    if (text.trim() === "") return void run(async () => () => clear("check"));
    void run(async () => {
      const answer = await (await import("../engine.js")).check(text);
      return () => showAnswer("check", answer, sentenceOf, checkedNodes);
    });
  };
  area.addEventListener("input", debounced(refresh));
  return refresh;
}

const KINDS = { headers: "Headers", csp: "A Content-Security-Policy alone", policy: "A policy" } as const;

function sentenceOf({ kind, score: { points, grade }, findings }: Checked): string {
  return `${KINDS[kind]}: ${points} points, grade ${grade}. ${count(findings.length, "finding")}.`;
}

function checkedNodes(checked: Checked): readonly Node[] {
  const { notes, services, score } = checked;
  const used = services.length === 0 ? [] : [`Third parties in the policy: ${services.map(({ title }) => title).join(", ")}.`];
  const tests = score.tests.filter(({ modifier }) => modifier !== 0);
  return [
    el(
      "div",
      { class: "pg-score" },
      el("strong", { class: `pg-grade pg-grade-${score.grade.charAt(0)}` }, score.grade),
      el(
        "div",
        {},
        el("strong", {}, `${score.points} points`),
        el("span", { class: "pg-muted" }, "by the scoring of the MDN HTTP Observatory"),
      ),
    ),
    ...[...notes, ...used].map((note) => el("p", {}, note)),
    el("h3", {}, "Findings"),
    ...findingNodes(checked),
    ...routeNodes(checked),
    el("h3", {}, "What the headers do"),
    ...explainedNodes(checked.explained),
    el(
      "details",
      {},
      el("summary", {}, "How the score is made"),
      el(
        "ul",
        {},
        ...tests.map(({ test, result, modifier }) => el("li", {}, `${modifier > 0 ? "+" : "−"}${Math.abs(modifier)} ${test}: ${result}`)),
        ...score.unseen.map(({ test, why }) => el("li", { class: "pg-muted" }, `Not tested, ${test}: ${why}`)),
      ),
    ),
  ];
}

function findingNodes({ findings }: Checked): readonly Node[] {
  if (findings.length === 0) return [el("p", {}, "No findings.")];
  return limited(
    findings,
    ({ severity, header, rule, message, fix, owasp, cwe }) =>
      el(
        "article",
        { class: `pg-finding pg-${severity}` },
        el("h4", {}, el("span", { class: "pg-badge" }, severity), " ", header),
        el("p", {}, message),
        el("p", {}, el("strong", {}, "Fix: "), fix),
        el("p", { class: "pg-muted" }, `${rule}; ${owasp}, ${cwe}`),
      ),
    "findings",
  );
}

/** What is found on the path of each route; in full, the command line prints it. */
function routeNodes({ routes }: Checked): readonly Node[] {
  if (routes.length === 0) return [];
  const row = ({ path, score: { points, grade }, findings }: Checked["routes"][number]) =>
    el("li", {}, el("code", {}, path), `: ${points} points, grade ${grade}. ${count(findings.length, "finding")}.`);
  return [el("h3", {}, "Routes"), el("ul", {}, ...limited(routes, row, "routes")), el("p", {}, "portcullis check prints their findings.")];
}

function explainedNodes(explained: readonly Explained[]): readonly Node[] {
  if (explained.length === 0) return [el("p", {}, "No header concerns security.")];
  return limited(
    explained,
    ({ header, value, text, directives }) =>
      el(
        "article",
        { class: "pg-explained" },
        el("h4", {}, header),
        el("p", {}, el("code", {}, value === "" ? "(empty)" : value)),
        el("p", {}, text),
        ...(directives.length === 0
          ? []
          : [
              el(
                "dl",
                {},
                ...limited(directives, (one) => el("div", {}, el("dt", {}, one.directive), el("dd", {}, one.text)), "directives"),
              ),
            ]),
      ),
    "headers",
  );
}
