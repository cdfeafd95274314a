import { audit } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import { renderHeaders } from "../../policy/render.js";
import type { InlineCode } from "../../record/evidence.js";
import { wordFor } from "../../record/proposal.js";
import { Failure } from "../failure.js";
import { jsonOf } from "../policy-text.js";
import { servicesOf } from "./services.js";
import type { RoutedRecording } from "./unapplied.js";

/**
 * What `--json` prints: plain data, without pictures. Its `policy` is what a policy file holds, for `--policy` of every command; null where
 * the policy has a nonce, which JSON cannot represent.
 */
export function recordingJson(recording: RoutedRecording): object {
  const { outcome, observed, proposal, evidence, walks, proof, notes, unapplied } = recording;
  const seen = (one: { readonly code: InlineCode | undefined }) =>
    one.code === undefined
      ? {}
      : {
          code: {
            kind: one.code.kind,
            text: one.code.text.slice(0, LONGEST_CODE),
            hash: one.code.hash,
            place: one.code.place,
            pages: one.code.pages,
          },
        };
  return {
    proven: outcome === "proven",
    outcome,
    routesNotApplied: unapplied && { paths: unapplied.routes, pages: unapplied.pages, inPages: unapplied.inPages },
    policy: policyFile(proposal.policy),
    headers: renderHeaders(proposal.policy, { nonce: "bm9uY2U=" }),
    allowed: proposal.allowed.map(({ directive, source, why, code }) => ({ directive, source, why, ...seen({ code }) })),
    services: servicesOf(recording),
    pending: proposal.pending.map((one) => ({
      accept: wordFor(one),
      kind: one.consent,
      message: one.message,
      pages: one.pages,
      ...seen(one),
    })),
    needed: proposal.needed.map(({ message, pages, code }) => ({ message, pages, ...seen({ code }) })),
    pages: walks[0].pages.map(({ url, viewport, status, title, errors, failed, notes }) => ({
      url,
      viewport,
      status,
      title,
      errors,
      failed,
      notes,
    })),
    violations: evidence.groups.map(({ directive, blocked, route, count, pages, files, samples }) => ({
      directive,
      blocked,
      route,
      count,
      pages,
      files,
      samples,
    })),
    proof: proof && {
      violations: proof.evidence.groups.map(({ directive, blocked, route, count }) => ({ directive, blocked, route, count })),
      pages: proof.pages.map(({ url, viewport, differences, pixels }) => ({ url, viewport, differences, pixels })),
      notCompared: proof.masks,
      notes: proof.notes,
    },
    score: { before: audit(observed).score.points, after: audit(proposal.policy).score.points },
    notes: [...notes, ...proposal.notes],
  };
}

const LONGEST_CODE = 10_000;

function policyFile(policy: Policy): unknown {
  try {
    return JSON.parse(jsonOf({ policy, routes: [] }, "")).policy;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
