import { isLong } from "./known-secrets.js";
import { unescapedText } from "./text-forms.js";

/** Values that are remembered of what a site sets, and their characters together: a hostile site sets new cookies without end. */
export const MOST_REMEMBERED = { values: 10_000, characters: 1_000_000 } as const;

/** The secrets of a walk: those that were known before, and what the site sets. */
export interface WalkSecrets {
  readonly all: ReadonlySet<string>;
  /** Adds the value of a cookie. */
  add(value: string): void;
  /** A sentence where the site has set more than is remembered; undefined where it has not. */
  note(): string | undefined;
}

/** @param known values of the command line and the storage state. */
export function walkSecrets(known: Iterable<string>): WalkSecrets {
  const all = new Set(known);
  let [values, characters, isFull] = [0, 0, false];
  return {
    all,
    add(value) {
      for (const one of siteSecretsOf(value)) {
        if (all.has(one)) continue;
        // The first ones are kept: a table of what is searched grows, and loses nothing.
        if (values >= MOST_REMEMBERED.values || characters + one.length > MOST_REMEMBERED.characters) {
          isFull = true;
          continue;
        }
        values += 1;
        characters += one.length;
        all.add(one);
      }
    },
    note: () => (isFull ? NOTE : undefined),
  };
}

const NOTE = `The site set more cookies than are remembered (${MOST_REMEMBERED.values} values, ${MOST_REMEMBERED.characters} characters): what pages have shown of later ones is not replaced in this output. Read it before you share it.`;

/** An address, or a host: it is in the site's own addresses and in policies, and no secret. */
const ADDRESS = /^(?:(?:https?|wss?):\/\/(?:[\w-]+\.)*[\w-]+|(?:[\w-]{1,40}\.){1,5}[a-z]{2,10}|localhost)(?::\d{1,5})?(?:\/[a-z._/-]*)?$/i;

/**
 * What is secret of a value that a site has set or stored: the value, and the parts of one that is signed. Short values are any word of the site:
 * `true`, `en`, `dark`.
 */
export function siteSecretsOf(value: string): readonly string[] {
  if (ADDRESS.test(unescapedText(value))) return [];
  return [value, ...signedParts(value)].filter(isLong);
}

/** The value and the signature of a cookie as the package cookie-signature writes it, for express-session and cookie-parser: `s:<value>.<signature>`. */
export function signedParts(value: string): readonly string[] {
  const [, signed = "", signature = ""] = /^s:(.+)\.([^.]+)$/s.exec(unescapedText(value)) ?? [];
  return [signed, signature].filter(isLong);
}
