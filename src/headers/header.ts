import type { Path, ReportIssue } from "../errors.js";
import type { Schema } from "../values/schema.js";
import type { Slot } from "../values/slots.js";

export type { Schema };

/** All headers and settings of a policy, resolved: every edit applied, every field checked. */
export type Resolved = { readonly [key: string]: unknown };

/** A part of a field value that is known only when the request is there. */
export interface DynamicPart {
  readonly slots: readonly Slot[];
  /** The directive it stands in, for errors. */
  readonly path: Path;
  /** The text for these values, one list per slot; throws PolicyError where one is no source of its directive. */
  join(values: readonly (readonly unknown[])[]): string;
}

/** Text, or segments of text around what differs per request. */
export type FieldValue = string | readonly (string | DynamicPart)[];

/** The values written for each field since the header was last switched on, in the order first written. */
export type Queued = ReadonlyMap<string, readonly unknown[]>;

export interface CheckContext {
  readonly policy: Resolved;
  /** Whether this is the Report-Only twin. */
  readonly reportOnly: boolean;
  readonly report: ReportIssue;
}

/** Where `reporting` sends the reports of one header. */
export interface ReportTarget {
  readonly endpoint: string;
  readonly url: string;
}

/**
 * A key of a policy: a header, or a setting such as `stripHeaders`.
 * It has either `value`, and is replaced as a whole, or `fields`, and is merged field by field.
 */
export interface Entry<Options, Merged = Options> {
  /** What `true` stands for; without it `true` is no option. */
  readonly defaults?: Options;
  /** Built on first use: building every schema at import would cost several times helmet's whole import. */
  readonly value?: () => Schema;
  readonly fields?: () => Readonly<Record<string, Schema>>;
  /** What its fields are called in errors; options where absent. */
  readonly fieldNoun?: string;
  /** A field that `fields` does not have: its schema if any name will do, or a report of why not. */
  otherField?(name: string, report: ReportIssue): Schema | undefined;
  /** A string stands for the whole entry, and is read by `parse`. */
  readonly takesText?: true;
  /** `written`: the text stands in a policy, where what is legal but pointless on the wire is a mistake. */
  parse?(text: string, written?: boolean): Merged;
  /** `false` on a field is for its schema to judge; elsewhere it switches the field off. */
  readonly falseIsAValue?: true;
  /** Belongs to the whole site: a complete layer in an override leaves it as it is. */
  readonly siteWide?: true;
  /** Its fields are wire names: `X-A` and `x-a` are one. */
  readonly caseless?: true;
  readonly required?: readonly (keyof Merged & string)[];
  /** For entries whose fields take edits: what the queued values come to; undefined where nothing is left. */
  resolve?(fields: Queued, context: { readonly report: ReportIssue; readonly reportOnly: boolean }): Merged | undefined;
  /** Meaning that a shape cannot say. */
  check?(options: Merged, context: CheckContext): void;
}

/**
 * One response header: everything there is to know about it. A header with a Report-Only twin
 * (`Name-Report-Only`, under its key plus `ReportOnly`) says so by `hasReportOnly`.
 */
export interface Header<Options, Name extends string = string, Merged = Options> extends Entry<Options, Merged> {
  /** As it goes over the wire, in Title-Case. */
  readonly name: Name;
  readonly hasReportOnly?: true;
  /** Which of the places that `reporting` may name gets its reports; `default` where absent. */
  readonly reportsTo?: "csp";
  /** What is left of it where the request is known to have come over plain http; false for nothing. */
  overPlainHttp?(options: Merged): Merged | false;
  /** What is left of it where nobody knows how the request came, and the Host is this very machine. */
  onLoopback?(options: Merged): Merged | false;
  /** What is left of it in a Report-Only twin; false for nothing. */
  observable?(options: Merged): Merged | false;
  /** The same, reporting to this endpoint where it does not report elsewhere yet. */
  withReporting?(options: Merged, target: ReportTarget): Merged;
  /** `key`: the header's, or its twin's, for the errors of slots. */
  serialize(options: Merged, key: string): FieldValue;
  /** Reads a field value; throws PolicyError. `serialize(parse(text))` is `text` in the form written here. */
  parse(text: string, written?: boolean): Merged;
  /**
   * Reads a field value as browsers do, `parse` where absent: a member that they do not know is reported and left out.
   * Throws PolicyError for what makes them ignore the whole header.
   */
  read?(text: string, report: ReportIssue): Merged;
}

/** For a header that `true` can turn on. */
export type WithDefaults<Options> = { readonly defaults: Options };

/** For a header with a Report-Only twin. */
export type WithReportOnly = { readonly hasReportOnly: true };
