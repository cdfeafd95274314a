/** Milliseconds of work before other events are handled. */
const SLICE_MS = 2;

/** Items that wait, and are worked on a little at a time. */
export interface Queue<T> {
  add(item: T): void;
  /** Resolves when no item waits. */
  empty(): Promise<void>;
}

/**
 * Works on items in slices of 2 ms. An item is released as soon as its work begins, however many wait behind it.
 *
 * @param work returns the steps of one item; a step is not interrupted.
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
    const end = performance.now() + SLICE_MS;
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
