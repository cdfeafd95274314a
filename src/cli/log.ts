import { pino } from "pino";
import type { ProxyLogEntry } from "../proxy/index.js";
import { visibleLines } from "./visible.js";

/** Characters that are buffered for a slow reader; further lines are dropped, so that the proxy keeps running. */
const LONGEST_QUEUE = 16_000_000;

/** Writes a line of JSON on stdout for every request, without waiting for its reader. */
export function requestLog(): { write(entry: ProxyLogEntry): void; flush(): void } {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: LONGEST_QUEUE });
  // JSON does not escape all characters that control a terminal.
  const write = (line: string) => void destination.write(visibleLines(line));
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
  return {
    write: (entry) => logger[entry.status < 500 ? "info" : "error"](entry, `${entry.method} ${entry.path} ${entry.status}`),
    flush: () => destination.flushSync(),
  };
}
