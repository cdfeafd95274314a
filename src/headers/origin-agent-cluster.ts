import { oneWordHeader } from "./one-of.js";

/** `Origin-Agent-Cluster`: this origin does not share its process with the rest of its site. HTML §7.1.2. */
export const originAgentCluster = oneWordHeader("Origin-Agent-Cluster", ["?1", "?0"]);
