import { DEFAULT_MAX_BYTES } from "../headers/max-bytes.js";
import { presets } from "../presets/index.js";
import { lazy } from "../values/lazy.js";
import { type CompiledPolicy, type CompiledPreset, compiledFrom, type HeaderLine, lineOf, TRANSPORTS, type Transport } from "./compile.js";
import { compiledPresets } from "./compiled-presets.js";
import { makePolicy } from "./policy.js";
import { compiledOf } from "./render.js";

/**
 * The compiled policy of layers as `securityHeaders` takes them. One complete preset alone, which is what most applications start with,
 * is looked up: nothing is checked, folded or joined for it.
 *
 * @throws {PolicyError} with all that is wrong.
 */
export function compileLayers(layers: readonly unknown[]): CompiledPolicy {
  const name = onlyPreset(layers);
  return name === undefined ? compiledOf(makePolicy(layers)) : compiledPreset(name);
}

type CompletePreset = keyof typeof compiledPresets;

/** The complete preset that these layers are; undefined where they are anything else. */
function onlyPreset(layers: readonly unknown[]): CompletePreset | undefined {
  const [layer = "recommended", ...others] = layers.filter((one) => one !== false && one !== "" && one !== undefined);
  if (others.length > 0) return undefined;
  return (Object.keys(compiledPresets) as CompletePreset[]).find((name) => layer === name || layer === presets[name]);
}

/** What `compile` makes of a complete preset, from the generated table. */
export function compiledPreset(name: CompletePreset): CompiledPolicy {
  const { lines, strip }: CompiledPreset = compiledPresets[name]();
  const linesFor = (transport: Transport) =>
    lines.flatMap((line): HeaderLine[] => {
      // Own members only: what Object.prototype has under the name of a transport is not the preset's.
      const value = Object.hasOwn(line, transport) ? line[transport] : line.secure;
      return value === undefined || value === false ? [] : [lineOf(line.name, value, DEFAULT_MAX_BYTES)];
    });
  const [secure, plain, loopback] = TRANSPORTS.map(linesFor) as [HeaderLine[], HeaderLine[], HeaderLine[]];
  return compiledFrom(
    { secure, plain, loopback },
    strip,
    [],
    lazy(() => makePolicy([name])),
  );
}
