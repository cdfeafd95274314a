import type { Recipe } from "../../services/index.js";
import { command } from "../command.js";
import { Failure } from "../failure.js";

/** `portcullis services`: what third parties need. */
export const services = command({
  summary: "Lists recipes for third parties, or prints what one of them allows.",
  positionals: [
    {
      name: "search",
      text: "A recipe's name, which prints it, or the start of a name, a kind or a host; several names for what they allow together.",
      optional: true,
      many: true,
    },
  ],
  flags: { json: { text: "Print a list of the recipes with all that is known of them." } },
  examples: [
    ["portcullis services", "List all recipes."],
    ["portcullis services stripe", "Print what Stripe needs, its options, where that is documented, and when it was last read."],
    ["portcullis services js.stripe.com", "Find the service that a host belongs to, and the options that allow the host."],
    ["portcullis services stripe intercom", "Print what two recipes allow together."],
  ],

  async run({ json }, words, terminal) {
    const [{ services }, { ownersOf }, { jsonText }, text, { findServices }] = await Promise.all([
      import("../../services/index.js"),
      import("../../audit/services.js"),
      import("../layout.js"),
      import("../service-text.js"),
      import("../service-search.js"),
    ]);
    const all = Object.values(services) as readonly Recipe<never>[];
    const recipesOf = (word: string) => ownersOf(word).flatMap(({ name }) => all.filter(({ about }) => about.name === name));
    const each = words.map((word) => findServices(word, all, recipesOf(word)));
    const found = words.length === 0 ? all : [...new Set(each.flatMap((one) => one.recipes))];
    const now = new Date();
    if (json) terminal.out(jsonText(found.map((recipe) => text.described(recipe, now))));
    else if (words.length > 1) terminal.out(text.togetherText(each.map(onlyOne), terminal.bold));
    else if (words.length === 1 && found.length === 1)
      terminal.out(text.serviceText(found[0] as Recipe<never>, now, terminal.bold, each[0]?.byHost ? words[0] : undefined));
    else terminal.out(text.servicesList(found, now, terminal.bold));
    return 0;
  },
});

/** Of several words, each has to name one recipe. */
function onlyOne({ word, recipes }: { readonly word: string; readonly recipes: readonly Recipe<never>[] }): Recipe<never> {
  const [first, ...others] = recipes;
  if (first !== undefined && others.length === 0) return first;
  throw new Failure(
    [`${JSON.stringify(word)} is in several recipes: ${recipes.map(({ about }) => about.name).join(", ")}. Write one of them.`],
    2,
  );
}
