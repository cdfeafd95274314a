import type { BrowserContext } from "playwright-core";
import { type Left, leftCount, leftNotes } from "./left.js";
import { type LinkFilter, linkFilter, siteOrigins } from "./links.js";
import { withoutQuery } from "./listen.js";
import type { SiteHeaders } from "./site-policy.js";
import type { Uncovered } from "./uncovered.js";
import { type PageSeen, within } from "./visit.js";
import { newVisitor, type Visitor } from "./visitor.js";
import type { Viewport, WalkHost, WalkOptions } from "./walk-options.js";

export type { Flow, Viewport, WalkOptions } from "./walk-options.js";

export const VIEWPORTS = {
  desktop: { name: "desktop", width: 1_280, height: 800 },
  phone: { name: "phone", width: 390, height: 844 },
} as const satisfies Readonly<Record<string, Viewport>>;

/** What a walk has seen. */
export interface Walked {
  readonly pages: readonly PageSeen[];
  /** The addresses that were visited, for the same walk again. */
  readonly addresses: readonly string[];
  /** Links that were found and not visited, since the walk was at its limit. */
  readonly left: number;
  /** Documents that were loaded without the policy: what they need is not seen, and the policy is not proven for them. */
  readonly uncovered: readonly Uncovered[];
  /** The documents and workers that got the policy, without their queries: of pages, frames and popups. */
  readonly documents: readonly string[];
  /** What went wrong, a sentence each. */
  readonly notes: readonly string[];
  /** What the site itself sent. */
  readonly site?: SiteHeaders;
}

/** What a walk of a browser that has ended says. */
export const ENDED = "The browser ended before the walk did.";

/** For a browser that hangs to close what was opened in it. */
const CLOSE_SECONDS = 5;

/**
 * Visits the pages of a site, breadth first, once for each viewport. What was seen is returned also where the browser ends midway.
 *
 * @param again the addresses of an earlier walk: the same ones are visited, in the same order, and no further links are followed.
 */
export async function walk(
  options: WalkOptions,
  host: WalkHost,
  again?: readonly string[],
): Promise<Omit<Walked, "uncovered" | "documents">> {
  const pages: PageSeen[] = [];
  const notes = new Set<string>();
  const unsafe = new Map<string, string>();
  let addresses: readonly string[] = again ?? [];
  let left: Left = { pages: 0, depth: 0, routes: 0 };
  for (const [index, viewport] of options.viewports.entries()) {
    if (host.signal.aborted || !host.isAlive()) break;
    const keep = (seen: PageSeen) => {
      // Ten thousand links of each page are not kept.
      pages.push(withoutLinks(seen));
      host.onSeen(seen);
    };
    const isFirst = index === 0 && again === undefined;
    try {
      await inContext(viewport, host, async (context) => {
        const visitor = guarded(
          newVisitor(context, viewport, options, host, (note) => void notes.add(note)),
          options,
          host,
          unsafe,
        );
        if (isFirst) {
          const found: string[] = [];
          addresses = found;
          left = await discover(visitor, options, host, keep, { addresses: found, notes, unsafe });
        } else {
          for (const address of addresses) {
            if (host.signal.aborted) break;
            const seen = await visitor.visit(address, addresses.length);
            if (seen !== undefined) keep(seen);
            else if (host.signal.aborted) notes.add(interruptedNote(address));
          }
        }
        for (const note of unsafeNotes(unsafe)) notes.add(note);
        unsafe.clear();
        if (options.flow !== undefined && !host.signal.aborted) await visitor.run(options.flow, keep);
      });
    } catch (error) {
      if (host.isAlive() && !host.signal.aborted) throw error;
    }
  }
  if (!host.isAlive()) notes.add(ENDED);
  const count = leftCount(left);
  if (!host.signal.aborted && host.isAlive()) return { pages, addresses, left: count, notes: [...notes, ...leftNotes(left, options)] };
  if (count > 0) notes.add(`${count === 1 ? "1 link was" : `${count} links were`} not followed: the walk ended early.`);
  return { pages, addresses, left: 0, notes: [...notes] };
}

/** Opens a context, which is closed when it is used, or when the walk has to end. */
async function inContext(viewport: Viewport, host: WalkHost, use: (context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await host.newContext(viewport);
  const close = () => void within(CLOSE_SECONDS, context.close(), undefined);
  host.signal.addEventListener("abort", close, { once: true });
  try {
    await use(context);
  } finally {
    host.signal.removeEventListener("abort", close);
    await within(CLOSE_SECONDS, context.close(), undefined);
  }
}

/** A visitor that does not go where a link redirects to if that looks unsafe, and collects such links. */
function guarded(visitor: Visitor, { starts }: WalkOptions, { redirects }: WalkHost, unsafe: Map<string, string>): Visitor {
  return {
    async visit(address, found) {
      redirects.begin(!starts.some(({ href }) => href === address));
      const seen = await visitor.visit(address, found);
      if (redirects.refused !== undefined) unsafe.set(`${withoutQuery(address)} → ${redirects.refused.to}`, redirects.refused.word);
      return seen;
    },
    run(flow, keep) {
      redirects.begin(false);
      return visitor.run(flow, keep);
    },
  };
}

/** What {@link discover} adds to. */
interface Found {
  readonly addresses: string[];
  readonly notes: Set<string>;
  /** Links that were not followed to where they redirect, since that looks unsafe, and the word that does. */
  readonly unsafe: Map<string, string>;
}

/** Follows links from the start addresses; returns how many were not followed since the walk is at one of its limits. */
async function discover(
  visitor: Visitor,
  { starts, include, exclude, pages, depth: deepest }: WalkOptions,
  host: WalkHost,
  keep: (seen: PageSeen) => void,
  { addresses, notes, unsafe }: Found,
): Promise<Left> {
  const origins = siteOrigins(starts);
  const filter = linkFilter({ origins, include, exclude });
  const waiting = starts.map(({ href }) => ({ address: href, depth: 0 }));
  for (const start of starts) filter.start(start);
  let tooDeep = 0;
  const failed: [address: string, status: number][] = [];
  // What is not kept counts too: ten thousand links may all be dead.
  for (let visits = 0; waiting.length > 0 && visits < pages && !host.signal.aborted && host.isAlive(); visits += 1) {
    const { address, depth } = waiting.shift() as { address: string; depth: number };
    const seen = await visitor.visit(address, addresses.length + waiting.length + 1);
    if (host.signal.aborted && seen === undefined) notes.add(interruptedNote(address));
    if (host.signal.aborted || !host.isAlive()) break;
    if (host.redirects.refused !== undefined) continue;
    addresses.push(address);
    if (seen === undefined) continue;
    if (depth === 0) for (const note of startNotes(address, seen, origins)) notes.add(note);
    if (!origins.has(new URL(seen.url).origin)) {
      // Redirected to another site: its pages have another policy.
      addresses.pop();
      continue;
    }
    if (seen.status >= 400) {
      // What is in an error page is not of the page that the link means.
      addresses.pop();
      if (depth > 0) failed.push([seen.url, seen.status]);
      continue;
    }
    const next = followed(seen, filter);
    if (depth >= deepest) tooDeep += next.length;
    else waiting.push(...next.map((one) => ({ address: one, depth: depth + 1 })));
    keep(seen);
  }
  for (const note of [...unsafeNotes(new Map([...filter.unsafe, ...unsafe])), ...failedNotes(failed)]) notes.add(note);
  unsafe.clear();
  return { pages: waiting.length, depth: tooDeep, routes: filter.left };
}

/** Links that a note names. */
const MOST_NAMED = 5;

function unsafeNotes(unsafe: ReadonlyMap<string, string>): readonly string[] {
  if (unsafe.size === 0) return [];
  const named = [...unsafe].slice(0, MOST_NAMED).map(([address, word]) => `${address} (${word})`);
  const more = unsafe.size > MOST_NAMED ? ` and ${unsafe.size - MOST_NAMED} more` : "";
  const [count, they] = unsafe.size === 1 ? ["1 link was", "it"] : [`${unsafe.size} links were`, "they"];
  return [
    `${count} not followed, since ${they} may log out, delete or end something: ${named.join(", ")}${more}. If one only shows a page, write --start with its address.`,
  ];
}

const interruptedNote = (address: string) => `${withoutQuery(address)} was not seen whole: the walk ended while it was loaded.`;

function failedNotes(failed: readonly (readonly [address: string, status: number])[]): readonly string[] {
  if (failed.length === 0) return [];
  const named = failed.slice(0, MOST_NAMED).map(([address, status]) => `${address} (${status})`);
  const more = failed.length > MOST_NAMED ? ` and ${failed.length - MOST_NAMED} more` : "";
  const led = failed.length === 1 ? "1 link led to an error page, which is" : `${failed.length} links led to error pages, which are`;
  return [`${led} not recorded: ${named.join(", ")}${more}.`];
}

const followed = ({ links }: PageSeen, { follow }: LinkFilter) =>
  links.flatMap((link) => {
    const address = follow(link);
    return address === undefined ? [] : [address];
  });

/** The same page without its links; its picture is still read when it is asked for. */
function withoutLinks(seen: PageSeen): PageSeen {
  return Object.defineProperty(seen, "links", { value: [] });
}

/** What is worth knowing of a start address, a sentence each: it asks for a login, it leads elsewhere, it is an error. */
function startNotes(address: string, seen: PageSeen, origins: ReadonlySet<string>): readonly string[] {
  const name = withoutQuery(address);
  const state = "If it asks for a login, write --storage-state with the state of a logged-in visitor";
  const { origin } = new URL(seen.url);
  if (!origins.has(origin)) return [`${name} redirects to another origin, ${origin}. ${state}; otherwise begin at ${origin}.`];
  if (seen.status >= 400) {
    const what = seen.status === 401 || seen.status === 403 ? `${state}.` : "Write the address of a page.";
    return [`${name} answered ${seen.status}: nothing to record. ${what}`];
  }
  const leads = seen.url === name ? "" : `redirects to ${seen.url}, which `;
  return seen.asksForPassword === true ? [`${name} ${leads}shows a field for a password. ${state}.`] : [];
}
