import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { Failure } from "../failure.js";
import { wrap } from "../layout.js";
import { names, type Read, readFramework, readPreset, readServe, readService } from "./choose.js";
import type { Choices } from "./files.js";

/** The most answers to one question. */
const MOST_TRIES = 10;
const MOST_SERVICES = 50;

/** What flags have chosen already: not asked for. */
export type Chosen = { readonly [Key in keyof Choices]?: Choices[Key] | undefined };

/**
 * Asks the four questions of `init`, except those that flags have answered; an empty answer is the default.
 *
 * @throws {Failure} where the input ends, or an answer stays wrong.
 */
export async function askChoices(chosen: Chosen, defaults: Choices, input: Readable, output: Writable): Promise<Choices> {
  const prompt = createInterface({ input, output });
  const ask = asker(prompt, output);
  try {
    return {
      framework: chosen.framework ?? (await ask("Which framework?", names.framework, defaults.framework, readFramework)),
      preset: chosen.preset ?? (await ask("Which preset?", names.preset, defaults.preset, readPreset)),
      services: chosen.services ?? (await askServices(ask)),
      serve: chosen.serve ?? (await ask("What sends the headers?", names.serve, defaults.serve, readServe)),
    };
  } finally {
    prompt.close();
  }
}

type Ask = <T extends string>(question: string, help: string, otherwise: T, read: (word: string) => Read<T>) => Promise<T>;

function asker(prompt: Interface, output: Writable): Ask {
  // Lines that came before a question was printed are answers too.
  const lines = prompt[Symbol.asyncIterator]();
  return async (question, help, otherwise, read) => {
    output.write(`${question}\n${wrap(help, 2)}`);
    prompt.setPrompt(`${otherwise === "" ? "" : `[${otherwise}] `}> `);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      prompt.prompt();
      const line = await lines.next();
      if (line.done) throw new Failure(["The questions were not answered: nothing was written."]);
      const answer = line.value.trim();
      if (answer === "") return otherwise;
      const found = read(answer);
      if ("value" in found) return found.value;
      output.write(wrap(found.wrong, 2));
    }
    throw new Failure(["There were too many wrong answers: nothing was written."]);
  };
}

async function askServices(ask: Ask): Promise<readonly string[]> {
  const found: string[] = [];
  while (found.length < MOST_SERVICES) {
    const question = found.length === 0 ? "Which third parties does the site use?" : `${found.join(", ")}. Another one?`;
    const one = await ask(
      question,
      "a part of a name or a host, such as stripe or fonts.googleapis.com; empty for no more",
      "",
      readService,
    );
    if (one === "") break;
    if (!found.includes(one)) found.push(one);
  }
  return found;
}
