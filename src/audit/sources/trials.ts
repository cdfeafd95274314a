import type { SourceExpression } from "../../values/sources.js";

/** What a source does that Chromium has on trial; each text is a clause. */
interface TrialEffect {
  /** There. */
  readonly alone: string;
  /** There and in other browsers. */
  readonly besideOthers: string;
}

const EFFECTS: readonly (readonly [start: string, effect: TrialEffect])[] = [
  [
    "'url-",
    {
      alone: "scripts with a URL that has this hash run, and hosts are ignored",
      besideOthers: "there it replaces hosts, and other browsers allow no script by it",
    },
  ],
  [
    "'eval-",
    {
      alone: "eval() accepts text that has this hash, and 'unsafe-eval' is ignored",
      besideOthers: "there it replaces 'unsafe-eval', and other browsers allow no eval by it",
    },
  ],
  [
    "'strict-dynamic-url'",
    {
      alone: "scripts that run may load others",
      besideOthers: "there scripts that run may load others, and other browsers ignore it",
    },
  ],
];

const NOT_KNOWN: TrialEffect = { alone: "its effect is not known here", besideOthers: "its effect is not known here" };

/** What a source does that Chromium has on trial. */
export function trialEffect({ text }: Extract<SourceExpression, { kind: "trial" }>): TrialEffect {
  return EFFECTS.find(([start]) => text.startsWith(start))?.[1] ?? NOT_KNOWN;
}
