import { bare, own } from "./own.js";

const EDIT: unique symbol = Symbol.for("portcullis.edit@1") as never;

/** What an edit does. */
export type EditKind = "append" | "remove" | "allow";

/** A change to one directive, made by {@link append}, {@link remove} or {@link allow}. */
export interface Edit<out S = unknown> {
  readonly [EDIT]: EditKind;
  readonly sources: readonly S[];
}

/** An edit from plain values; `append`, `remove` and `allow` are its typed faces. */
export function edit<S>(kind: EditKind, sources: readonly S[]): Edit<S> {
  return Object.freeze({ [EDIT]: kind, sources: Object.freeze([...sources]) });
}

/** Which edit a value is, if it is one. */
export function editKind(value: unknown): EditKind | undefined {
  const kind = own(value, EDIT);
  return kind === "append" || kind === "remove" || kind === "allow" ? kind : undefined;
}

export function isEdit(value: unknown): value is Edit {
  return editKind(value) !== undefined;
}

const WHOLE: unique symbol = Symbol.for("portcullis.whole@1") as never;

/** The same object, marked to replace the existing value instead of being merged into it. */
export function whole<T extends object>(options: T): T {
  return Object.freeze(bare({ ...options, [WHOLE]: true }));
}

export function isWhole(value: unknown): boolean {
  return own(value, WHOLE) === true;
}
