/** How something new compares to what was before: `"stronger"` allows less, and nothing that was blocked. */
export type Verdict = "same" | "stronger" | "weaker" | "incomparable";

/** What is allowed on one side and not on the other, as an example each; undefined where nothing is. */
export interface GainAndLoss {
  readonly gain: string | undefined;
  readonly loss: string | undefined;
  /** Why it is not known what is allowed, as the end of a sentence. */
  readonly uncertain: string | undefined;
}

export const NO_DIFFERENCE: GainAndLoss = { gain: undefined, loss: undefined, uncertain: undefined };

/** An example of what `to` allows and `from` does not; undefined where there is none. */
export type FindGain<T> = (from: T, to: T) => string | undefined;

/** Asks the same question both ways: what makes one way stronger makes the other weaker. */
export function differ<T>(gain: FindGain<T>, before: T, after: T): GainAndLoss {
  return { gain: gain(before, after), loss: gain(after, before), uncertain: undefined };
}

export function verdictOf({ gain, loss, uncertain }: GainAndLoss): Verdict {
  if (uncertain !== undefined) return "incomparable";
  if (gain !== undefined) return loss === undefined ? "weaker" : "incomparable";
  return loss === undefined ? "same" : "stronger";
}

/** Several differences as one, with the first example of each kind. */
export function joined(differences: readonly GainAndLoss[]): GainAndLoss {
  return {
    gain: differences.find(({ gain }) => gain !== undefined)?.gain,
    loss: differences.find(({ loss }) => loss !== undefined)?.loss,
    uncertain: differences.find(({ uncertain }) => uncertain !== undefined)?.uncertain,
  };
}

/** The verdict on a whole from those on its parts. */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict {
  const changed = new Set(verdicts.filter((verdict) => verdict !== "same"));
  const [first = "same"] = changed;
  return changed.size > 1 ? "incomparable" : first;
}

/** A difference in plain sentences; `same` where there is none. */
export function differenceText({ gain, loss, uncertain }: GainAndLoss, same: string): string {
  const parts = [
    gain !== undefined && `Now allowed: ${gain}.`,
    loss !== undefined && `No longer allowed: ${loss}.`,
    uncertain !== undefined && `Cannot be compared: ${uncertain}.`,
  ].filter(Boolean);
  return parts.length === 0 ? same : parts.join(" ");
}

/** Of something that differs and is not known here: no side is known to allow less. */
export function notKnown(name: string): GainAndLoss {
  return { ...NO_DIFFERENCE, uncertain: `what ${name} does is not known here` };
}

/** One directive of a Content-Security-Policy, or one feature of a Permissions-Policy, on both sides. */
export interface DirectiveComparison {
  /** The name on the wire, `script-src`. */
  readonly directive: string;
  readonly verdict: Verdict;
  /** Its value, or that of the directive it falls back to; undefined where there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Members of its list that are new, and that are gone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Why, with an example of what is allowed on one side only. */
  readonly message: string;
}

/** Builds the comparison of one directive. `lead` precedes the sentences, `same` is the message where nothing differs. */
export function comparedDirective(
  directive: string,
  [before, after]: readonly [string | undefined, string | undefined],
  difference: GainAndLoss,
  { lead = "", same = before === after ? "Unchanged." : "Written differently, allows the same." } = {},
): DirectiveComparison {
  const [old, fresh] = [membersOf(before), membersOf(after)];
  return {
    directive,
    verdict: verdictOf(difference),
    before,
    after,
    added: fresh.filter((one) => !old.includes(one)),
    removed: old.filter((one) => !fresh.includes(one)),
    message: lead + differenceText(difference, same),
  };
}

function membersOf(text = ""): readonly string[] {
  const list = text.replace(/^\(|\)$/g, "");
  return list.split(" ").filter(Boolean);
}

/** A header on both sides. */
export interface Compared {
  /** The first of what differs. */
  readonly difference: GainAndLoss;
  /** Of a header that has directives or features. */
  readonly directives?: readonly DirectiveComparison[];
  /** The message where nothing differs. */
  readonly note?: string;
}

/** Why something counts as the same, whatever its value. */
export const REPORTS_ONLY = "Says where reports go; it allows and blocks nothing.";
