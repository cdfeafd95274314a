import { type Exported, exportPolicy } from "../../../../src/export/index.js";
import type { TargetName } from "../../../../src/export/targets/index.js";
import { MOST_POLICY } from "../limits.js";
import { type Answer, answer, tooLong } from "./answer.js";
import { readPolicy } from "./policy.js";

/** The files of a policy for a server or service. */
export function exportText(text: string, target: string): Answer<Exported> {
  return (
    tooLong(text, MOST_POLICY) ??
    answer(() => {
      const { policy, routes } = readPolicy(text);
      return exportPolicy(target as TargetName, { policy, routes });
    })
  );
}
