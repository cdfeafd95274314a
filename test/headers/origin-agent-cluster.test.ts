import { testHeader } from "./tables.js";

testHeader({
  sent: [["originAgentCluster", true, "Origin-Agent-Cluster", "?1"]],
  normalised: [["Origin-Agent-Cluster", "?1", "?1"]],
});
