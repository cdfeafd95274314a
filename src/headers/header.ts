import type { Path, ReportIssue } from "../errors.js";
import type { Schema } from "../values/schema.js";
import type { Slot } from "../values/slots.js";

export type { Schema };

/** All headers and settings of a policy, resolved: every edit applied, every field checked. */
export type Resolved = { readonly [key: string]: unknown };

/** A part of a field value that depends on the request. */
export interface DynamicPart {
  readonly slots: readonly Slot[];
  /** The directive it belongs to, for errors. */
  readonly path: Path;
  /** The text for these values, one list per slot; throws PolicyError for a value that its directive does not take. */
  join(values: readonly (readonly unknown[])[]): string;
}

/** Text, or text with parts that differ per request. */
export type FieldValue = string | readonly (string | DynamicPart)[];

/** A value written for a field, and the number of its layer, the lowest first. */
export interface QueuedValue {
  readonly value: unknown;
  readonly layer: number;
}

/** The values written for each field since the header was last turned on, in the order first written. */
export type Queued = ReadonlyMap<string, readonly QueuedValue[]>;

export interface CheckContext {
  readonly policy: Resolved;
  /** Whether this is the report-only header. */
  readonly reportOnly: boolean;
  readonly report: ReportIssue;
}

/** Where `reporting` sends the reports of one header. */
export interface ReportTarget {
  readonly endpoint: string;
  readonly url: string;
}

/** How `allow(…)` widens a field whose value has no list of sources. */
export interface Widening {
  /** As a policy writes it, for hints: `{ payment: allow("self") }`. */
  readonly example: string;
  /** The value that it would be on its own, for the field's schema to check. */
  valueOf(sources: readonly unknown[]): unknown;
  /** What `allow(…)` takes, where that is less than the field does. */
  readonly takes?: () => Schema;
  /** The value that allows what each of the two allows; both were checked. */
  widen(value: unknown, sources: readonly unknown[]): unknown;
}

/**
 * A key of a policy: a header, or a setting such as `stripHeaders`.
 * It has either `value`, and is replaced as a whole, or `fields`, and is merged field by field.
 */
export interface Entry<Options, Merged = Options> {
  /** What `true` means; without it `true` is refused. */
  readonly defaults?: Options;
  /** A short value as a policy writes it, for hints: `"DENY"`, with its quotes. */
  readonly example: string;
  /** Built on first use: building every schema at import would cost several times helmet's whole import. */
  readonly value?: () => Schema;
  readonly fields?: () => Readonly<Record<string, Schema>>;
  /** What errors call a field; default: `option`. The documentation lists them under its plural, `reference/features`. */
  readonly fieldNoun?: string;
  /** For a field that is not in `fields`: returns its schema where any name is allowed, else may report why it is refused. */
  otherField?(name: string, report: ReportIssue): Schema | undefined;
  /** The whole value may be a string, which `parse` reads. */
  readonly takesText?: true;
  /** `written`: the text is part of a policy, where a value that is legal on the wire and has no effect is a mistake. */
  parse?(text: string, written?: boolean): Merged;
  /** The schema decides about `false` on a field; elsewhere it switches the field off. */
  readonly falseIsAValue?: true;
  /** Belongs to the whole site: a complete layer in an override leaves it unchanged. */
  readonly siteWide?: true;
  /** Its fields are wire names: `X-A` and `x-a` are the same. */
  readonly caseless?: true;
  readonly required?: readonly (keyof Merged & string)[];
  /** For entries whose fields take edits: applies the queued values; undefined if no value remains. */
  resolve?(fields: Queued, context: { readonly report: ReportIssue; readonly reportOnly: boolean }): Merged | undefined;
  /** For other entries whose fields take `allow(…)`. */
  readonly widening?: Widening;
  /**
   * Reports valid values that are almost certainly a mistake where a developer writes them; any field may be absent or wrong. Not called for
   * headers that are read: browsers accept them.
   */
  checkWritten?(options: Merged, report: ReportIssue): void;
  /** Checks what a schema cannot. */
  check?(options: Merged, context: CheckContext): void;
}

/**
 * One response header: its name, its values, and how they are checked, written and read. `hasReportOnly`: there is also a report-only
 * header, `Name-Report-Only`, under the key plus `ReportOnly`.
 */
export interface Header<Options, Name extends string = string, Merged = Options> extends Entry<Options, Merged> {
  /** As it goes over the wire, in Title-Case. */
  readonly name: Name;
  readonly hasReportOnly?: true;
  /** Which endpoint of `reporting` gets its reports; default: `default`. */
  readonly reportsTo?: "csp";
  /** The value to send if the request is known to use plain http; false to send none. */
  overPlainHttp?(options: Merged): Merged | false;
  /** What is left of it where the request's scheme is unknown, and its Host is this machine. */
  onLoopback?(options: Merged): Merged | false;
  /** The value for the report-only header; false to send none. */
  observable?(options: Merged): Merged | false;
  /** The same options with this endpoint, where they name no endpoint. */
  withReporting?(options: Merged, target: ReportTarget): Merged;
  /** `key`: the header's, or its report-only header's, for the errors of slots. */
  serialize(options: Merged, key: string): FieldValue;
  /** Reads a field value; throws PolicyError. `serialize(parse(text))` is `text` in the form written here. */
  parse(text: string, written?: boolean): Merged;
  /**
   * Reads a field value as browsers do; default: `parse`. A member that browsers do not recognise is reported and left out.
   * Throws PolicyError for a value that makes browsers ignore the whole header.
   */
  read?(text: string, report: ReportIssue): Merged;
}

/** A header that `true` turns on. Intersected with its type, `defaults` is no longer optional. */
export type WithDefaults = { readonly defaults: NonNullable<unknown> };

/** A header that has a report-only header. */
export type WithReportOnly = { readonly hasReportOnly: true };
