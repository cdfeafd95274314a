import type { BrowserContext, Response } from "playwright-core";
import { readSetCookie } from "../values/set-cookie.js";

/** The cookies that the pages of a context get. */
export interface CookieWatch {
  /** Reads those that the context has now. */
  read(): void;
  /** Waits until everything so far is read, for two seconds at most, and stops. */
  end(): Promise<void>;
}

/** A response of a closed page may never be answered. */
const END_MILLISECONDS = 2_000;

/**
 * Calls `onValue` with the value of each cookie that a response sets, or that the context has when it is read: the first may be replaced before
 * anybody reads the second, and scripts set cookies without a response.
 */
export function watchCookies(context: Pick<BrowserContext, "on" | "off" | "cookies">, onValue: (value: string) => void): CookieWatch {
  const waiting = new Set<Promise<void>>();
  // Fails where the page or the context is closed.
  const wait = (read: Promise<readonly string[]>) => {
    const ended = read.then(
      (values) => values.forEach(onValue),
      () => undefined,
    );
    waiting.add(ended);
    void ended.then(() => waiting.delete(ended));
  };
  const onResponse = (response: Response) =>
    wait(response.headerValues("set-cookie").then((lines) => lines.map((line) => readSetCookie(line).value)));
  context.on("response", onResponse);
  return {
    read: () => wait(context.cookies().then((cookies) => cookies.map(({ value }) => value))),
    async end() {
      context.off("response", onResponse);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, END_MILLISECONDS);
      });
      await Promise.race([Promise.all(waiting), late]);
      clearTimeout(timer);
    },
  };
}
