import { runInNewContext } from "node:vm";
import { type ApplicationName, applications } from "../../src/applications/index.js";
import { headers } from "../../src/headers/index.js";
import { definePolicy, type Policy } from "../../src/policy/policy.js";
import { type HeaderSet, renderHeaders } from "../../src/policy/render.js";
import { type Preset, type PresetName, presets } from "../../src/presets/index.js";

/** The nonce of every sample. */
export const NONCE = "R4nd0mN0nceR4nd0mN0nce==";

/** A policy of layers that the compiler does not know. Throws PolicyError. */
export const policyOf = (...layers: readonly unknown[]): Policy => (definePolicy as (...layers: readonly unknown[]) => Policy)(...layers);

/** The headers that layers send over https. Throws PolicyError. */
export const headersOf = (...layers: readonly unknown[]): HeaderSet => renderHeaders(policyOf(...layers), { nonce: NONCE });

/** A value as a registry writes it for hints, such as `{ maxAge: 300 }`. */
export const readExample = (example: string): unknown => structuredClone(runInNewContext(`(${example})`));

/** Header lines as they go over the wire. */
export const headerLines = (set: HeaderSet): string =>
  Object.entries(set)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

/** A preset of the package or of an application. */
export interface NamedPreset {
  readonly name: PresetName | ApplicationName;
  readonly preset: Preset;
  readonly isApplication: boolean;
}

/** Every preset, those of applications last. */
export const namedPresets: readonly NamedPreset[] = [
  ...Object.entries(presets).map(([name, preset]) => ({ name: name as PresetName, preset, isApplication: false })),
  ...Object.entries(applications).map(([name, preset]) => ({ name: name as ApplicationName, preset, isApplication: true })),
];

/** The headers of each complete preset, once. */
export const presetHeaders: readonly { readonly name: string; readonly headers: HeaderSet }[] = namedPresets
  .filter(({ preset, name }) => preset.complete && name !== "none")
  .map(({ name, preset }) => ({ name, headers: headersOf(preset) }));

/** The directives of a Content-Security-Policy, by wire name. */
export function directivesOf(set: HeaderSet): ReadonlyMap<string, string> {
  const parts = (set[headers.contentSecurityPolicy.name] ?? "").split(";").map((part) => part.trim());
  return new Map(parts.filter(Boolean).map((part) => [part.split(" ", 1)[0] as string, part.slice(part.indexOf(" ") + 1)]));
}
