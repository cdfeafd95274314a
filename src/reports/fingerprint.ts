import { flat } from "./flat.js";

/**
 * A short name for a text: 16 hexadecimal digits, the same in every process. FNV-1a twice, with two starting points and stirred
 * at the end. Whoever makes two texts collide gains nothing that sending the other text would not give.
 */
export function fingerprint(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995);
  }
  return hex(stir(one ^ (other >>> 13))) + hex(stir(other ^ (one >>> 11)));
}

function stir(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x2c1b3c6d);
  return (twice ^ (twice >>> 16)) >>> 0;
}

function hex(number: number): string {
  return (number + 0x1_0000_0000).toString(16).slice(1);
}

/**
 * The name of a policy, by which groups tell its versions apart.
 *
 * @param policy the text of a CSP: of a header, or `original-policy` of a report.
 * @returns the same for the same directives in any order: nonces, which change with every response, and where reports go do not count.
 *   For no policy the empty text.
 */
export function policyHash(policy: string): string {
  if (policy.trim() === "") return "";
  const directives = policy
    .split(";")
    .map((directive) => directive.trim().split(/\s+/))
    .filter(([name = ""]) => name !== "" && !/^report-(?:uri|to)$/i.test(name))
    .map(([name = "", ...sources]) => [name.toLowerCase(), ...sources].join(" ").replace(/'nonce-[^']*'/gi, "'nonce'"));
  return fingerprint(directives.sort().join(";"));
}

/** The same function, which remembers what it gave for the last texts: reports repeat each other. */
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
 * Who sent it, so far that distinct senders can be counted: 32 bits of a salted SHA-256, which is too little to be sure of anybody.
 *
 * @param salt random, the same for all that count into one store.
 */
export async function clientHash(salt: string, address: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt} ${address}`));
  return hex(new DataView(digest).getUint32(0));
}

/** A new salt. */
export function newSalt(): string {
  return crypto.randomUUID();
}
