/** Bytes of all headers of one answer; browsers stop at 256 kB, most servers at 8 or 16. */
export const LONGEST_HEADERS = 65_536;

/** Lines of headers of one answer; a large site has fifty. */
export const MOST_LINES = 1_000;

/** Findings that are printed for people; `--json` and `--sarif` have all. */
export const MOST_FINDINGS = 100;

/** Characters of one value or message that is printed for people. */
export const LONGEST_TEXT = 1_000;
