import { branded, own } from "../values/own.js";

const POLICY: unique symbol = Symbol.for("portcullis.policy@1") as never;

/** What makes an object a policy, in both of the package's module formats. */
export interface PolicyBrand {
  readonly [POLICY]: true;
}

/** Makes a policy of its members; `hidden` are methods that are not enumerable. */
export function brandedPolicy<T extends object>(members: T, hidden: Readonly<Record<symbol, unknown>>): T & PolicyBrand {
  return branded({ ...hidden, [POLICY]: true }, members);
}

/** The layers of a policy; undefined for anything else. */
export function layersOf(value: unknown): readonly unknown[] | undefined {
  try {
    return own(value, POLICY) === true ? (value as { readonly layers: readonly unknown[] }).layers : undefined;
  } catch {
    return undefined; // A revoked proxy has no members, and throws.
  }
}
