const MEGABYTE = 1_048_576;

/** Bytes of each kind of file that is read; a longer file is refused. */
export const MOST_BYTES = {
  /** A server's configuration: as much as parseConfig takes. */
  configuration: MEGABYTE,
  /** Written headers, also of several responses. */
  headers: MEGABYTE,
  /** A policy in JSON. */
  policy: MEGABYTE,
  /** What `store.groups()` returns: some 10,000 groups. */
  reports: 64 * MEGABYTE,
  /** A private key or a certificate chain. */
  pem: MEGABYTE,
} as const;

/** Seconds for reading a file, stdin, a store of reports, or a policy module with all that it imports. */
export const READ_SECONDS = 60;

/** Seconds for one run of git, or of Node to find a syntax error. */
export const PROGRAM_SECONDS = 30;

/** Nested lists and objects in JSON; a policy has six levels. */
export const DEEPEST_JSON = 100;

/** Bytes of all headers of one response; browsers stop at 256 kB, most servers at 8 or 16. */
export const LONGEST_HEADERS = 65_536;

/** Header lines of one response; a large site has fifty. */
export const MOST_LINES = 1_000;

/** Redirects of one site; curl follows 50, browsers 20. */
export const MOST_REDIRECTS = 10;

/** Responses with a 1xx status before the final one. */
export const MOST_INTERIM = 100;

/** Bytes of a page: scripts and `<meta>` are at its beginning. */
export const LONGEST_PAGE = 1_000_000;

/** Mistakes that are printed of one file. */
export const MOST_MISTAKES = 10;

/** Findings that are printed as text; `--json` and `--sarif` have all. */
export const MOST_FINDINGS = 100;

/** Characters of one value or message that is printed as text. */
export const LONGEST_TEXT = 1_000;

/** Bytes of one sitemap; the protocol allows 50 MB, which is 50,000 pages. */
export const LONGEST_SITEMAP = 10_000_000;

/** Sitemaps of one site that are read, and how deep an index may name another one; the protocol allows one level. */
export const MOST_SITEMAPS = 50;
export const SITEMAP_DEPTH = 2;

/** Seconds for all sitemaps of one site together. */
export const SITEMAP_SECONDS = 60;

/** Routes of one policy that are judged one by one; each takes a few milliseconds. */
export const MOST_ROUTES = 1_000;

/** Addresses that one command line may name, and pages of a sitemap. */
export const MOST_SITES = 1_000;

/** Sites and pages that are requested at once. */
export const AT_ONCE = 4;
