import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

/** Every option of every exported function; what stands in a policy the registry adds. */
const OPTIONS = {
  policies: ["layers", "resolved", "complete", "patch", "sources", "fn"],
  renderHeaders: ["nonce", "slots", "transport"],
  httpsRedirect: ["status", "port", "hosts", "except"],
  secureCookies: ["secure", "httpOnly", "sameSite", "only"],
  collectReports: ["store", "onGroup", "path", "address", "flushMs", "limits"],
  limits: ["bodyBytes", "bodyMs", "reports", "newGroups", "inFlightBytes", "addressBurst", "addressPerSecond", "burst", "perSecond"],
  stores: ["maxGroups", "prefix"],
  reportsPage: ["policy", "learn", "behindAuth", "timeZone", "ignored"],
  learn: ["minClients", "minDays", "minRoutes", "width", "anyPolicy", "acceptRisks", "routes"],
  audit: ["url", "redirects", "cookies", "html", "preloaded"],
  exportPolicy: ["upstream", "serverName", "certificate", "certificateKey", "httpsPort", "httpPort"],
  createProxy: ["target", "keepUpstream", "trustProxy", "changeHost", "tls", "key", "cert", "healthPath", "connectTimeout", "log"],
  proxyWaits: ["responseTimeout", "webSocketTimeout", "maxConnections"],
  listen: ["redirectPort", "publicPort", "host"],
  newer: ["addressNewGroups", "deadlineMs", "route", "allow", "fault", "needed", "exact", "scheme", "mask", "own", "governed", "reportTo"],
  sampling: ["sample", "isSilent"],
  compiled: ["secure", "plain", "loopback", "lines", "strip", "rooms", "compiled", "seen", "slotResults"],
  hashes: ["algorithm", "onUncovered", "cwd"],
  fromHelmet: [
    "hsts",
    "noSniff",
    "frameguard",
    "ieNoOpen",
    "xssFilter",
    "xPoweredBy",
    "hidePoweredBy",
    "directives",
    "useDefaults",
    "reportOnly",
  ],
  fromHelmetFields: ["action", "permittedPolicies", "dnsPrefetchControl", "permittedCrossDomainPolicies"],
};

interface Report {
  readonly names: readonly string[];
  readonly results: Readonly<Record<string, string>>;
  readonly found: readonly { readonly when: string; readonly name: string; readonly of: string; readonly got?: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "portcullis-pollution-"));
const here = (path: string) => fileURLToPath(new URL(`pollution/${path}`, import.meta.url));
let report: Report;

beforeAll(async () => {
  const [bundle, names] = [join(folder, "outputs.cjs"), join(folder, "names.json")];
  await build({
    entryPoints: [here("outputs.ts")],
    outfile: bundle,
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "warning",
  });
  // esbuild's own helper walks inherited names, and stops any module of this format with an error.
  writeFileSync(bundle, readFileSync(bundle, "utf8").replaceAll("for (var name in all)", "for (var name of Object.keys(all))"));
  writeFileSync(names, JSON.stringify(Object.values(OPTIONS).flat()));
  const { stdout } = await promisify(execFile)(process.execPath, [here("runner.cjs"), bundle, names], { maxBuffer: 2 ** 28 });
  report = JSON.parse(stdout) as Report;
}, 900_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("every name of the registry is among those polluted", () => {
  expect(report.names).toEqual(
    expect.arrayContaining(["contentSecurityPolicy", "custom", "reporting", "stripHeaders", "maxBytes", "scriptSrc", "maxAge", "camera"]),
  );
});

it("without pollution every function does its work", () => {
  expect(Object.values(report.results).filter((text) => text.startsWith("threw"))).toEqual([]);
});

it.each(["before boot", "after boot"])("no name on Object.prototype changes what comes out, set %s", (moment) => {
  expect(report.found.filter(({ when }) => when === moment).map(({ name, of, got }) => `${name}: ${of}: ${got?.slice(0, 200)}`)).toEqual(
    [],
  );
});
