/** How something new stands to what was before: `"stronger"` allows less, and nothing that was blocked. */
export type Verdict = "same" | "stronger" | "weaker" | "incomparable";

/** What is allowed on one side and not on the other, as an example each; undefined where nothing is. */
export interface Difference {
  readonly gain: string | undefined;
  readonly loss: string | undefined;
}

/** An example of what `to` allows and `from` does not. */
export type Gain<T> = (from: T, to: T) => string | undefined;

/** Looks both ways with the same eyes: what makes one way stronger makes the other weaker. */
export function differ<T>(gain: Gain<T>, before: T, after: T): Difference {
  return { gain: gain(before, after), loss: gain(after, before) };
}

export function verdictOf({ gain, loss }: Difference): Verdict {
  if (gain !== undefined) return loss === undefined ? "weaker" : "incomparable";
  return loss === undefined ? "same" : "stronger";
}

/** Several differences as one, with the first example of each kind. */
export function joined(differences: readonly Difference[]): Difference {
  return {
    gain: differences.find(({ gain }) => gain !== undefined)?.gain,
    loss: differences.find(({ loss }) => loss !== undefined)?.loss,
  };
}

/** The verdict on a whole from those on its parts. */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
  const changed = new Set(verdicts.filter((verdict) => verdict !== "same"));
  const [first = "same"] = changed;
  return changed.size > 1 ? "incomparable" : first;
}

/** A difference in plain sentences; `same` where there is none. */
export function sentences({ gain, loss }: Difference, same: string): string {
  const parts = [gain !== undefined && `Now allowed: ${gain}.`, loss !== undefined && `No longer allowed: ${loss}.`].filter(Boolean);
  return parts.length === 0 ? same : parts.join(" ");
}

/** One directive of a Content-Security-Policy, or one feature of a Permissions-Policy, on both sides. */
export interface DirectiveComparison {
  /** The name on the wire, `script-src`. */
  readonly directive: string;
  readonly verdict: Verdict;
  /** What it says, or what stands in for it where it is absent; undefined where nothing does. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Members of its list that are new, and that are gone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Why, with an example of what is allowed on one side only. */
  readonly message: string;
}

/** Puts together what there is to say of one directive. `lead` goes before the sentences, `same` stands where nothing differs. */
export function comparedDirective(
  directive: string,
  [before, after]: readonly [string | undefined, string | undefined],
  difference: Difference,
  { lead = "", same = before === after ? "Unchanged." : "Written differently, allows the same." } = {},
): DirectiveComparison {
  const [old, fresh] = [before, after].map((text) =>
    (text ?? "")
      .replace(/^\(|\)$/g, "")
      .split(" ")
      .filter(Boolean),
  ) as [string[], string[]];
  return {
    directive,
    verdict: verdictOf(difference),
    before,
    after,
    added: fresh.filter((one) => !old.includes(one)),
    removed: old.filter((one) => !fresh.includes(one)),
    message: lead + sentences(difference, same),
  };
}

/** A header that has directives or features. */
export interface Compared {
  readonly directives: readonly DirectiveComparison[];
  /** The first of what differs. */
  readonly difference: Difference;
}

/** Why something counts as the same, whatever it says. */
export const REPORTS_ONLY = "Says where reports go; it allows and blocks nothing.";
