import https from "node:https";
import { describe, expect, it } from "vitest";
import { secureCookies } from "../../src/index.js";
import { CERTIFICATE, listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage } from "./support.js";

const LONG = "x".repeat(1025);

/** What Chromium makes of the line as it is, of the line hardened, and the attributes that were appended for it. */
type Row = readonly [line: string, raw: string, hardened: string, appended: string];

const SECURED = "Secure HttpOnly Lax";
const REFUSED = "refused";

const ROWS: readonly Row[] = [
  ["a=1", "-", SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["a=1; Secure", "Secure", SECURED, "HttpOnly; SameSite=Lax"],
  ["a=1; SECURE; httponly; samesite=LAX", SECURED, SECURED, ""],
  ["a=1;Secure;HttpOnly;SameSite=Strict", "Secure HttpOnly Strict", "Secure HttpOnly Strict", ""],
  ["a=1; Secure=false; HttpOnly=0", "Secure HttpOnly", SECURED, "SameSite=Lax"],
  ["a=1; Secure =1; HttpOnly\t", "Secure HttpOnly", SECURED, "SameSite=Lax"],
  ['a=1; "Secure"; Secured; Secure HttpOnly', "-", SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["a=1; Secure\u00a0; HttpOnly", "HttpOnly", SECURED, "Secure; SameSite=Lax"],
  [`a=1; Secure=${LONG}`, "-", SECURED, "Secure; HttpOnly; SameSite=Lax"],
  [`a=1; Secure=${LONG.slice(1)}`, "Secure", SECURED, "HttpOnly; SameSite=Lax"],
  [`a=1; Secure; HttpOnly=${LONG}`, "Secure", SECURED, "HttpOnly; SameSite=Lax"],
  [`a=1; Secure; Secure=${LONG}`, "Secure", SECURED, "HttpOnly; SameSite=Lax"],
  [`a=1; SameSite=Strict; SameSite=${LONG}`, "Strict", "Secure HttpOnly Strict", "Secure; HttpOnly"],
  ["a=1; SameSite=Lax; SameSite=Strict", "Strict", "Secure HttpOnly Strict", "Secure; HttpOnly"],
  ["a=1; SameSite=Strict; SameSite=Lax", "Lax", SECURED, "Secure; HttpOnly"],
  ["a=1; SameSite=bogus; SameSite=Strict", "Strict", "Secure HttpOnly Strict", "Secure; HttpOnly"],
  ["a=1; Secure; SameSite=Lax; SameSite=None", "Secure None", "Secure HttpOnly None", "HttpOnly"],
  ["a=1; SameSite=None", REFUSED, "Secure HttpOnly None", "Secure; HttpOnly"],
  ["a=1; Secure; Partitioned", "Secure", SECURED, "HttpOnly; SameSite=Lax"],
  ["a=1; Partitioned", REFUSED, SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["__Secure-a=1", REFUSED, SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["__sEcUrE-a=1", REFUSED, SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["__Host-a=1; Path=/", REFUSED, SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["__Host-a=1; Path=/; Domain=cookies.test", REFUSED, REFUSED, "Secure; HttpOnly; SameSite=Lax"],
  ["__Host-a=1; Path=/app; Path=/", REFUSED, SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["__Host-a=1; Path=/; Path=/app; Secure", REFUSED, REFUSED, "HttpOnly; SameSite=Lax"],
  ["__Http-a=1; Secure", REFUSED, SECURED, "HttpOnly; SameSite=Lax"],
  ["__Http-a=1; Secure; HttpOnly", "Secure HttpOnly", SECURED, "SameSite=Lax"],
  ["__Host-Http-a=1; Path=/; HttpOnly", REFUSED, SECURED, "Secure; SameSite=Lax"],
  ["=__Secure-a", REFUSED, REFUSED, "Secure; HttpOnly; SameSite=Lax"],
  ["a=1; Domain=other.test; Domain=cookies.test", "-", SECURED, "Secure; HttpOnly; SameSite=Lax"],
  ["a=1; Domain=cookies.test; Domain=other.test", REFUSED, REFUSED, "Secure; HttpOnly; SameSite=Lax"],
  [`a=${"y".repeat(4095)}`, "-", SECURED, "Secure; HttpOnly; SameSite=Lax"],
  [`a=${"y".repeat(4096)}`, REFUSED, REFUSED, "Secure; HttpOnly; SameSite=Lax"],
];

describe.skipIf(skipWithout("cookies in a browser", [CHROMIUM]))("Chromium, over https", () => {
  it("stores each cookie as it is read here, and each hardened one with what it lacked", async () => {
    const harden = secureCookies();
    const lines = new Map<string, string>();
    const port = await listen(
      https.createServer(CERTIFICATE, (req, res) => {
        const [, how, index] = (req.url ?? "").split("/");
        const row = ROWS[Number(index)];
        if (row !== undefined) {
          if (how === "hardened") harden(req, res);
          res.setHeader("Set-Cookie", row[0]);
        }
        res.writeHead(204).end();
        if (how === "hardened" && row !== undefined) lines.set(row[0], String(res.getHeader("Set-Cookie")));
      }),
    );
    const tab = await newPage({ ignoreHTTPSErrors: true });
    const context = tab.context();

    const stored = async (path: string) => {
      await context.clearCookies();
      await tab.goto(`https://cookies.test:${port}${path}`).catch(() => undefined);
      const [cookie] = await (await context.newCDPSession(tab)).send("Network.getAllCookies").then(({ cookies }) => cookies);
      if (cookie === undefined) return REFUSED;
      const flags = [cookie.secure && "Secure", cookie.httpOnly && "HttpOnly", cookie.sameSite].filter(Boolean);
      return flags.join(" ") || "-";
    };
    const seen: Row[] = [];
    for (const [index, [line]] of ROWS.entries()) {
      const raw = await stored(`/raw/${index}`);
      const hardened = await stored(`/hardened/${index}`);
      seen.push([line, raw, hardened, (lines.get(line) ?? "").slice(line.length + 2)]);
    }
    expect(seen.map((row) => row.map(short))).toEqual(ROWS.map((row) => row.map(short)));
  }, 120_000);
});

/** The long ones, so that a failure can be read. */
function short(text: string): string {
  return text.replace(/(x|y){99,}/g, (run) => `${run[0]}×${run.length}`);
}
