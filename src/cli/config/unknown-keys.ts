import { headerNamed, keys } from "../../headers/index.js";
import { own } from "../../values/own.js";
import { oneOf, show } from "../../values/text.js";
import { configurable, keyOf, SETTINGS, type SettingsName } from "./settings.js";

const POLICY = 'Write the policy under the key policy: "policy": ["strict", { "xFrameOptions": "DENY" }].';
const ROUTES = 'Write "routes": [{ "path": "/embed", "layers": [{ … }] }].';
const SERVICES = 'Write "services": ["stripe"].';
const OPTIONS = `Write the options of a command under its name: ${oneOf(SETTINGS)}.`;

/** Commands whose options no file sets: those of `commands/index.ts`, without {@link SETTINGS} and the keys of a policy file. */
export const WITHOUT_SETTINGS = [
  "compare",
  "completion",
  "explain",
  "export",
  "headers",
  "import",
  "init",
  "learn",
  "presets",
  "proxy",
] as const;

/** What to write instead of keys that other tools have, or a user would try; in lower case. */
const INSTEAD: Readonly<Record<string, string>> = {
  ...{ preset: POLICY, policies: POLICY, extends: POLICY, base: POLICY, layers: POLICY, directives: POLICY },
  ...{ route: ROUTES, paths: ROUTES, path: ROUTES, overrides: ROUTES },
  ...{ service: SERVICES, recipes: SERVICES, thirdparties: SERVICES },
  ...{ options: OPTIONS, settings: OPTIONS, config: OPTIONS, commands: OPTIONS },
  schema: 'Write "$schema".',
};

const lower = (key: string) => key.toLowerCase().replace(/[^a-z]/g, "");

/** What to write for a key that a configuration file does not have; undefined where it may be one of a policy. */
export function hintForKey(key: string): string | undefined {
  if ((WITHOUT_SETTINGS as readonly string[]).includes(key))
    return `No file sets options of portcullis ${key}: write them on the command line. A file has those of ${oneOf(SETTINGS)}.${key === "headers" ? ` ${POLICY}` : ""}`;
  return (own(INSTEAD, lower(key)) as string | undefined) ?? optionHint(key);
}

/** An option that was written outside of its command. */
function optionHint(key: string): string | undefined {
  const has = (name: SettingsName) => Object.keys(configurable[name]).some((flag) => [flag, keyOf(flag)].includes(key));
  const names = SETTINGS.filter(has);
  const [name] = names;
  if (name === undefined) return undefined;
  const written = key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `It is an option of ${names.map((one) => `portcullis ${one}`).join(" and ")}: write ${show(name)}: { ${show(written)}: … }.`;
}

/** Whether a key is one of a policy: of a header, in any spelling. */
export function isPolicyKey(key: string): boolean {
  return keys.has(key) || headerNamed(key) !== undefined || SHORT.has(lower(key));
}

/** Other names of headers, for which the policy has the right one. */
const SHORT = new Set(["csp", "hsts", "coop", "coep", "corp", "cors", "frameguard", "nosniff", "cspreportonly", "featurepolicy"]);
