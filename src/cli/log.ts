import { pino } from "pino";
import type { ProxyLogEntry } from "../proxy/index.js";
import { visibleLines } from "./visible.js";

/** Characters that wait for a reader; what comes on top is dropped, for a proxy has to outlive whoever reads its log. */
const LONGEST_QUEUE = 16_000_000;

/** A line of JSON on stdout for every request; the proxy does not wait for who reads it. */
export function requestLog(): { write(entry: ProxyLogEntry): void; flush(): void } {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: LONGEST_QUEUE });
  // JSON leaves characters as they are that a terminal obeys.
  const write = (line: string) => void destination.write(visibleLines(line));
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
  return {
    write: (entry) => logger[entry.status < 500 ? "info" : "error"](entry, `${entry.method} ${entry.path} ${entry.status}`),
    flush: () => destination.flushSync(),
  };
}
