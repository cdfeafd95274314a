import { usage } from "../arguments.js";
import { command, type Given } from "../command.js";
import type { Chosen } from "../init/ask.js";
import type { Choices, NewFile, Place } from "../init/files.js";
import type { Project } from "../init/project.js";
import type { Terminal } from "../terminal.js";

const flags = {
  framework: { value: "name", default: "that of package.json", text: "express, connect, nest, koa, fastify, hono, next, or none." },
  preset: { value: "name", default: "recommended, or that of a Python application", text: "The preset to begin with, such as strict." },
  service: { value: "name", many: true, text: "A third party, by the name of its recipe, a part of it, or a host." },
  serve: { value: "name", default: "node", text: "What sends the headers: node, or a target of portcullis export, such as nginx." },
  ci: { value: "name", text: "github: write a workflow; only that where there is a policy. Without it, the steps are printed." },
  yes: { text: "Take the defaults for what is not written, and ask nothing." },
  force: { text: "Overwrite files that exist." },
} as const;

/** `portcullis init`: the first files of a project. */
export const init = command({
  summary: "Writes a policy and a test for a project.",
  positionals: [],
  flags,
  examples: [
    ["portcullis init", "Ask four questions, and write the files. Without a terminal, nothing is asked."],
    [
      "portcullis init --yes --preset strict --service stripe --ci github",
      "Ask nothing: take the framework and the language from the project.",
    ],
    ["portcullis init --yes --framework none --serve nginx", "Set up a policy that is printed for nginx."],
    ["portcullis init --ci github", "In a project with a policy: add the workflow, and leave the policy and the test as they are."],
  ],

  async run(given, _words, terminal) {
    const [{ readProject }, { canAsk }, { placeFor, policyFile, policyPath }, { testFile }, { workflowFile }] = await Promise.all([
      import("../init/project.js"),
      import("../record/confirm.js"),
      import("../init/files.js"),
      import("../init/test-file.js"),
      import("../init/ci.js"),
    ]);
    const chosen = await readFlags(given);
    const folder = process.cwd();
    const project = await readProject(folder);
    const defaults = defaultsOf(project);
    if (await addWorkflow(folder, given, complete(chosen, defaults), project, terminal)) return 0;
    // Before the questions: nobody answers them in vain.
    await checkPlaces(folder, placeFor(project, chosen.framework ?? defaults.framework), given);
    const choices = await chooseAll(chosen, defaults, given.yes !== true && canAsk(process, {}), project, terminal);
    await checkChoices(choices);
    const place = placeFor(project, choices.framework);
    await checkPlaces(folder, place, given);
    const test = testFile(choices, place);
    const workflow = given.ci === undefined ? undefined : workflowFile({ policy: policyPath(place), test: test?.path }, choices, place);
    await write(folder, [policyFile(choices, place), test, ...writable(workflow, place)], given, terminal);
    if (!place.isJson) warnOfTypeScript(place, terminal);
    const { stepsText } = await import("../init/steps.js");
    terminal.out(stepsText(choices, place, test?.path, workflow, terminal.bold));
    return 0;
  },
});

/**
 * `--ci github` in a project with a policy: adds the workflow, and writes nothing else, with `--force` too. Whoever asks for another preset
 * or recipe asks for another policy.
 *
 * @returns whether it did.
 */
async function addWorkflow(
  folder: string,
  given: Given<typeof flags>,
  choices: Choices,
  project: Project,
  terminal: Terminal,
): Promise<boolean> {
  if (given.ci === undefined || given.preset !== undefined || given.service !== undefined) return false;
  const [{ placeFor }, { existing }, { workflowFile }, { workflowText }] = await Promise.all([
    import("../init/files.js"),
    import("../init/existing.js"),
    import("../init/ci.js"),
    import("../init/steps.js"),
  ]);
  const place = placeFor(project, choices.framework);
  const kept = existing(folder, place);
  if (kept === undefined) return false;
  terminal.say(`kept ${kept.policy}${kept.test === undefined ? "" : ` and ${kept.test}`}`);
  const workflow = workflowFile(kept, choices, place);
  await write(folder, writable(workflow, place), given, terminal);
  terminal.out(workflowText(workflow, place, terminal.bold));
  return true;
}

/** A workflow below the root of a repository is printed: GitHub would not read it. */
const writable = (workflow: NewFile | undefined, { below }: Place) => (below === "" ? [workflow] : []);

async function write(
  folder: string,
  files: readonly (NewFile | undefined)[],
  { force }: Given<typeof flags>,
  { say }: Terminal,
): Promise<void> {
  const { writeProject } = await import("../init/write.js");
  const written = await writeProject(
    folder,
    files.filter((file) => file !== undefined),
    force === true,
  );
  for (const path of written) say(`wrote ${path}`);
}

const defaultsOf = ({ framework, application }: Project): Choices => ({
  framework: framework ?? "none",
  preset: application?.preset ?? "recommended",
  services: [],
  serve: "node",
});

/** Checks that the project has no other configuration, and that all files can be written. */
async function checkPlaces(folder: string, place: Place, { ci, force }: Given<typeof flags>): Promise<void> {
  const [{ policyPath }, { testPath }, { WORKFLOW }, { checkNoConfig }, { findPlaces }] = await Promise.all([
    import("../init/files.js"),
    import("../init/test-file.js"),
    import("../init/ci.js"),
    import("../init/existing.js"),
    import("../init/write.js"),
  ]);
  checkNoConfig(folder, policyPath(place));
  const paths = [policyPath(place), testPath(place), ci === undefined || place.below !== "" ? undefined : WORKFLOW];
  await findPlaces(
    folder,
    paths.filter((path) => path !== undefined),
    force === true,
  );
}

function warnOfTypeScript({ language, runsTypeScript }: Place, { warn }: Terminal): void {
  if (language !== "typescript" || runsTypeScript) return;
  warn(`Node ${process.versions.node} does not run TypeScript: the commands below bring Node 24 along. In CI, use Node 22.18 or newer.`);
}

/** Reads the flags; all mistakes at once. */
async function readFlags(given: Given<typeof flags>): Promise<Chosen> {
  const { readFramework, readPreset, readServe, readService } = await import("../init/choose.js");
  const wrong: string[] = [];
  const one = <T>(flag: string, word: string | undefined, read: (word: string) => { value: T } | { wrong: string }): T | undefined => {
    const found = word === undefined ? undefined : read(word);
    if (found !== undefined && "wrong" in found) wrong.push(`--${flag}: ${found.wrong}`);
    return found !== undefined && "value" in found ? found.value : undefined;
  };
  const services = given.service?.map((word) => one("service", word, readService));
  const chosen = {
    framework: one("framework", given.framework, readFramework),
    preset: one("preset", given.preset, readPreset),
    serve: one("serve", given.serve, readServe),
    services: services && [...new Set(services.flatMap((name) => name ?? []))],
  };
  if (given.ci !== undefined && given.ci !== "github") wrong.push(`--ci: ${JSON.stringify(given.ci)} is not known. Write github.`);
  if (wrong.length > 0) throw usage(wrong, "init");
  return chosen;
}

/** Asks, or takes the defaults and says which. */
async function chooseAll(chosen: Chosen, defaults: Choices, asks: boolean, project: Project, { say }: Terminal): Promise<Choices> {
  if (asks) {
    const { askChoices } = await import("../init/ask.js");
    return askChoices(chosen, defaults, process.stdin, process.stderr);
  }
  const { application } = project;
  const words = [
    chosen.framework === undefined && `framework ${defaults.framework}${project.framework === undefined ? "" : " (of package.json)"}`,
    chosen.preset === undefined &&
      `preset ${defaults.preset}${application === undefined ? "" : ` (${application.file} names ${application.name})`}`,
    chosen.services === undefined && "no third parties",
    chosen.serve === undefined && `headers sent by ${defaults.serve}`,
  ].filter((word) => typeof word === "string");
  if (words.length > 0) say(`not asked, by default: ${words.join(", ")}`);
  return complete(chosen, defaults);
}

const complete = (chosen: Chosen, defaults: Choices): Choices => ({
  framework: chosen.framework ?? defaults.framework,
  preset: chosen.preset ?? defaults.preset,
  services: chosen.services ?? defaults.services,
  serve: chosen.serve ?? defaults.serve,
});

/** A nonce differs in each response: no file of a server can hold it. */
async function checkChoices({ preset, serve, framework }: Choices): Promise<void> {
  const [{ makePolicy }, { compiledOf }, { namedPresets }] = await Promise.all([
    import("../../policy/policy.js"),
    import("../../policy/render.js"),
    import("../input/presets.js"),
  ]);
  if (
    !compiledOf(makePolicy([namedPresets[preset] ?? preset])).hasNonce ||
    (serve === "node" && framework !== "next" && framework !== "none")
  )
    return;
  const where = serve !== "node" ? serve : framework === "next" ? "next.config" : "a site without a server in Node";
  throw usage(
    [`The preset ${preset} has a nonce, which differs in each response: ${where} cannot send it. Write --preset strict.`],
    "init",
  );
}
