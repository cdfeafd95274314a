import { policyError } from "../../errors.js";
import type { Patch } from "../../headers/patch.js";
import { type OptionSchemas, readOptions } from "../../values/options.js";
import { own } from "../../values/own.js";
import { show } from "../../values/text.js";
import { marked } from "../mark.js";
import { layerOf, type ServiceNeeds } from "../needs.js";
import { flag } from "../options.js";
import { refuseRequest } from "../refuse-request.js";

/** The option of every layer for a development server. */
export interface DevelopmentOptions {
  /** Whether to return the layer where the environment variable NODE_ENV is not `"development"`. Default: false. */
  readonly force?: boolean | undefined;
}

/**
 * Makes a layer for a development server.
 *
 * @throws {PolicyError} outside development, so that what a development server needs is never sent by another server.
 */
export function developmentLayer<Options extends DevelopmentOptions>(
  name: string,
  options: unknown,
  schemas: OptionSchemas<Omit<Options, keyof DevelopmentOptions>>,
  needs: (options: Partial<Options>) => ServiceNeeds,
): Patch {
  refuseRequest(name, `${name}()`, options);
  const read = readOptions<Options>(name, options, () => ({ ...schemas(), force: flag() }) as ReturnType<OptionSchemas<Options>>);
  const env = own((globalThis as { process?: { env?: unknown } }).process?.env, "NODE_ENV");
  if (env !== "development" && read.force !== true) {
    const message = `is for development, and NODE_ENV is ${env === undefined ? "not set" : show(env)}`;
    const hint = `Set NODE_ENV=development for the development server, and write process.env.NODE_ENV === "development" && ${name}() in code that production runs too. The option force: true skips this check.`;
    throw policyError("conflict", [name], message, hint);
  }
  return marked({ ...layerOf(needs(read)), developmentOnly: `${name}()` }, `${name}()`);
}
