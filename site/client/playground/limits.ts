/** Characters of a policy in JSON that are read. */
export const MOST_POLICY = 65_536;

/** Characters of pasted headers, with a body after them that is left out. */
export const MOST_HEADERS = 131_072;

/** Directives of all policies in pasted headers; a large site has thirty. More would stop the page for seconds. */
export const MOST_DIRECTIVES = 1_000;

/** Words of all pasted headers, such as sources. To compare twice as many takes four times as long. */
export const MOST_WORDS = 3_000;

/** Routes of one policy that are checked or compared. */
export const MOST_JUDGED_ROUTES = 50;

/**
 * Words of the headers of all routes together, such as sources: a route has those of the site, of each route around it and its own. More would
 * stop the page for seconds.
 */
export const MOST_ROUTE_WORDS = 100_000;

/** Characters of a server's configuration. Some of twice the length would stop the page for seconds. */
export const MOST_CONFIGURATION = 131_072;

/** Characters of the fragment of a shared link; browsers and chat programs cut longer addresses. */
export const MOST_FRAGMENT = 16_384;

/** Characters of what a fragment unpacks to. */
export const MOST_STATE = 524_288;

/** Routes that are shown with their headers. */
export const MOST_ROUTES = 20;

/** Rows of one list that are shown: findings, mistakes, notes, headers. */
export const MOST_ROWS = 100;

/** Characters of one value or message that are shown; what is copied is whole. */
export const LONGEST_SHOWN = 2_000;

/** Characters of one exported file that are shown; what is copied is whole. */
export const LONGEST_FILE = 100_000;
