import type { Progress } from "../../record/run.js";
import type { Hide } from "../../record/secrets.js";

/** A line on stderr that is rewritten with each page; without a terminal, one line for each page. */
export interface ProgressLine {
  readonly onProgress: Progress;
  /** Ends the line, so that other text can be printed. */
  done(): void;
}

const STEPS = ["observing", "observing again", "proving", "proving again", "proving again"];

/**
 * Shows how far a recording is: the walk, the page, and how many violations there were.
 *
 * @param hide hides secrets in the path of a page.
 */
export function progressLine(stderr: NodeJS.WriteStream, hide: Hide): ProgressLine {
  let pages = 0;
  let walk = 0;
  return {
    onProgress({ walk: current, address, found, violations }) {
      pages = current === walk ? pages + 1 : 1;
      walk = current;
      const { pathname, search } = new URL(address);
      const line = `${STEPS[Math.min(walk, STEPS.length) - 1]}: page ${pages}${found > 0 ? ` of ${found}` : ""}, ${violations} ${violations === 1 ? "violation" : "violations"}, ${hide(pathname)}${search === "" ? "" : "?…"}`;
      const shown = line.replace(/[^\x20-\x7e…]/g, "?");
      if (stderr.isTTY) stderr.write(`\r\x1b[K${shown.slice(0, (stderr.columns || 80) - 1)}`);
      else stderr.write(`${shown}\n`);
    },
    done() {
      if (stderr.isTTY && walk > 0) stderr.write("\r\x1b[K");
    },
  };
}
