import { isDeepStrictEqual } from "node:util";
import type { Policy } from "../policy/policy.js";
import { enforceable } from "./enforceable.js";
import { type Evidence, mergeEvidence } from "./evidence.js";
import { type Accepted, type Proposal, propose } from "./proposal.js";
import { type Proof, prove } from "./prove.js";
import { newRecorder, type Recorder, type RecorderOptions } from "./run.js";
import { withNeeded, withoutSecretSources } from "./secret-sources.js";
import type { Walked } from "./walk.js";

/** How a recording ends. */
export type Outcome =
  /** The same walk under the enforced policy was clean. */
  | "proven"
  /** It was not. */
  | "not proven"
  /** No proof was wanted. */
  | "not tried"
  /** The site has to change first, or somebody has to confirm something. */
  | "not enforceable";

/** What `record` returns. */
export interface Recording {
  readonly outcome: Outcome;
  readonly observed: Policy;
  readonly proposal: Proposal;
  readonly evidence: Evidence;
  /** The two walks without enforcement. */
  readonly walks: readonly [Walked, Walked];
  /** The last proof; undefined where none was tried. */
  readonly proof: Proof | undefined;
  readonly notes: readonly string[];
}

/** What a recording is made of. */
export interface RecordOptions extends RecorderOptions {
  /** What somebody has confirmed. */
  readonly accepted: Accepted;
  /** Asks about what is pending; returns what is confirmed beside `accepted`. Called again where a proof brings more. */
  readonly confirm?: ((proposal: Proposal) => Promise<Accepted>) | undefined;
  readonly prove: boolean;
  /** Whether a text has a secret in it: no source with one is proposed. Default: none has. */
  readonly isSecret?: ((text: string) => boolean) | undefined;
}

/** No page of the site could be loaded. */
export class NothingVisited extends Error {
  override readonly name = "NothingVisited";
  /** Why, a sentence for each address. */
  readonly notes: readonly string[];

  constructor(notes: readonly string[]) {
    super(notes.join(" "));
    this.notes = notes;
  }
}

/** How often a proposal is extended by what its own proof was blocked by. */
const MOST_EXTENSIONS = 3;

/**
 * Walks through a site twice, proposes a policy, and walks again with that policy enforced.
 *
 * @param given the policy to observe: what it blocks is what the proposal adds to it. Its report-only headers are proposed as enforced ones.
 * @throws {NothingVisited} where no page could be loaded.
 */
export function record(given: Policy, options: RecordOptions): Promise<Recording> {
  const policy = enforceable(given);
  return withWalks(policy, options, async (recorder, walks, observed) => {
    let accepted = options.accepted;
    let evidence = observed;
    const proposed = async (): Promise<Proposal> => {
      const first = proposedFrom(policy, evidence, accepted, options);
      if (first.pending.length === 0 || options.confirm === undefined || options.signal.aborted) return first;
      accepted = new Set([...accepted, ...(await options.confirm(first))]);
      return proposedFrom(policy, evidence, accepted, options);
    };
    let proposal = await proposed();
    let proof: Proof | undefined;
    for (let extensions = 0; options.prove && !options.signal.aborted; extensions += 1) {
      proof = await prove(proposal.policy, recorder, walks);
      if (proof.evidence.violations === 0 || extensions === MOST_EXTENSIONS) break;
      evidence = mergeEvidence(evidence, asObserved(proof.evidence));
      const extended = await proposed();
      // The same policy would be blocked by the same again; what cannot be allowed is among what it needs.
      const isSame = isDeepStrictEqual(extended.patch, proposal.patch);
      proposal = extended;
      if (isSame) break;
      proof = undefined;
    }
    const outcome = options.prove ? outcomeOf(proposal, proof) : untriedOutcome(proposal);
    return { outcome, observed: policy, proposal, evidence, walks, proof, notes: notesOf(given, policy, walks) };
  });
}

/**
 * Walks through a site twice without enforcement and once with it, and compares what its pages show.
 *
 * @param given the policy to prove, its report-only headers as enforced ones. The proposal of the result is what would have to be added to it.
 * @throws {NothingVisited} where no page could be loaded.
 */
export function proveSite(given: Policy, options: RecordOptions): Promise<Recording> {
  const policy = enforceable(given);
  return withWalks(policy, options, async (recorder, walks, evidence) => {
    const proof = options.signal.aborted ? undefined : await prove(policy, recorder, walks);
    const blocked = proof === undefined ? evidence : mergeEvidence(evidence, asObserved(proof.evidence));
    const proposal = proposedFrom(policy, blocked, options.accepted, options);
    // What was reported in a walk without enforcement would have been blocked with it.
    const outcome = outcomeOf(proposal, evidence.violations === 0 ? proof : undefined);
    return { outcome, observed: policy, proposal, evidence: blocked, walks, proof, notes: notesOf(given, policy, walks) };
  });
}

function proposedFrom(policy: Policy, evidence: Evidence, accepted: Accepted, { isSecret }: Pick<RecordOptions, "isSecret">): Proposal {
  const { evidence: shown, needed } = withoutSecretSources(evidence, isSecret);
  return withNeeded(propose(policy, shown, accepted), needed);
}

/** What is worth knowing of a recording, a sentence each. */
const notesOf = (given: Policy, policy: Policy, walks: readonly [Walked, Walked]): readonly string[] => [
  ...(given === policy ? [] : ["The policy has report-only headers: they are proposed and proved as enforced headers."]),
  ...walks[0].notes,
  ...failedNotes(walks),
];

/** Failed requests that a note names. */
const MOST_NAMED = 5;

/** A request that fails in each walk is the same before and after, and the policy is not proven for what it would have loaded. */
function failedNotes([first, second]: readonly [Walked, Walked]): readonly string[] {
  const failedIn = ({ pages }: Walked) => new Set(pages.flatMap(({ failed }) => failed));
  const again = failedIn(second);
  const failed = [...failedIn(first)].filter((request) => again.has(request)).sort();
  if (failed.length === 0) return [];
  const [count, they] = failed.length === 1 ? ["1 request", "it"] : [`${failed.length} requests`, "they"];
  const more = failed.length > MOST_NAMED ? ` and ${failed.length - MOST_NAMED} more` : "";
  const named = failed.slice(0, MOST_NAMED).join(", ");
  return [`${count} failed in every walk: what ${they} would have loaded is not seen (${named}${more}).`];
}

/** Observes a policy in two walks, and closes what they opened when `use` is done. */
async function withWalks(
  policy: Policy,
  options: RecordOptions,
  use: (recorder: Recorder, walks: readonly [Walked, Walked], evidence: Evidence) => Promise<Recording>,
): Promise<Recording> {
  const recorder = await newRecorder(options);
  try {
    const collector = recorder.newEvidence();
    const first = await recorder.walk(policy, "observe", collector);
    if (first.pages.length === 0) throw new NothingVisited(first.notes);
    const second = await recorder.walk(policy, "observe", collector, first.addresses);
    return await use(recorder, [first, second], collector.evidence());
  } finally {
    await recorder.close();
  }
}

/** A clean proof of a policy that needs more was luck: what it needs is not in every load. */
function outcomeOf(proposal: Proposal, proof: Proof | undefined): Outcome {
  if (isIncomplete(proposal)) return "not enforceable";
  return proof?.isClean === true ? "proven" : "not proven";
}

const untriedOutcome = (proposal: Proposal): Outcome => (isIncomplete(proposal) ? "not enforceable" : "not tried");

const isIncomplete = ({ pending, needed }: Proposal) => pending.length + needed.length > 0;

/** What a proof blocked is evidence of the same kind: no visitor sent it, and the walk goes on to what comes behind it. */
const asObserved = ({ groups, ...evidence }: Evidence): Evidence => ({
  ...evidence,
  groups: groups.map((group) => ({ ...group, disposition: "report" })),
});
