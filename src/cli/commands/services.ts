import type { Recipe } from "../../services/index.js";
import { command } from "../command.js";
import { Failure } from "../failure.js";

/** `portcullis services`: what third parties need. */
export const services = command({
  summary: "Lists recipes for third parties, or prints what one of them allows.",
  positionals: [{ name: "search", text: "A recipe's name, which prints it, or a part of a name, a kind or a host.", optional: true }],
  flags: { json: { text: "Print a list of the recipes with all that is known of them." } },
  examples: [
    ["portcullis services", "List all recipes."],
    ["portcullis services stripe", "Print what Stripe needs, where that is documented, and when it was last read."],
    ["portcullis services js.stripe.com", "Find the service that a host belongs to."],
  ],

  async run({ json }, [word], terminal) {
    const [{ services, serviceOf }, { jsonText }] = await Promise.all([import("../../services/index.js"), import("../layout.js")]);
    const all = Object.values(services) as readonly Recipe<never>[];
    const found = word === undefined ? all : named(word, all, serviceOf(word)?.name);
    const now = new Date();
    if (json) {
      const { described } = await import("../service-text.js");
      terminal.out(jsonText(found.map((recipe) => described(recipe, now))));
    } else if (word !== undefined && found.length === 1) {
      const { serviceText } = await import("../service-text.js");
      terminal.out(serviceText(found[0] as Recipe<never>, now, terminal.bold));
    } else {
      const { servicesList } = await import("../service-text.js");
      terminal.out(servicesList(found, now, terminal.bold));
    }
    return 0;
  },
});

/** The recipe of this name, else that of this host, else those with the word in them. */
function named(word: string, all: readonly Recipe<never>[], owner: string | undefined): readonly Recipe<never>[] {
  const sought = word.toLowerCase();
  const exact = all.filter(({ about }) => about.name.toLowerCase() === sought);
  if (exact.length > 0) return exact;
  if (owner !== undefined) return all.filter(({ about }) => about.name === owner);
  const some = all.filter(({ about }) =>
    [about.name, about.title, about.category, ...about.hosts].some((text) => text.toLowerCase().includes(sought)),
  );
  if (some.length > 0) return some;
  throw new Failure([`No recipe has ${JSON.stringify(word)} in its name, its kind or its hosts. portcullis services lists all.`], 2);
}
