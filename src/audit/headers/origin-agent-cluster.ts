import type { headers } from "../../headers/index.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";
import { ofWords } from "./words.js";

type Value = ReturnType<(typeof headers.originAgentCluster)["parse"]>;

const BY_DEFAULT = "one agent cluster with the rest of the site, in browsers with that default";

/** HTML §7.1.2. */
export const originAgentCluster: HeaderKnowledge<Value> = {
  repeated: "one",
  standard: GENERAL_STANDARD,
  advise: adviseStructured("Write ?1."),
  ...ofWords<Value>(
    {
      "?1": { text: "The origin requests its own process.", allows: [] },
      "?0": {
        text: "The origin shares a process with its subdomains.",
        allows: [BY_DEFAULT, "one agent cluster with the rest of the site, by request"],
      },
    },
    [BY_DEFAULT],
  ),
};
