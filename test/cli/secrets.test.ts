import { describe, expect, it } from "vitest";
import { hidingSecrets, secretsOf } from "../../src/cli/secrets.js";

/** A text as a command prints it. */
const printed = (text: string, words: readonly string[], headers: Readonly<Record<string, string>> = {}) =>
  hidingSecrets(secretsOf(words, headers)).without(text);

describe("A part of a secret that a server or the audit repeats alone is hidden", () => {
  it.each([
    ["after a colon", "X-Api-Key", "id42:Zk9xQ17sLPwQmmN0pQ", 'Write "id42://Zk9xQ17sLPwQmmN0pQ".', 'Write "id42://***".'],
    ["after a slash", "X-Api-Key", "team/Zk9xQ17sLPwQmmN0pQ", "Zk9xQ17sLPwQmmN0pQ is blocked", "*** is blocked"],
    ["after a bar", "X-Api-Key", "team|Zk9xQ17sLPwQmmN0pQ", "Zk9xQ17sLPwQmmN0pQ is blocked", "*** is blocked"],
    ["of a cookie", "Cookie", "sid=abcd1234:Zk9xQ17sLPwQmmN0pQ", "Zk9xQ17sLPwQmmN0pQ is blocked", "*** is blocked"],
  ])("%s", (_, name, value, text, shown) => {
    expect(printed(text, ["http://site.example/"], { [name.toLowerCase()]: value })).toBe(shown);
  });

  it("of a password with a semicolon or a comma", () => {
    const words = ["http://bob:Corr3ctCorr3ct;Hors3Hors3,Batt3ryBatt3ry@site.example/"];
    expect(printed('"hors3hors3" is not a directive. "batt3rybatt3ry" is not a directive.', words)).toBe(
      '"***" is not a directive. "***" is not a directive.',
    );
  });

  it("of a value of a query", () => {
    expect(printed("token=Qzw KpL9Kp/9x12;grmttkzz", ["http://site.example/?token=Qzw%20KpL9Kp%2F9x12;grmttkzz"])).toBe("token=***");
    expect(printed("grmttkzz is blocked", ["http://site.example/?token=Qzw%20KpL9Kp%2F9x12;grmttkzz"])).toBe("*** is blocked");
  });
});

describe("A query is hidden", () => {
  it.each([
    ["that is a token alone", "http://site.example/?ghp_Zk9xQ17sLPwQmmN0pQ", "http://site.example/?***"],
    ["with a one-time password", "http://site.example/?otp=493817", "http://site.example/?otp=***"],
    ["with a pin", "http://site.example/?pin=8842", "http://site.example/?pin=***"],
    ["with pw", "http://site.example/?pw=hunter22", "http://site.example/?pw=***"],
  ])("%s", (_, address, shown) => {
    expect(printed(address, [address])).toBe(shown);
  });

  it("not where it names nothing secret", () => {
    const address = "http://site.example/?page=shipping&spinner=fast";
    expect(printed(address, [address])).toBe(address);
  });
});

describe("A cut", () => {
  const secret = `Bearer ${"kQ7xP2mZ".repeat(2_000)}`;

  it("hides the beginning of a secret before it", () => {
    expect(printed("https://e.com/kQ7xP2… and …", ["http://site.example/"], { authorization: "Bearer kQ7xP2mZ11" })).toBe(
      "https://e.com/***… and …",
    );
  });

  it("may be there 320,000 times, before a secret of 16,000 characters", () => {
    const text = `https://e.com/${"…".repeat(320_000)}kQ7xP2…`;
    expect(printed(text, ["http://site.example/"], { authorization: secret })).toBe(`https://e.com/${"…".repeat(320_000)}***…`);
  });

  it("may be there 30,000 times behind a beginning of such a secret", () => {
    const text = "kQ7xP2mZ".repeat(4).concat("…").repeat(30_000);
    expect(printed(text, ["http://site.example/"], { authorization: secret })).toBe("***…".repeat(30_000));
  });
});
