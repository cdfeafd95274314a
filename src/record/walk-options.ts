import type { BrowserContext, Page } from "playwright-core";
import type { Flood } from "./flood.js";
import type { PictureStore } from "./picture-store.js";
import type { RedirectGuard } from "./redirects.js";
import type { PageSeen, VisitOptions } from "./visit.js";

/** A size of the browser's window. */
export interface Viewport {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A walk of one's own: the default export of the file of `--script`. */
export type Flow = (tools: FlowTools) => unknown;

/** What a {@link Flow} gets. */
export interface FlowTools {
  /** Playwright's page. */
  readonly page: Page;
  /** Goes to an address or a path of the site, waits until the page is quiet, and keeps what it shows. */
  readonly visit: (address: string) => Promise<void>;
  /** Keeps what the page shows now, under a name of its own. */
  readonly snapshot: (name: string) => Promise<void>;
}

/** Where to walk, and how far. */
export interface WalkOptions {
  /** The first addresses; links to their origins are followed. */
  readonly starts: readonly URL[];
  /** The most pages to visit in each viewport. */
  readonly pages: number;
  /** The most links between a start address and a page. */
  readonly depth: number;
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  readonly viewports: readonly Viewport[];
  readonly flow: Flow | undefined;
  readonly seconds: number;
  /** Milliseconds without a request after which a page is at rest. Default: 500. */
  readonly quiet?: number | undefined;
  readonly pictures: boolean;
  /** Where pictures and texts are kept; default: in memory. */
  readonly store?: PictureStore | undefined;
}

/** Opens what a walk needs, and is called with its progress. */
export interface WalkHost {
  /** A new context of the browser, in which violations are listened for. */
  newContext(viewport: Viewport): Promise<BrowserContext>;
  /** Called before each visit, with the address, how many pages were found so far, and what counts its violations. */
  onVisit(address: string, viewport: Viewport, found: number, flood: Flood): void;
  onSeen(seen: PageSeen): void;
  /** Whether to end early; what was seen is kept. */
  readonly signal: AbortSignal;
  /** Whether the browser still runs. */
  isAlive(): boolean;
  readonly redirects: Pick<RedirectGuard, "begin" | "refused">;
  /** See {@link VisitOptions.isReport}. */
  readonly isReport?: VisitOptions["isReport"];
  /** See {@link VisitOptions.isCovered}. */
  readonly isCovered?: VisitOptions["isCovered"];
  /** See {@link VisitOptions.onUncovered}. */
  readonly onUncovered?: VisitOptions["onUncovered"];
}
