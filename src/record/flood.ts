/** What one visit of a page may do before it is ended. */
const MOST = { violations: 2_000, requests: 10_000, "console messages": 10_000, dialogs: 100, windows: 100 } as const;

/** Counts what a page does during one visit. */
export interface Flood {
  count(kind: keyof typeof MOST): void;
  /** Begins to count anew: a script visits several pages. */
  reset(): void;
  /** Why the visit has to end: `"more than 2000 violations"`; undefined while it may go on. */
  readonly why: string | undefined;
  /** Is resolved when the visit has to end. */
  readonly ended: Promise<void>;
}

export function newFlood(): Flood {
  const counts = new Map<keyof typeof MOST, number>();
  let why: string | undefined;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    ended,
    reset: () => counts.clear(),
    get why() {
      return why;
    },
    count(kind) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= MOST[kind]) return;
      why ??= `more than ${MOST[kind]} ${kind}`;
      end();
    },
  };
}

/** What a visit that was ended says, after `"http://site.example/: "`. */
export const floodText = (why: string): string => `${why}: the rest of the page was not seen`;
