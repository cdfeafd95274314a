/** A program that some tests need, and that not every machine has. */
export interface Peer {
  /** What it is called in the message: `"nginx"`, `"Node 22"`. */
  readonly name: string;
  /** Whether it is here. */
  readonly found: boolean;
  /** How to get it, as a command or a sentence. */
  readonly get: string;
}

/**
 * Whether tests that need these programs have to be skipped, for `describe.skipIf(skipWithout(…))`.
 *
 * @param suite what is skipped, as it stands in the message.
 * @returns false where all are here; else true, after one line that says what is skipped and how to get it.
 * @throws {Error} instead, where the environment says `PEERS=required`: there nothing may be skipped in silence.
 */
export function skipWithout(suite: string, peers: readonly Peer[]): boolean {
  const missing = peers.filter(({ found }) => !found);
  if (missing.length === 0) return false;
  const how = [...new Set(missing.map(({ get }) => get))].join("; ");
  const message = `${suite}: without ${missing.map(({ name }) => name).join(", ")}. To get ${missing.length === 1 ? "it" : "them"}: ${how}`;
  if (peersRequired()) throw new Error(`PEERS=required, but not here, ${message}`);
  console.info(`Skipped, ${message}`);
  return true;
}

/** Whether what is missing is to be installed, or else to fail. */
export function peersRequired(): boolean {
  return process.env["PEERS"] === "required";
}
