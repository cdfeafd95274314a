// Stands in for src/audit/page.ts in the bundle: the playground audits headers, and an audit without `html` reads no page.

/** @throws {Error} always. */
export function readPage(): never {
  throw new Error("The playground reads no HTML.");
}
