import { type Checked, ciSteps, testCommand } from "./ci.js";
import { type Choices, middlewareLines, type NewFile, type Place, policyPath, policyWord } from "./files.js";
import { helmetStep } from "./helmets.js";
import type { Manager } from "./managers.js";
import type { Project } from "./project.js";

/** The port of an application without `portcullis init`: that of its own documentation. */
const PORTS: readonly (readonly [preset: RegExp, port: number])[] = [
  [/^streamlit/, 8501],
  [/^gradio/, 7860],
  [/^jupyter/, 8888],
  [/^dash/, 8050],
  [/^nodeRed/, 1880],
  [/^/, 3000],
];

type Step = readonly [title: string, lines: readonly string[]];

/**
 * What is left to do, for stdout: `init` edits no file of the project.
 *
 * @param workflow what was made for GitHub instead of steps for any system; it is printed where GitHub would not read it in the project.
 */
export function stepsText(
  choices: Choices,
  found: Project & Place,
  test: string | undefined,
  workflow: NewFile | undefined,
  bold: (text: string) => string,
): string {
  const project = withNewerNode(found);
  const { hasPortcullis, isJson, manager, helmets, nginxConfig } = project;
  const parts: readonly Step[] = [
    ...helmets.map((name) => helmetStep(name, policyPath(project), project.language === "commonjs")),
    ...(nginxConfig === undefined ? [] : [importStep(nginxConfig, manager)]),
    ...(hasPortcullis || isJson ? [] : [["Install the package:", [`${manager.add} portcullis`]] as const]),
    sending(choices, project),
    ...(test === undefined ? checkStep(choices, manager) : [["Run the test:", [testHere(test, found)]] as const]),
    ["See the headers, and what the site would lose under them:", seeing(choices, project)],
    ...(workflow === undefined ? [ciStep({ policy: policyPath(found), test }, choices, found)] : workflowStep(workflow, found)),
  ];
  return textOf(parts, bold);
}

/** The workflow alone, for stdout: nothing where it was written. */
export const workflowText = (workflow: NewFile, place: Place, bold: (text: string) => string): string =>
  textOf(workflowStep(workflow, place), bold);

function ciStep(checked: Checked, choices: Choices, place: Place): Step {
  return [place.below === "" ? "In CI:" : `In CI, in ${place.below}:`, ciSteps(checked, choices, place)];
}

/** GitHub does not read what is written below the root of the repository, and init writes nothing outside of the project. */
function workflowStep({ path, text }: NewFile, { below }: Place): readonly Step[] {
  if (below === "") return [];
  const there = `${below.replace(/[^/]+/g, "..")}/${path}`;
  const title = `In CI: GitHub reads workflows at the root of the repository only, where init does not write. Make ${there}:`;
  return [[title, text.trimEnd().split("\n")]];
}

function textOf(steps: readonly Step[], bold: (text: string) => string): string {
  return steps.map(([title, lines]) => `${bold(title)}\n${lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}`).join("\n");
}

/** Has npx bring a Node that imports TypeScript, and not ask for it; programs of the project's own packages are still found. */
const NEWER_NODE = "npx --yes --package node@24 --";

const needsNewerNode = ({ language, runsTypeScript, isJson }: Place) => language === "typescript" && !runsTypeScript && !isJson;

/** The same project with commands that run on this Node. */
const withNewerNode = (project: Project & Place): Project & Place =>
  needsNewerNode(project) ? { ...project, manager: { ...project.manager, exec: NEWER_NODE } } : project;

/** Vitest and Jest compile TypeScript themselves. */
const testHere = (test: string, place: Place) =>
  `${place.runner === "node" && needsNewerNode(place) ? `${NEWER_NODE} ` : ""}${testCommand(test, place)}`;

function importStep(file: string, { exec }: Manager): Step {
  return [`Print the headers that ${file} sends now, as a policy:`, [`${exec} portcullis import nginx ${file}`]];
}

/** The proxy listens on its default port. */
function checkStep({ serve }: Choices, { exec }: Manager): readonly Step[] {
  return serve === "node" ? [["Check what it sends, in a second terminal:", [`${exec} portcullis check http://127.0.0.1:8080`]]] : [];
}

/** `record` needs a package that drives a browser; npx can bring it along where no project is there to install it in. */
function seeing(choices: Choices, project: Project & Place): readonly string[] {
  const { isJson, hasBrowserDriver, manager } = project;
  const word = policyWord(project);
  const record = `portcullis record http://localhost:${portOf(choices)}${word}`;
  const headers = `${manager.exec} portcullis headers${word}`;
  if (isJson) return [headers, `npx --yes --package portcullis --package playwright-core ${record}`];
  return [headers, ...(hasBrowserDriver ? [] : [`${manager.addDev} playwright-core`]), `${manager.exec} ${record}`];
}

const portOf = ({ preset }: Choices) => PORTS.find(([name]) => name.test(preset))?.[1] ?? 3000;

function sending(choices: Choices, project: Project & Place): Step {
  const word = policyWord(project);
  const { framework, serve } = choices;
  const { exec } = project.manager;
  if (serve !== "node") return [`Print the headers for ${serve}:`, [`${exec} portcullis export ${serve}${word} --out ${serve}`]];
  if (framework === "none")
    return [
      "Serve the application behind a proxy that sends the headers:",
      [`${exec} portcullis proxy --target http://127.0.0.1:${portOf(choices)}${word === "" ? "" : ` --policy${word}`}`],
    ];
  const { title, lines } = middlewareLines(choices, project);
  return [title, lines];
}
