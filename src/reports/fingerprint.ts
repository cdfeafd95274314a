import * as z from "zod/mini";
import { directiveTexts } from "../headers/content-security-policy/wire.js";
import { checkArgument } from "../values/options.js";
import { expecting } from "../values/schema.js";
import { flat } from "./flat.js";

/**
 * A hash of a text in 16 hexadecimal digits, the same in every process: FNV-1a twice, with two offsets, mixed at the end. It is not
 * cryptographic: a sender who makes two texts collide could as well send the other text.
 */
export function fingerprint(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995);
  }
  return hex(mix(one ^ (other >>> 13))) + hex(mix(other ^ (one >>> 11)));
}

function mix(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x2c1b3c6d);
  return (twice ^ (twice >>> 16)) >>> 0;
}

function hex(number: number): string {
  return (number + 0x1_0000_0000).toString(16).slice(1);
}

const POLICY_WORDS = expecting("a string", "Write the text of a Content-Security-Policy.");

/**
 * A hash of a policy, by which groups distinguish versions of a policy. It is the same for the same directives in any order: nonces, which
 * change with every response, and where reports go do not count.
 *
 * @param policy the text of a CSP: of a header, or `original-policy` of a report.
 * @returns 16 hexadecimal digits; the empty string for an empty policy.
 * @throws {PolicyError} for anything but a string.
 */
export function policyHash(policy: string): string {
  if (typeof policy !== "string") checkArgument("policyHash", "policy", policy, z.string(POLICY_WORDS));
  return hashedPolicy(policy).hash;
}

/** A policy's hash, and the text that is hashed: its directives in order, separated by `;`, with `'nonce'` for each nonce. */
export function hashedPolicy(policy: string): { readonly hash: string; readonly text: string } {
  const directives = directiveTexts(policy)
    .map((text) => text.split(/\s+/))
    .filter(([name = ""]) => !isReporting(name))
    // Stored hashes depend on this: every quoted nonce counts, also one that browsers do not take.
    .map(([name = "", ...sources]) => [name.toLowerCase(), ...sources].join(" ").replace(/'nonce-[^']*'/gi, "'nonce'"));
  const text = directives.sort().join(";");
  return { hash: policy.trim() === "" ? "" : fingerprint(text), text };
}

function isReporting(name: string): boolean {
  return ["report-uri", "report-to"].includes(name.toLowerCase());
}

/** The same function with a cache of its last results: reports repeat each other. */
export function remembering<T>(make: (text: string) => T, size = 64): (text: string) => T {
  const known = new Map<string, readonly [text: string, made: T]>();
  // Looking up a long text costs more than comparing it with the last one.
  let last: readonly [text: string, made: T] | undefined;
  return (text) => {
    if (last?.[0] === text) return last[1];
    last = known.get(text);
    if (last === undefined) {
      const own = flat(text);
      last = [own, make(own)];
      if (known.size >= size) known.clear();
      known.set(own, last);
    }
    return last[1];
  };
}

/**
 * A hash of an address, to count distinct clients: 32 bits of a salted SHA-256, too few to identify one.
 *
 * @param salt random, the same for all writers of a store.
 */
export async function clientHash(salt: string, address: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt} ${address}`));
  return hex(new DataView(digest).getUint32(0));
}

/** A new random salt. */
export function newSalt(): string {
  return crypto.randomUUID();
}
