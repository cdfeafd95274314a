import { withoutQuery } from "./listen.js";

/** A document or worker of the site that was loaded without the policy, or of which the browser got the beginning only. */
export interface Uncovered {
  /** The page that was visited, without its query. */
  readonly page: string;
  /** The name of the viewport: `"desktop"`. */
  readonly viewport: string;
  /** The page itself, a frame, a popup or a worker; without its query. */
  readonly url: string;
  /** `"bare"`: without the policy. `"cut"`: with it, and without its end. */
  readonly kind: "bare" | "cut";
  /** `"it is longer than 32000000 bytes"`. */
  readonly why: string;
}

/** A document as a sentence. */
export const uncoveredText = ({ url, kind, why }: Uncovered): string =>
  `${url} was ${kind === "cut" ? "cut off" : "loaded without the policy"}: ${why}.`;

/** Collects the documents of one walk. */
export interface UncoveredCollector {
  /** Says which page is visited from now on. */
  visiting(address: string, viewport: string): void;
  add(address: string, kind: Uncovered["kind"], why: string): void;
  /** Each document of each page once. */
  all(): readonly Uncovered[];
}

/** Documents that are kept: one is enough to keep a walk from being a proof. */
const MOST_KEPT = 1_000;

/** A collector for one walk, in which pages are visited one after the other. */
export function collectUncovered(): UncoveredCollector {
  const found = new Map<string, Uncovered>();
  let [page, viewport] = ["", ""];
  return {
    visiting(address, name) {
      [page, viewport] = [withoutQuery(address), name];
    },
    add(address, kind, why) {
      const url = withoutQuery(address);
      const key = JSON.stringify([page, viewport, url]);
      // The first reason is that of the network layer.
      if (found.size < MOST_KEPT && !found.has(key)) found.set(key, { page, viewport, url, kind, why });
    },
    all: () => [...found.values()],
  };
}

/** Whether a response is shown as a document: a redirect, an empty response and a download are not. */
export function isShown(status: number, disposition: string): boolean {
  return status >= 200 && !NO_BODY.includes(status) && (status < 300 || status >= 400) && !/^\s*attachment/i.test(disposition);
}

const NO_BODY: readonly number[] = [204, 205, 304];
