import type { Browser } from "playwright-core";

/** Which documents have opened the windows of a browser. */
export interface Openers {
  /**
   * Whether windows that show documents of an origin were opened by documents of foreign origins only; false where it is not known.
   *
   * @param isOwn whether an origin is one of the site.
   */
  isForeign(origin: string, isOwn: (origin: string) => boolean): boolean;
  close(): Promise<void>;
}

/** Windows, and origins of their documents, that are remembered. */
const MOST_WINDOWS = 10_000;

/** What is read of a target of the DevTools protocol. */
interface Target {
  readonly targetId: string;
  readonly url: string;
  readonly openerFrameId?: string | undefined;
}

/**
 * Watches which frames open windows. The protocol names the frame, where the page that gets a message of the window cannot ask: under a
 * report-only Cross-Origin-Opener-Policy, Chromium logs an error for each look at `opener`.
 *
 * @param originOf the origin of the document in a frame, by the protocol's id; undefined where it is not known.
 */
export async function watchOpeners(browser: Browser, originOf: (frame: string) => string | undefined): Promise<Openers> {
  const session = await browser.newBrowserCDPSession();
  const openers = new Map<string, string | undefined>();
  const byOrigin = new Map<string, Set<string | undefined>>();
  const shows = ({ targetId, url }: Target) => {
    if (!openers.has(targetId) || !/^https?:/.test(url) || !URL.canParse(url)) return;
    const { origin } = new URL(url);
    const all = byOrigin.get(origin) ?? new Set();
    if (byOrigin.size < MOST_WINDOWS || byOrigin.has(origin)) byOrigin.set(origin, all.add(openers.get(targetId)));
  };
  session.on("Target.targetCreated", ({ targetInfo }) => {
    const { targetId, openerFrameId } = targetInfo;
    if (openerFrameId === undefined) return;
    if (openers.size >= MOST_WINDOWS) openers.clear();
    openers.set(targetId, originOf(openerFrameId));
    shows(targetInfo);
  });
  session.on("Target.targetInfoChanged", ({ targetInfo }) => shows(targetInfo));
  session.on("Target.targetDestroyed", ({ targetId }) => void openers.delete(targetId));
  await session.send("Target.setDiscoverTargets", { discover: true });
  return {
    isForeign(origin, isOwn) {
      const all = byOrigin.get(origin);
      return all !== undefined && [...all].every((opener) => opener !== undefined && !isOwn(opener));
    },
    close: () => session.detach().catch(() => undefined),
  };
}
