import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Networks that are not reached from the public internet. IANA special-purpose registries; RFC 6890. */
const PRIVATE_IPV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Includes 169.254.169.254, the metadata service of clouds, which serves credentials.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

const PRIVATE_IPV6 = [
  ["::", 128],
  ["::1", 128],
  ["64:ff9b:1::", 48],
  // Teredo and SIIT: they embed an IPv4 address, and no public site uses them.
  ["2001::", 32],
  ["::ffff:0:0:0", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

/** IPv6 networks that embed an IPv4 address, and the bits before it: compatible, NAT64, 6to4. Node itself maps IPv4-mapped addresses. */
const EMBEDDING = [
  [(high: string, low: string) => `::${high}:${low}`, 96],
  [(high: string, low: string) => `64:ff9b::${high}:${low}`, 96],
  [(high: string, low: string) => `2002:${high}:${low}::`, 16],
] as const;

function privateNetworks(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of PRIVATE_IPV6) list.addSubnet(network, prefix, "ipv6");
  for (const [network, prefix] of PRIVATE_IPV4) {
    list.addSubnet(network, prefix, "ipv4");
    const [a = 0, b = 0, c = 0, d = 0] = network.split(".").map(Number);
    const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
    for (const [embedded, bits] of EMBEDDING) list.addSubnet(embedded(high, low), bits + prefix, "ipv6");
  }
  return list;
}

const PRIVATE = privateNetworks();

/** Whether an IP address belongs to a network that is not public; also true for text that is not an IP address. */
export function isPrivate(address: string): boolean {
  // Without the zone: fe80::1%eth0.
  const [bare = ""] = address.split("%");
  const family = isIP(bare);
  return family === 0 || PRIVATE.check(bare, family === 4 ? "ipv4" : "ipv6");
}

/** What an error of {@link publicLookup} has as its `code`. */
export const PRIVATE_ADDRESS = "PORTCULLIS_PRIVATE";

/** The error for a host with a private address. */
export function privateAddress(address: string): Error {
  return Object.assign(new Error(address), { code: PRIVATE_ADDRESS });
}

/**
 * Looks a name up for a connection to public addresses only. The connection uses the address that was checked, so that DNS rebinding
 * cannot replace it.
 *
 * @param isInner whether an address is private.
 * @param resolve looks the name up.
 * @returns a `lookup` for `http.request`; it fails with {@link PRIVATE_ADDRESS} where any address of the name is private.
 */
export function publicLookup(isInner: (address: string) => boolean = isPrivate, resolve: typeof lookup = lookup): LookupFunction {
  return (host: string, options: LookupOptions, done) => {
    resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return done(error, "");
      const inner = addresses.find(({ address }) => isInner(address));
      const [first] = addresses;
      if (inner !== undefined) return done(privateAddress(inner.address), "");
      return options.all ? done(null, addresses) : done(null, first?.address ?? "", first?.family ?? 0);
    });
  };
}
