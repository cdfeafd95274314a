import { nameOf, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { contentSecurityPolicy, type Directives } from "../../headers/content-security-policy/index.js";
import type { DirectiveValue, Item } from "../../headers/content-security-policy/values.js";
import { fieldText } from "../../policy/field-text.js";
import { bare, own } from "../../values/own.js";
import { EVERYTHING, type Governed } from "../headers/content-security-policy/requests.js";
import { listOf } from "../headers/content-security-policy/settings.js";
import { readSourceList, type SourceList } from "../sources/source-list.js";

/** The policies of one of the two sides. */
export interface CspSide {
  /** Every policy, all of which have to allow; none where there is no Content-Security-Policy. */
  readonly policies: readonly Directives[];
  /** The frame-ancestors that X-Frame-Options is equal to; undefined where there is none. */
  readonly frameOptions: readonly Item[] | undefined;
}

/** Looks directives up on one side, and remembers the lists that it has read. */
export interface PolicySide {
  /** Every list that decides on a directive's requests, one of each policy that has any. */
  readonly governed: (key: string) => readonly Governed[];
  /** The directives that decide, by key. */
  readonly governing: (key: string) => readonly string[];
  /** The values of a directive that is not a source list; `[undefined]` where no policy has it. */
  readonly values: (key: string) => readonly (DirectiveValue | undefined)[];
  readonly has: (key: string) => boolean;
  /** Directives that have no key, by wire name. */
  readonly unregistered: readonly string[];
  /** A directive's values as text, one of each policy that has it. */
  readonly texts: (key: string) => readonly string[];
}

export function policySide({ policies: given, frameOptions }: CspSide): PolicySide {
  // Own directives only.
  const policies = given.map((one) => bare(one));
  const framed = policies.some((one) => one["frameAncestors"] !== undefined);
  const withFraming: readonly Directives[] =
    framed || frameOptions === undefined ? policies : [...policies, bare({ frameAncestors: frameOptions })];
  const trusted = policies.some((one) => listOf(one["requireTrustedTypesFor"]).some((word) => word.toLowerCase() === "'script'"));
  const lists = withFraming.map(() => new Map<string, SourceList>());
  const governed = (key: string) =>
    withFraming.flatMap((policy, index): readonly Governed[] => {
      const by = fallbackChain(key).find((one) => policy[one] !== undefined);
      if (by === undefined) return [];
      let list = lists[index]?.get(by);
      if (list === undefined) {
        list = readSourceList(policy[by] as readonly Item[]);
        lists[index]?.set(by, list);
      }
      return [{ list, by, trusted }];
    });
  return {
    governed: (key) => {
      const found = governed(key);
      return found.length === 0 ? [{ list: EVERYTHING, by: undefined, trusted }] : found;
    },
    governing: (key) => [...new Set(governed(key).map(({ by }) => by as string))],
    values: (key) => {
      const found = policies.flatMap((one) => (one[key] === undefined ? [] : [one[key]]));
      return found.length === 0 ? [undefined] : found;
    },
    unregistered: [...new Set(policies.flatMap(Object.keys))].filter((key) => own(rows, key) === undefined),
    has: (key) => policies.some((one) => one[key] !== undefined),
    texts: (key) => withFraming.flatMap((one) => (one[key] === undefined ? [] : [directiveText(key, one[key])])),
  };
}

/** A directive and those it falls back to, nearest first. */
export function fallbackChain(key: string): readonly string[] {
  return [key, ...((own(rows, key) as (typeof rows)[string] | undefined)?.fallback ?? [])];
}

function directiveText(key: string, value: DirectiveValue): string {
  if (value !== true && takesOf(key) === undefined) return [value].flat().join(" ");
  return fieldText(contentSecurityPolicy.serialize({ [key]: value }, "")).slice(nameOf(key).length + 1);
}
