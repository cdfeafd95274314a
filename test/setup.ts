import { installNodes, installRuntimes } from "./package/install.js";
import { peersRequired } from "./peers.js";
import { installWheels } from "./servers/wheels.js";

/** What several suites need is fetched once, before the first of them. */
export function setup(): void {
  if (!peersRequired()) return;
  installNodes();
  installRuntimes();
  installWheels();
}
