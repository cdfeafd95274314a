import type { Hide } from "../../record/known-secrets.js";
import type { Progress } from "../../record/run.js";
import { statusLine } from "../progress-line.js";

/** A line on stderr that is rewritten with each page; nothing without a terminal or in CI. */
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
  const status = statusLine(stderr);
  let pages = 0;
  let walk = 0;
  return {
    onProgress({ walk: current, address, found, violations }) {
      pages = current === walk ? pages + 1 : 1;
      walk = current;
      const { pathname, search } = new URL(address);
      const line = `${STEPS[Math.min(walk, STEPS.length) - 1]}: page ${pages}${found > 0 ? ` of ${found}` : ""}, ${violations} ${violations === 1 ? "violation" : "violations"}, ${hide(pathname)}${search === "" ? "" : "?…"}`;
      status.show(line);
    },
    done: status.done,
  };
}
