/** What the scheme of a source refers to: a scheme, that of the page (`bare`), every network scheme (`*`), or the page's origin. */
export type SchemeWord = "http" | "https" | "ws" | "wss" | "*" | "bare" | "self";

/**
 * One way in which a URL can be checked against a source list. The scheme of the page is not known, so there are rows for both.
 * Browsers and CSP3 §6.7.2 differ on WebSockets: Fetch passes `wss:` on as `https:`, so by the specification a `wss:` source also
 * matches `https:`; browsers compare the scheme itself. What holds in every row holds in all of them.
 */
interface SchemeRow {
  readonly scheme: NetworkScheme;
  readonly page: "http" | "https";
  readonly takers: readonly SchemeWord[];
}

export type NetworkScheme = "http" | "https" | "ws" | "wss";

/** The default port of each scheme. */
export const PORTS: Readonly<Record<NetworkScheme, string>> = { http: "80", https: "443", ws: "80", wss: "443" };

export function isNetworkScheme(scheme: string): scheme is NetworkScheme {
  return Object.hasOwn(PORTS, scheme);
}

function rowsFor(page: SchemeRow["page"]): readonly SchemeRow[] {
  // Over https, a host without a scheme and 'self' do not match schemes weaker than https.
  const plain = (...takers: SchemeWord[]) => takers.filter((taker) => page === "http" || (taker !== "bare" && taker !== "self"));
  return [
    { scheme: "https", page, takers: ["http", "https", "*", "bare", "self"] },
    { scheme: "http", page, takers: plain("http", "*", "bare", "self") },
    { scheme: "https", page, takers: ["http", "https", "ws", "wss", "*", "bare", "self"] },
    { scheme: "http", page, takers: plain("http", "ws", "*", "bare", "self") },
    { scheme: "wss", page, takers: ["ws", "wss", "*", "self"] },
    { scheme: "ws", page, takers: plain("ws", "*", "self") },
    { scheme: "wss", page, takers: ["ws", "wss", "*", "bare", "self"] },
    { scheme: "ws", page, takers: plain("ws", "*", "bare", "self") },
  ];
}

const ROWS: readonly SchemeRow[] = [...rowsFor("https"), ...rowsFor("http")];

/** A set of rows, as bits. */
export function maskOf(chosen: (row: SchemeRow) => boolean): number {
  return ROWS.reduce((mask, row, index) => (chosen(row) ? mask | (1 << index) : mask), 0);
}

/** The rows that a source with each scheme matches. */
export const MASKS: Readonly<Record<SchemeWord, number>> = {
  http: maskOf(({ takers }) => takers.includes("http")),
  https: maskOf(({ takers }) => takers.includes("https")),
  ws: maskOf(({ takers }) => takers.includes("ws")),
  wss: maskOf(({ takers }) => takers.includes("wss")),
  "*": maskOf(({ takers }) => takers.includes("*")),
  bare: maskOf(({ takers }) => takers.includes("bare")),
  self: maskOf(({ takers }) => takers.includes("self")),
};

/** Every URL. */
export const ANY_ADDRESS = maskOf(() => true);
/** Every URL except those of WebSockets. */
export const NO_SOCKET = maskOf(({ scheme }) => scheme === "http" || scheme === "https");
/** Every URL, on a page that came over https. */
export const ON_HTTPS_PAGE = maskOf(({ page }) => page === "https");

/** Each row of a mask, as its scheme and its own bit. */
export function rowsIn(mask: number): readonly { readonly scheme: NetworkScheme; readonly bit: number }[] {
  return ROWS.flatMap(({ scheme }, index) => (mask & (1 << index) ? [{ scheme, bit: 1 << index }] : []));
}

/** The scheme of the row that has this bit. */
export function schemeOfBit(bit: number): NetworkScheme {
  return (ROWS[Math.log2(bit)] as SchemeRow).scheme;
}
