import { type Allowed, distinct } from "./part.js";

/** A remark on hashes of inline code that contains the address of the walk: at another address the code is another, and so is its hash. */
export function addressNotes(allowed: readonly Allowed[], origins: readonly string[]): readonly string[] {
  const bound = origins.flatMap((origin) => {
    const { host } = new URL(origin);
    const count = distinct(
      allowed.flatMap(({ source, code }) => (code?.hash === source && code.text.includes(host) ? [source] : [])),
    ).length;
    return count === 0 ? [] : [{ origin, count }];
  });
  return bound.map(
    ({ origin, count }) =>
      `${count === 1 ? "1 hash is" : `${count} hashes are`} of inline code that contains the address ${origin}: at another address the code has another hash. Record the site at the address that its visitors use.`,
  );
}
