/** Milliseconds of parsing before others have their turn. */
const SLICE = 2;

/** Work that waits, and is done a little at a time. */
export interface Queue<T> {
  add(item: T): void;
  /** Resolves when all that waits is done. */
  empty(): Promise<void>;
}

/**
 * Works items off in slices of 2 ms. An item is let go as soon as it is taken, however many wait behind it.
 *
 * @param work the steps of one item; each is done at once.
 */
export function workQueue<T>(work: (item: T) => Iterator<unknown>): Queue<T> {
  const waiting: T[] = [];
  let current: Iterator<unknown> | undefined;
  let working: Promise<void> | undefined;
  let done: () => void = () => undefined;

  function step(): boolean {
    if (current === undefined) {
      if (waiting.length === 0) return false;
      current = work(waiting.shift() as T);
    }
    if (current.next().done === true) current = undefined;
    return true;
  }

  function slice(): void {
    const end = performance.now() + SLICE;
    while (step()) if (performance.now() >= end) return void setImmediate(slice);
    working = undefined;
    done();
  }

  return {
    add(item) {
      waiting.push(item);
      if (working !== undefined) return;
      working = new Promise((resolve) => {
        done = resolve;
      });
      setImmediate(slice);
    },
    empty: async () => working,
  };
}
