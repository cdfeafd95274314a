import { formatPath, type issueCollector, type Path, PolicyError } from "../../errors.js";
import type { Patch } from "../../headers/patch.js";
import { type ServiceName, services } from "../../services/index.js";
import { own } from "../../values/own.js";
import { didYouMean, nearestName, show } from "../../values/text.js";
import { isPreset, presetNames } from "./presets.js";

/** More than a page has, and far fewer than would take time. */
export const MOST_IN_LIST = 100;

/** Recipes of one file: as many as a policy has layers. */
export const MOST_SERVICES = 1_000;

/** Where mistakes are collected, and how many more recipes are read. */
export interface Issues extends Pick<ReturnType<typeof issueCollector>, "report" | "adopt"> {
  left: number;
}

const SHAPE = '["stripe", { "intercom": { "region": "eu" } }]';

/**
 * The layers of the key `services` of a policy file: a name, or an object of one name and its options, each.
 *
 * @returns as many layers as there are recipes without a mistake; the mistakes are reported.
 */
export function readServices(value: unknown, path: Path, issues: Issues): readonly Patch[] {
  if (!Array.isArray(value) || value.length > MOST_IN_LIST) {
    const message = Array.isArray(value)
      ? `has ${value.length} members, and at most ${MOST_IN_LIST} are read`
      : `${show(value)} is not a list`;
    issues.report({ path, code: "wrong-type", message, hint: `Write ${SHAPE}.` });
    return [];
  }
  return value.flatMap((one: unknown, index) => readService(one, [...path, index], issues));
}

/** Reports the name of a recipe in the place of a preset's. */
export function reportRecipeName(layer: string, { report }: Issues): void {
  const written = isPreset(layer) ? undefined : serviceEntry(layer);
  if (written !== undefined)
    report({ path: [layer], code: "unknown-name", message: "unknown preset", hint: `Write { "services": [${written}] }.` });
}

/** How a policy file names the recipe that a word means, with the options it needs; undefined where a preset is nearer, or nothing. */
export function serviceEntry(word: string): string | undefined {
  const name = nearestName(word, [...presetNames, ...Object.keys(services)]);
  if (name === undefined || isPreset(name)) return undefined;
  const { required = [] } = services[name as ServiceName].about;
  const options = required.map((option) => `${show(option)}: …`).join(", ");
  return options === "" ? show(name) : `{ ${show(name)}: { ${options} } }`;
}

function readService(value: unknown, path: Path, issues: Issues): readonly Patch[] {
  issues.left -= 1;
  if (issues.left < 0) {
    const message = `it is one of more than ${MOST_SERVICES} services`;
    if (issues.left === -1) issues.report({ path, message, hint: "Write each once." });
    return [];
  }
  const [name, options] = typeof value === "string" ? [value] : onlyEntry(value);
  if (name === undefined) {
    const message = isObject(value)
      ? `has ${Object.keys(value).length} names, and an object is for one service`
      : `${show(value)} is not a service`;
    issues.report({ path, code: "wrong-type", message, hint: `Write a list such as ${SHAPE}.` });
    return [];
  }
  const recipe = Object.hasOwn(services, name) ? (services[name as ServiceName] as (options: unknown) => Patch) : undefined;
  if (recipe === undefined) {
    const hint = didYouMean(name, Object.keys(services)) || "portcullis services lists those that there are.";
    issues.report({ path, code: "unknown-name", message: `${show(name)} is not a service`, hint });
    return [];
  }
  return called(recipe, options, path, issues);
}

/** The options are named from where they are in the file: `services[1].intercom.region`. */
function called(recipe: (options: unknown) => Patch, options: unknown, path: Path, issues: Issues): readonly Patch[] {
  try {
    return [recipe(options)];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    issues.adopt(error, (inside) => `${formatPath(path)}.${inside}`);
    return [];
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

function onlyEntry(value: unknown): readonly [] | readonly [name: string, options: unknown] {
  if (!isObject(value)) return [];
  const [name, ...others] = Object.keys(value);
  return name === undefined || others.length > 0 ? [] : [name, own(value, name)];
}
