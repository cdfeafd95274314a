import type { AnySource, ContentSecurityPolicy } from "../headers/content-security-policy/index.js";
import type { Patch } from "../headers/patch.js";
import type { Preset, PresetName } from "../presets/index.js";
import type { Edit } from "../values/edits.js";
import type { PolicyBrand } from "./brand.js";

/** A source written as a literal: itself, or an error message that it is not assignable to. */
export type CheckedSource<S> = S extends string
  ? string extends S
    ? S
    : S extends `${string}${" " | "\t" | "\n" | "\r"}${string}`
      ? "✖ write one source per string"
      : S extends `${string};${string}`
        ? "✖ ';' ends a directive"
        : S extends `${string},${string}`
          ? "✖ ',' ends a policy"
          : S extends `${"nonce-" | "'nonce-"}${string}`
            ? "✖ use the nonce slot: import { nonce }"
            : S extends `sha${number}-${string}`
              ? "✖ write the hash in single quotes"
              : S extends `'${string}`
                ? S extends AnySource
                  ? S extends `'${infer _}.${infer __}` | `'${infer _}:${infer __}`
                    ? S extends `'sha${string}`
                      ? S
                      : "✖ only keywords, nonces and hashes are quoted"
                    : S
                  : "✖ no such keyword"
                : S extends `${string}://${infer Rest}`
                  ? Rest extends "" | `/${string}`
                    ? "✖ no host after ://"
                    : S
                  : S extends `${string}:/${string}`
                    ? "✖ write scheme://host"
                    : S
  : S;

type CheckedList<L> = L extends readonly unknown[] ? { readonly [I in keyof L]: CheckedSource<L[I]> } : L;

/** An error message for text that the types cannot check. With a placeholder in it, editors do not offer it as a value. */
type NotLiteral = `write source(${string}), or ...hosts.map(source), for text that is not a literal`;

/** A source of `append` and `remove`: that of {@link CheckedSource}, or, for text that is not a literal, the accepted type. */
export type CheckedEditSource<S> = string extends S ? AnySource | NotLiteral : CheckedSource<S>;

/** Text with a literal type. The intersection keeps the known sources in the editor's completion list. */
export type AnyText = string & {};

/** The declared type if a value has no mistake, so that editors show it; else the value's type with error messages in it. */
type Declared<T, Checked, V> = [T] extends [Checked] ? V : Checked;

/** Conditional on purpose: an unconditional `& {}` would switch weak-type detection off. */
type NoOthers<T, Known, Message extends string> = [Exclude<keyof T, keyof Known>] extends [never]
  ? unknown
  : { readonly [K in Exclude<keyof T, keyof Known>]: Message };

/** Mapped over the known keys, not over the input's: that keeps documentation on hover. */
type CheckedCsp<C> = C extends object
  ? {
      readonly [D in keyof ContentSecurityPolicy]: D extends keyof C
        ? Declared<C[D], CheckedList<C[D]>, ContentSecurityPolicy[D]>
        : ContentSecurityPolicy[D];
    } & NoOthers<C, ContentSecurityPolicy, "✖ unknown directive">
  : C;

/** The member of a patch value that is an object, if there is one. */
type ObjectOf<V> = V extends readonly unknown[] | Edit ? never : V extends object ? V : never;

type CheckedOptions<T, V> = T extends readonly unknown[] | Edit
  ? T
  : T extends object
    ? [ObjectOf<V>] extends [never]
      ? T
      : {
          readonly [K in keyof ObjectOf<V>]: K extends keyof T
            ? Declared<T[K], CheckedOptions<T[K], NonNullable<ObjectOf<V>[K]>>, ObjectOf<V>[K]>
            : ObjectOf<V>[K];
        } & NoOthers<T, ObjectOf<V>, "✖ unknown option">
    : T;

type CspKey = "contentSecurityPolicy" | "contentSecurityPolicyReportOnly";

type CheckedPatch<P> = {
  readonly [K in keyof Patch]: K extends keyof P
    ? K extends CspKey
      ? Declared<P[K], CheckedCsp<P[K]>, Patch[K]>
      : Declared<P[K], CheckedOptions<P[K], NonNullable<Patch[K]>>, Patch[K]>
    : Patch[K];
} & NoOthers<P, Patch, "✖ unknown header">;

/** What makes an object a preset. */
export interface PresetMark extends Pick<Preset, Exclude<keyof Preset, string>> {}

/** The first four letters, in lower case. */
type Start<S extends string> = S extends `${infer A}${infer B}${infer C}${infer D}${string}` ? Lowercase<`${A}${B}${C}${D}`> : S;

/** The presets whose names begin as this one does, or that this one begins with. */
type Near<S extends string> = {
  [P in PresetName]: Lowercase<P> extends `${Start<S>}${string}` ? P : S extends `${P}${string}` ? P : never;
}[PresetName];

/** A preset's name; else an error message with similar names, or the names of all presets: `PresetName` would hide them. */
type CheckedName<S extends string> = S extends PresetName | ""
  ? S
  : [string extends S ? never : Near<S>] extends [never]
    ? { [P in PresetName]: P }[PresetName]
    : `✖ unknown preset: did you mean '${Near<S>}'?`;

/** Distributes over a union: of `isDev && { … }` the patch is checked too. The type of any patch has no literals to check. */
type CheckedLayer<L> = L extends string
  ? CheckedName<L>
  : L extends PolicyBrand | PresetMark
    ? L
    : Patch extends L
      ? L
      : L extends object
        ? CheckedPatch<L>
        : L;

/** Layers as they were written, or with an error message in the place of each wrong literal. For adapters. */
export type CheckedLayers<L extends readonly unknown[]> = { [I in keyof L]: CheckedLayer<L[I]> };
