import { afterAll, describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { MATRIX, type MatrixPolicy, SAMPLE } from "./matrix.js";
import { type Cell, type Printed, portsFor } from "./matrix-cells.js";
import { endOracles, exchange, type MatrixAnswer, type MatrixSite, matrixUpstream, oracleFor } from "./matrix-oracle.js";
import { PROXIES } from "./matrix-proxies.js";
import { files, type MatrixRequest, proxied } from "./matrix-requests.js";
import { FILE_SERVERS } from "./matrix-servers.js";
import { CARELESS, exported } from "./support.js";

const FULL = process.env["MATRIX"] === "full";
const POLICIES = FULL ? MATRIX : SAMPLE;

/** What servers send of themselves, or about the body. */
const THEIRS =
  /^(?:accept-ranges|allow|alt-svc|connection|content-length|content-location|content-type|date|etag|keep-alive|last-modified|location|server|transfer-encoding|vary|via|x-envoy-upstream-service-time)$/i;

const CARELESS_LINES = Object.entries(CARELESS).map(([name, value]) => `${name.toLowerCase()}: ${value}`);

/** Lines to compare. What the application wrote may have been spelled anew on the way. */
function linesOf({ lines }: MatrixAnswer, exact: boolean): readonly string[] {
  return lines
    .filter(([name]) => !THEIRS.test(name))
    .map(([name, value]) => {
      const small = `${name.toLowerCase()}: ${value}`;
      return exact && !CARELESS_LINES.includes(small) ? `${name}: ${value}` : small;
    })
    .sort();
}

const oracles = new Map<MatrixPolicy, ReturnType<typeof oracleFor>>();
let upstream: Promise<number> | undefined;
afterAll(endOracles);

function oracleOf(policy: MatrixPolicy): ReturnType<typeof oracleFor> {
  const oracle = oracles.get(policy) ?? oracleFor(policy);
  oracles.set(policy, oracle);
  return oracle;
}

async function printedFor(cell: Cell, application: number): Promise<readonly Printed[]> {
  const ports = await portsFor(POLICIES.length);
  return POLICIES.map((policy, index): Printed => {
    const [port = 0, httpPort = 0] = ports[index] ?? [];
    const host = cell.named ? `p${index}.localhost` : "localhost";
    const server = cell.complete ? { upstream: `http://127.0.0.1:${application}`, httpsPort: port, httpPort } : {};
    const { routes, healthPath } = policy;
    const printed = exported(cell.target, { policy: policy.policy, routes, healthPath, serverName: host, ...server });
    return { policy, files: printed, folder: `p${index}`, host, port };
  });
}

const requestsFor = ({ behind }: Cell, policy: MatrixPolicy) => (behind === "proxied" ? proxied(policy) : files(policy, behind));

/** The routes that take a path. */
function takersOf({ routes }: MatrixPolicy, path: string): string {
  return routes
    .flatMap((route) => (route.path === path || (route.path.endsWith("*") && path.startsWith(route.path.slice(0, -1))) ? route.path : []))
    .join(" ");
}

/** What a server answers otherwise than Express; undefined where it does not. */
async function difference(cell: Cell, policy: MatrixPolicy, site: MatrixSite, asked: MatrixRequest): Promise<string | undefined> {
  const request = cell.health && asked.meant.split("?")[0] === policy.healthPath ? { ...asked, own: true as const, status: 200 } : asked;
  const got = await exchange(site, request);
  const head = `${cell.title}, ${policy.name}: ${request.method} ${request.path}`;
  const isSlash = request.slash === true;
  const decides = cell.slash === "kept" && takersOf(policy, request.path) !== takersOf(policy, request.meant);
  if (isSlash && (cell.slash === "refused" || decides))
    return got.status >= 400 && got.status < 500 ? undefined : `${head}: ${got.status}, not refused`;
  const meant = isSlash && cell.slash === "kept" ? request.path : request.meant;
  const expected = await (await oracleOf(policy))({ ...request, meant });
  const status = cell.behind === "proxied" && !request.own ? expected.status : request.status;
  const isStatus = status === undefined || got.status === status || (status === 502 && got.status === 503);
  const [theirs, ours] = [linesOf(got, cell.exact), linesOf(expected, cell.exact)];
  const more = theirs.filter((line, index) => !ours.includes(line) || theirs.indexOf(line) !== index);
  const less = ours.filter((line) => !theirs.includes(line));
  // HAProxy sends this with answers of its own, where the policy has none.
  const surplus = cell.target === "haproxy" && request.own ? more.filter((line) => line.toLowerCase() !== "cache-control: no-cache") : more;
  if (isStatus && surplus.length === 0 && less.length === 0) return undefined;
  return `${head}: ${got.status} for ${status}; too much: ${surplus.join(" | ") || "-"}; missing: ${less.join(" | ") || "-"}`;
}

/** Several at once, as browsers ask. */
async function differencesIn(cell: Cell, policy: MatrixPolicy, site: MatrixSite): Promise<readonly string[]> {
  const requests = [...requestsFor(cell, policy)];
  const found: (string | undefined)[] = [];
  const worker = async () => {
    for (let next = requests.pop(); next !== undefined; next = requests.pop()) found.push(await difference(cell, policy, site, next));
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return found.filter((one) => one !== undefined);
}

const CELLS = [...FILE_SERVERS, ...PROXIES];
const PEERS = new Map(CELLS.map(({ peer }) => [peer.name, peer]));
const skipped = new Map([...PEERS].map(([name, peer]) => [name, skipWithout("the matrix of policies", [peer])]));

describe.each(CELLS)("$title", (cell) => {
  it.skipIf(skipped.get(cell.peer.name))(
    "sends what Express sends, whatever the policy",
    { timeout: FULL ? 900_000 : 120_000 },
    async () => {
      upstream ??= matrixUpstream();
      const application = await upstream;
      const all = await printedFor(cell, application);
      const sites = await cell.launch(all, application);
      const differences: string[] = [];
      for (const [index, { policy }] of all.entries()) differences.push(...(await differencesIn(cell, policy, sites[index] as MatrixSite)));
      const count = all.reduce((sum, { policy }) => sum + requestsFor(cell, policy).length, 0);
      if (FULL) console.info(`${cell.title}: ${all.length} policies, ${count} requests, ${differences.length} differences`);
      expect(differences).toEqual([]);
    },
  );
});
