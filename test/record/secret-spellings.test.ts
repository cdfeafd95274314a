import { describe, expect, it } from "vitest";
import { hiderOf } from "../../src/record/secrets.js";

/** A text that shows a secret, as the output has it. */
const hidden = (secret: string, text: string) => hiderOf(new Set([secret]))(text);

describe("a known secret is hidden", () => {
  it.each([
    ["as it is", "k3y/of&some=body", "token k3y/of&some=body", "token ***"],
    ["in JSON", 'k3y"of\nsome', 'token k3y\\"of\\nsome', "token ***"],
    ["in HTML", "k3y&of<some>\"'", "token k3y&amp;of&lt;some&gt;&quot;'", "token ***"],
    ["in HTML with its apostrophe", "k3y&of'some", "token k3y&amp;of&#39;some", "token ***"],
    ["in XHTML with its apostrophe", "k3y&of'some", "token k3y&amp;of&apos;some", "token ***"],
    ["percent-encoded", "k3y/of&some=body", "token k3y%2Fof%26some%3Dbody", "token ***"],
    ["percent-encoded in lower case", "k3y/of&some=body", "token k3y%2fof%26some%3dbody", "token ***"],
    ["percent-encoded with letters of other languages", "schlüssel", "token schl%C3%BCssel", "token ***"],
    ["decoded, where it came percent-encoded", "k3y%2Fof%26some%3D", "token k3y/of&some=", "token ***"],
    ["decoded and in HTML", "k3y%2Fof%26some%3D", "token k3y/of&amp;some=", "token ***"],
    ["with half a surrogate pair", "k3y\ud800some", "token k3y\ud800some", "token ***"],
    ["with a percent sign that encodes nothing", "100%secret", "token 100%secret", "token ***"],
  ])("%s", (_, secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  it("beside a number that is no character", () => {
    expect(hidden("secret-12345", "&#x110000; &#1114112; secret-12345")).toBe("&#x110000; &#1114112; ***");
  });

  it("by its whole text where another one is its beginning", () => {
    expect(hiderOf(new Set(["secret-1", "secret-12345"]))("token secret-12345")).toBe("token ***");
  });

  it("by its whole text where the beginning of its text is another one, percent-encoded", () => {
    expect(hiderOf(new Set(["%73%65%63%72%65%74%2D%31", "secret-12345"]))("token secret-12345")).toBe("token ***");
  });

  it("that a later page has set", () => {
    const secrets = new Set(["secret-1"]);
    const hide = hiderOf(secrets);
    expect(hide("secret-1 secret-2")).toBe("*** secret-2");
    secrets.add("secret-2");
    expect(hide("secret-1 secret-2")).toBe("*** ***");
  });

  it("not where its decoded text is shorter than any secret", () => {
    expect(hidden("%61%62%63", "abc and %61%62%63")).toBe("abc and ***");
  });

  it.each([
    ["%2Fproducts%2Flist", "http://site.example/products/list"],
    ["https%3A%2F%2Fcdn.example", "img-src https://cdn.example"],
    ["https%3A%2F%2Fcdn.example%3A8080%2Fa", "img-src https://cdn.example:8080/a"],
  ])("not where its decoded text is an address that pages have themselves: %s", (secret, text) => {
    expect(hidden(secret, `${text} ${secret}`)).toBe(`${text} ***`);
  });

  it("where its decoded text only begins as a path does", () => {
    expect(hidden("%2Fx8fk2Zq%3D", "token /x8fk2Zq=")).toBe("token ***");
  });

  it.each([
    ["in other cases", "Zx81-kWq", "ZX81-KWQ zx81-kwq", "*** ***"],
    ["where each character is percent-encoded", "Zx81-kWq", "%5a%78%38%31%2D%6b%57%71!", "***!"],
    ["where it is percent-encoded twice", "k3y/of+some", "k3y%252Fof%252Bsome", "***"],
    ["as a form encodes it", "k3y of some", "a=k3y+of+some&b", "a=***&b"],
    ["with numbers of HTML", "k3y/of&some", "k3y&#47;of&#x26;some", "***"],
    ["with escapes of JavaScript", "k3y<of>some", "k3y\\u003cof\\x3Esome", "***"],
    ["folded over two lines", "k3y of some", "k3y\r\n\tof some", "***"],
    ["in bytes that were read as Latin-1", "k3y-\u00fcber", "k3y-%FCber", "***"],
    ["twice in a row", "k3y-of-some", "k3y-of-somek3y-of-some", "***"],
    ["between text that is encoded too", "k3y-of-some", "&lt;%41k3y%2dof-some%42&gt;", "&lt;%41***%42&gt;"],
  ])("%s", (_, secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  it.each([
    ["before a mark", "k3y-of-some", 'redirects to "http://a.example/k3y-o…"', 'redirects to "http://a.example/***…"'],
    ["within an encoding", "k3y/of-some", "k3y%2… k3y%2Fo…", "***… ***…"],
    ["within an entity", "k3y&of-some", "k3y&am…", "***…"],
    ["where a browser cuts a sample of code", "k3y-of-some", `${"x".repeat(34)}k3y-of`, `${"x".repeat(34)}***`],
  ])("where its text was cut %s", (_, secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  it("by its whole text where another one is within it", () => {
    expect(hiderOf(new Set(["k3y-of-some-more", "y-of-some"]))("k3y-of-some-more")).toBe("***");
  });

  it("not by the beginning of a short one", () => {
    expect(hidden("darker7", "a dark…")).toBe("a dark…");
  });

  it("not where only two of its characters are left before a cut", () => {
    expect(hidden("k3y-of-some", "a k3…")).toBe("a k3…");
  });

  it.each([
    ["seven77", "seven77 xseven77 seven77x /seven77/ seven77=1", "*** xseven77 seven77x /***/ ***=1"],
    ["seven77", "id-SEVEN77", "id-***"],
    ["dark", "dark 'dark' dark-mode darker", "*** '***' dark-mode darker"],
    ["ab1", "a ab1 c /ab1 drab1", "a *** c /*** drab1"],
    ["741", "741", "***"],
    ["741", "pin=741 and 741 more; '741' 741; Score: 741 points", "pin=*** and 741 more; '***' 741; Score: 741 points"],
    ["741", 'pin=741; pin: 741, "741" 7411 a 741 c', 'pin=***; pin: ***, "***" 7411 a 741 c'],
    ["a", "a page: a text, a=a; Note: a text", "a page: a text, a=***; Note: a text"],
  ])("where it is short, only as a word or a value of its own: %s", (secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  // "Sup3rSecretTok-en42/xyz", after no, one, two and three other bytes; with the letters for addresses; upper case.
  it.each([
    ["base64", "U3VwM3JTZWNyZXRUb2stZW40Mi94eXo=", "***"],
    ["base64 without padding", "a U3VwM3JTZWNyZXRUb2stZW40Mi94eXo b", "a *** b"],
    ["base64 after one other byte", "eFN1cDNyU2VjcmV0VG9rLWVuNDIveHl6", "e***"],
    ["base64 after two other bytes", "eHhTdXAzclNlY3JldFRvay1lbjQyL3h5eg==", "eH***"],
    ["base64 before and after three other bytes", "eHh4U3VwM3JTZWNyZXRUb2stZW40Mi94eXp4eHg=", "eHh4***4eHg="],
    ["base64 after other characters of base64", "key/U3VwM3JTZWNyZXRUb2stZW40Mi94eXo=", "key/***"],
    ["base64 that is percent-encoded", "a U3VwM3JTZWNyZXRUb2stZW40Mi94eXo%3D b", "a *** b"],
    ["base64 that is cut off", "U3VwM3JTZWNyZX…", "***…"],
    ["hexadecimal", "a 5375703372536563726574546f6b2d656e34322f78797a b", "a *** b"],
    ["hexadecimal in upper case", "x5375703372536563726574546F6B2D656E34322F78797Ax", "x***x"],
    ["hexadecimal after a digit", "05375703372536563726574546f6b2d656e34322f78797a", "0***"],
  ])("in %s", (_, text, expected) => {
    expect(hidden("Sup3rSecretTok-en42/xyz", text)).toBe(expected);
  });

  it("in base64 with the letters for addresses, and in that with + and /", () => {
    expect(hidden("p>p?p~pw:p>p?p", "cD5wP3B-cHc6cD5wP3A cD5wP3B+cHc6cD5wP3A=")).toBe("*** ***");
  });

  it("in base64 of UTF-8", () => {
    expect(hidden("schl\u00fcssel", "c2NobMO8c3NlbA==")).toBe("***");
  });

  it.each([
    ["of fourteen of 23 characters", "Sup3rSecretTok-en42/xyz", "a Sup3rSecretTok; b", "a ***; b"],
    ["in another case", "Sup3rSecretTok-en42/xyz", "sup3rsecrettok.example", "***.example"],
    ["before a number of HTML whose semicolon is the end", "Sup3rSecretTok-en42/xyz", "http://Sup3rSecretTok&#45", "http://***"],
    ["without a digit, with a change of case twice", "QwErTyUiOpAsDfGhJkLz", "QwErTyUiOpAs!", "***!"],
    ["of 32 of 200 characters", `k7${"q".repeat(198)}`, `k7${"q".repeat(30)}!`, "***!"],
  ])("by a beginning %s", (_, secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  it.each([
    ["of eleven characters", "Sup3rSecretTok-en42/xyz", "Sup3rSecret"],
    ["of less than half", `k7${"q".repeat(38)}`, `k7${"q".repeat(17)}!`],
    ["of 31 of 200 characters", `k7${"q".repeat(198)}`, `k7${"q".repeat(29)}!`],
    ["of words", "configuration-of-site", "configuration-of-shop"],
    ["with a scheme", "Bearer abcdefghijkl", "Bearer abcde"],
    ["of an address", "https://shop2.example/a", "https://shop2.example/b"],
    ["of a path", "/products/list2/of-all", "/products/list2/of-some"],
  ])("not by a beginning %s", (_, secret, text) => {
    expect(hidden(secret, text)).toBe(text);
  });
});
