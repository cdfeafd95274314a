import type { Note } from "../limits.js";
import type { Tables } from "./tables.js";

/** The known values of a request. */
export interface Scene {
  /** The current path. Parts between two NULs are unknown. */
  readonly uri: string;
  /** Whether the unknown part excludes paths of the configuration, which are read separately. */
  readonly isOwn: boolean;
  /** The requested path. */
  readonly asked: string;
  /** The variables of `set`. */
  readonly set: ReadonlyMap<string, string>;
  /** Values that were looked up before: nginx evaluates a map once per request. */
  readonly known: Map<string, string>;
  readonly scheme: "http" | "https";
  /** Empty before there is a response. */
  readonly type: string;
  readonly status: string;
  /** Exact names of the server. Empty if unknown. */
  readonly names: readonly string[];
  /** Variables that `set` sets somewhere. Elsewhere they are empty. */
  readonly settable: ReadonlySet<string>;
  /** Takes a value that may differ from how it is read. */
  readonly doubt: (line: number, message: string) => void;
}

/** The source of the values of variables. */
export interface Values {
  readonly tables: Tables;
  readonly scene: Scene;
  readonly note: Note;
}
