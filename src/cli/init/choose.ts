import { targets } from "../../export/targets/index.js";
import { type Recipe, type ServiceName, serviceOf, services } from "../../services/index.js";
import { didYouMean, lettersOf, oneOf, show } from "../../values/text.js";
import { namedPresets } from "../input/presets.js";
import { FRAMEWORKS, type FrameworkName } from "./frameworks.js";
import { presetOf } from "./python.js";

/** The value of an answer, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly wrong: string };

const PRESETS = Object.entries(namedPresets)
  .filter(([name, { complete }]) => complete && name !== "none")
  .map(([name]) => name);

const oneIn =
  <T extends string>(names: readonly string[], what: string, meant: (word: string) => string | undefined = () => undefined) =>
  (word: string): Read<T> => {
    if (names.includes(word)) return { value: word as T };
    return { wrong: `${show(word)} is not ${what}. ${meant(word) ?? (didYouMean(word, names) || `Write ${oneOf(names)}.`)}` };
  };

/** Presets of applications with a server of their own. */
const OF_APPLICATION = /^(?:streamlit|gradio|jupyter|dash|nodeRed)/;

/** What to write for an application that is not in Node. */
function framework(word: string): string | undefined {
  const preset = presetOf(word) ?? PRESETS.find((name) => OF_APPLICATION.test(name) && lettersOf(name) === lettersOf(word));
  return preset && `Write none here, and ${preset} for the preset: a proxy sends the headers.`;
}

/** The proxy is not among the servers. */
const serve = (word: string) =>
  word === "proxy"
    ? "Write node, with none for the framework: that is portcullis proxy, a server in Node that sends the headers."
    : undefined;

/** What `init` asks for, each as it is read from a flag or an answer. */
export const readFramework = oneIn<FrameworkName>(Object.keys(FRAMEWORKS), "a framework", framework);
export const readPreset = oneIn<string>(PRESETS, "a preset for a site");
export const readServe = oneIn<string>(["node", ...Object.keys(targets)], "a server", serve);

/** The names, for questions. */
export const names = {
  framework: Object.keys(FRAMEWORKS).join(", "),
  preset: PRESETS.join(", "),
  serve: `node (with framework none, portcullis proxy), or a server that sends the headers: ${Object.keys(targets).join(", ")}`,
} as const;

/** The recipe of a name or a host, or the only one with the word in its name or title. */
export function readService(word: string): Read<string> {
  const all = Object.values(services) as readonly Recipe<never>[];
  const sought = lettersOf(word);
  const namesOf = ({ name, title, aliases = [] }: Recipe<never>["about"]) => [name, title, ...aliases].map(lettersOf);
  const exact = all.find(({ about }) => namesOf(about).includes(sought))?.about.name ?? serviceOf(word)?.name;
  const found = exact === undefined && sought !== "" ? all.filter(({ about }) => namesOf(about).some((name) => name.includes(sought))) : [];
  const name = exact ?? (found.length === 1 ? found[0]?.about.name : undefined);
  if (name !== undefined) return usable(name);
  if (found.length > 1) return { wrong: `${show(word)} is in several names: ${found.map(({ about }) => about.name).join(", ")}.` };
  const near = didYouMean(
    word,
    all.map(({ about }) => about.name),
  );
  return { wrong: `No recipe has ${show(word)} in its name. ${near || "portcullis services lists all."}` };
}

/** A recipe that works without options. */
function usable(name: string): Read<string> {
  try {
    (services[name as ServiceName] as (options?: unknown) => unknown)();
    return { value: name };
  } catch (error) {
    return { wrong: `${name} needs options: add it to the policy file by hand. ${(error as Error).message}` };
  }
}
