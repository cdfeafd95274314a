import { type Addresses, takesHost, takesPath, takesPort } from "./addresses.js";
import { isNetworkScheme, type NetworkScheme, ON_HTTPS_PAGE, PORTS, rowsIn, schemeOfBit } from "./schemes.js";

/**
 * A URL that some of `to` match and none of `from`; undefined where there is none.
 *
 * Every source is a box of hosts, ports and paths for each row. Of two boxes, either one contains the other, or they have nothing in
 * common, or the outermost corner of one (a host, a port, a path that no source names) is outside the other. So a box that several
 * others contain together is contained in one of them, and comparing pairs decides it.
 *
 * @param within the rows to look at, such as `NO_SOCKET`.
 */
export function addressGained(from: readonly Addresses[], to: readonly Addresses[], within: number): string | undefined {
  for (const source of to) {
    const near = from.filter((other) => takesHost(other.host, source.host) && takesPath(other, source));
    if (source.scheme !== undefined) {
      const taken = near.some((other) => other.scheme === source.scheme && takesPort(other, source, ""));
      if (!taken) return urlIn(source, source.scheme);
      continue;
    }
    const left = rowsLeft(near, source, source.mask & within);
    if (left !== 0) return exampleOf(source, from, source.mask & within, left);
  }
  return undefined;
}

const WHERE_UNNAMED = ", where no other source names it";
const OVER_HTTP = ", on a page that came over http";

/** URLs that `source` matches and none of `from`: one, or where a whole scheme opens, one of another scheme and one on another port. */
function exampleOf(source: Addresses, from: readonly Addresses[], mask: number, left: number): string {
  const found = newPoints(source, from, mask);
  // Where the plainest URL was allowed before, the scheme or the port is what is new.
  const count = found[0]?.port === "12345" && source.port !== "*" ? 2 : 1;
  if (found.length > 0) {
    const texts = found.slice(0, count).map(({ text }) => text);
    return texts.join(" or ");
  }
  // Every name was allowed by `*`, which matches no IP address. CSP3 §6.7.2.9.
  const corner = source.host === "" ? { ...source, host: "192.0.2.1" } : source;
  const when = source.host === "'self'" ? WHERE_UNNAMED : left & ON_HTTPS_PAGE ? "" : OVER_HTTP;
  return urlIn(corner, schemeOfBit(left & -left)) + when;
}

interface Example {
  readonly text: string;
  readonly port: string;
}

/** One URL for each port, out of those that `source` matches and none of `from`. */
function newPoints(source: Addresses, from: readonly Addresses[], mask: number): readonly Example[] {
  const found: Example[] = [];
  // `from` spells out few names: one of these is not among them.
  for (const suffix of ["", "-2", "-3"]) {
    for (const { scheme, bit } of rowsIn(mask)) {
      for (const port of source.port === "*" ? ["12345", ""] : ["", "12345"]) {
        const point = pointIn(source, scheme, port, suffix);
        if (point === undefined || found.some((one) => one.port === point.port) || isTaken(point, from, bit)) continue;
        found.push({ text: urlIn(point, scheme) + (bit & ON_HTTPS_PAGE ? "" : OVER_HTTP), port: point.port });
      }
    }
    if (found.length > 0) break;
  }
  return found;
}

function isTaken(point: Addresses, from: readonly Addresses[], bit: number): boolean {
  const near = from.filter((other) => (takesHost(other.host, point.host) || isNamed(other, point)) && takesPath(other, point));
  return rowsLeft(near, point, bit) === 0;
}

/** Any name may be this site's name too, unless that is an IP address. */
const isNamed = (other: Addresses, point: Addresses) => other.host === "*" && point.host === "'self'";

/** One URL out of those of a source; undefined where it matches none on that port. */
function pointIn(source: Addresses, scheme: NetworkScheme, port: string, suffix: string): Addresses | undefined {
  const anyPort = source.port === "*" || source.host === "";
  if (port !== "" && !anyPort) return undefined;
  const isAny = source.host === "" || source.host === "*";
  const host = isAny ? `anywhere${suffix}.example` : source.host.replace(/^\*/, `any${suffix}`);
  const path = source.path === undefined ? [""] : source.exact ? source.path : [...source.path, `any${suffix}`];
  const own = anyPort ? port || PORTS[scheme] : source.port || PORTS[scheme];
  return { mask: source.mask, scheme: undefined, host, port: own, path: source.path === undefined ? ["", ""] : path, exact: true };
}

/** The rows in which no other source matches all that this one matches. */
function rowsLeft(others: readonly Addresses[], source: Addresses, mask: number): number {
  let left = mask;
  for (const other of others) {
    const shared = left & other.mask;
    for (let bits = shared; bits !== 0; bits &= bits - 1) {
      const bit = bits & -bits;
      if (takesPort(other, source, PORTS[schemeOfBit(bit)])) left &= ~bit;
    }
    if (left === 0) break;
  }
  return left;
}

/** The outermost corner of a source, as a URL. */
function urlIn({ host, port, path, exact, scheme: own }: Addresses, scheme: string): string {
  if (own !== undefined && host === "") return `${scheme}: URLs`;
  const name = host === "'self'" ? "(this site)" : host === "" || host === "*" ? "anywhere.example" : host.replace("*.", "any.");
  const isDefault = port === "" || (isNetworkScheme(scheme) && port === PORTS[scheme]);
  const where = port === "*" ? ":12345" : isDefault ? "" : `:${port}`;
  const written = (path ?? [""]).map(encodeURIComponent).join("/");
  return `${scheme}://${name}${where}${path === undefined ? "/" : exact ? written : `${written}/any`}`;
}
