import { describe, expect, it } from "vitest";
import { Failure } from "../../src/cli/failure.js";
import { hidingSecrets, secretsOf } from "../../src/cli/secrets.js";

/** The secrets of a command line with one address. */
const secretsIn = (address: string) => [...secretsOf([address])];

describe("The value of a parameter is a secret with the name", () => {
  it.each([
    ...["jwt", "code", "credential", "token", "api_key", "client_secret", "passphrase", "pw", "otp", "signature", "auth", "session"],
    ...["sid", "pin", "my-pin", "pin_code"],
  ])("%s", (name) => {
    expect(secretsIn(`https://site.example/?${name}=wxyz`)).toEqual(["wxyz"]);
  });
});

describe("The value of a parameter is no secret", () => {
  it.each(["page", "spin", "pinned", "lang"])("with the name %s", (name) => {
    expect(secretsIn(`https://site.example/?${name}=wxyz`)).toEqual([]);
  });

  it("of three characters", () => {
    expect(secretsIn("https://site.example/?token=wxy")).toEqual([]);
  });

  it.each(["http", "https", "HTTPS", "true", "none"])("that switches something: %s", (value) => {
    expect(secretsIn(`https://site.example/?auth=${value}`)).toEqual([]);
  });
});

describe("A value is a token", () => {
  it("from 16 characters", () => {
    expect(secretsIn("https://site.example/?a=abcdefghijklmn15&b=abcdefghijklm14")).toEqual(["abcdefghijklmn15"]);
  });

  it("with a letter and a digit in it", () => {
    expect(secretsIn("https://site.example/?a=abcdefghijklmnopqr&b=123456789012345678&c=12345678901234567x")).toEqual([
      "12345678901234567x",
    ]);
  });

  it("also as the name of a parameter without a value", () => {
    expect(secretsIn("https://site.example/?abcdefghijklmn15&abcdefghijklm14")).toEqual(["abcdefghijklmn15"]);
  });
});

describe("The user of an address is a secret", () => {
  it("where there is no password: it is a token", () => {
    expect(secretsIn("https://abcdefgh@site.example/")).toContain("abcdefgh");
  });

  it("but not beside a password", () => {
    expect(secretsIn("https://abcdefgh:ijklmnop@site.example/")).not.toContain("abcdefgh");
  });
});

describe("The fragment of an address has secrets", () => {
  it("by their names", () => {
    expect(secretsIn("https://site.example/#access_token=wxyz&state=open")).toEqual(["wxyz"]);
  });

  it("that are tokens", () => {
    expect(secretsIn("site.example/#state=abcdefghijklmn15")).toEqual(["abcdefghijklmn15"]);
  });
});

describe("The credentials of Basic are secrets", () => {
  // "me:p>p?p~pw" in base64; base64url writes - and _ for + and /.
  const secrets = secretsOf(["site.example"], { authorization: "Basic bWU6cD5wP3B+cHc=" });
  it.each([
    ["as they are", "bWU6cD5wP3B+cHc="],
    ["without padding", "bWU6cD5wP3B+cHc"],
    ["as base64url", "bWU6cD5wP3B-cHc"],
    ["decoded", "me:p>p?p~pw"],
    ["without the user name", "p>p?p~pw"],
  ])("%s", (_, secret) => {
    expect(secrets.has(secret)).toBe(true);
  });
});

describe("What a value says in base64 is a secret", () => {
  // {"alg":"HS256"} and {"iss":"site.example","sub":"topsecretuser99"} of a token; admin-session-4711; hunter2-master-key.
  it.each([
    [
      "of a token, and what is in it",
      { authorization: "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzaXRlLmV4YW1wbGUiLCJzdWIiOiJ0b3BzZWNyZXR1c2VyOTkifQ.c2lnbmF0dXJl" },
      ['{"iss":"site.example","sub":"topsecretuser99"}', "topsecretuser99"],
    ],
    ["of a cookie", { cookie: "s=YWRtaW4tc2Vzc2lvbi00NzEx" }, ["admin-session-4711"]],
    ["of another header", { "x-api-key": "aHVudGVyMi1tYXN0ZXIta2V5" }, ["hunter2-master-key"]],
  ])("%s", (_, headers, expected) => {
    const secrets = secretsOf([], headers);
    expect(expected.filter((one) => !secrets.has(one))).toEqual([]);
  });

  it("but no host in it, and nothing that is no text", () => {
    const secrets = secretsOf([], { "x-a": "eyJpc3MiOiJzaXRlLmV4YW1wbGUifQ", "x-b": "c3Vja3MAc3Vja3M=" });
    expect([...secrets]).toEqual(["eyJpc3MiOiJzaXRlLmV4YW1wbGUifQ", "c3Vja3MAc3Vja3M=", "c3Vja3MAc3Vja3M", '{"iss":"site.example"}']);
  });
});

describe("An error is printed without secrets", () => {
  const failing = (error: unknown) =>
    hidingSecrets(new Set(["hunter2222"]))
      .guard(() => Promise.reject(error))
      .catch((thrown: unknown) => thrown);

  it("in its lines", async () => {
    expect(await failing(new Failure(["hunter2222 is wrong.", "b"], 2))).toMatchObject({ lines: ["*** is wrong.", "b"], exitCode: 2 });
  });

  it("in its hint", async () => {
    expect(await failing(new Failure(["a"], 1, "Write hunter2222."))).toMatchObject({ hint: "Write ***." });
  });

  it("without a hint where it has none", async () => {
    expect(await failing(new Failure(["a"]))).toMatchObject({ hint: undefined });
  });
});

describe("A member of the output is as it is", () => {
  it.each(["severity", "rule", "owasp", "cwe", "reference", "grade", "test", "kind", "verdict", "fault"])("%s", (member) => {
    expect(hidingSecrets(new Set(["unreachable"])).without({ [member]: "unreachable", message: "unreachable" })).toEqual({
      [member]: "unreachable",
      message: "***",
    });
  });
});
