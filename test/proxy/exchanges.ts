/** What is answered, and what the application sees: method, path and body of every request, sorted. */
export interface Outcome {
  readonly answers: readonly number[];
  readonly sees: readonly string[];
}

/** One raw exchange, and what has to come of it. */
export interface Exchange extends Outcome {
  readonly name: string;
  /** What is sent over one connection, a byte for each character; `~` stands for the exchange's own paths. */
  readonly text: string;
}

/** Passed on as what it is, and answered by the application. */
const passes = (name: string, text: string, sees: readonly string[]): Exchange => ({ name, text, answers: sees.map(() => 200), sees });

/** Seen by no application. */
const refused = (name: string, text: string, status = 400): Exchange => ({ name, text, answers: [status], sees: [] });

/** Waited for, and never whole. */
const unfinished = (name: string, text: string): Exchange => ({ name, text, answers: [], sees: [] });

const GET = (...lines: readonly string[]) => `GET /~ HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
const POST = (body: string, ...lines: readonly string[]) => GET(...lines).replace("GET", "POST") + body;
const BEHIND = "GET /~behind HTTP/1.1\r\nHost: a\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked";
const HELLO = "5\r\nhello\r\n0\r\n\r\n";
const chunks = (body: string) => POST(body, CHUNKED);
const line = (first: string, ...lines: readonly string[]) => `${[first, ...lines].join("\r\n")}\r\n\r\n`;
const fillers = (count: number) => Array.from({ length: count }, (_, index) => `F${index}: x`);

const LENGTHS: readonly Exchange[] = [
  passes("a body of a length", POST("hello", "Content-Length: 5"), ["POST /~ hello"]),
  passes("a body of no length", POST("", "Content-Length: 0"), ["POST /~ "]),
  passes("a length with zeros before it", POST("hello", "Content-Length: 005"), ["POST /~ hello"]),
  passes("a length with blanks around it", POST("hello", "Content-Length:   5  "), ["POST /~ hello"]),
  passes("a POST that says nothing of its body, and a request behind it", POST("") + BEHIND, ["GET /~behind ", "POST /~ "]),
  passes("a body that looks like a request", POST(BEHIND.replace("~", "x"), `Content-Length: ${BEHIND.length}`), [
    "POST /~ GET /xbehind HTTP/1.1\r\nHost: a\r\n\r\n",
  ]),
  passes("a request behind a body", POST(`hello${BEHIND}`, "Content-Length: 5"), ["GET /~behind ", "POST /~ hello"]),
  passes("a GET with a body", `${GET("Content-Length: 5")}hello`, ["GET /~ hello"]),
  passes("a DELETE with a body", `${GET("Content-Length: 5").replace("GET", "DELETE")}hello`, ["DELETE /~ hello"]),
  passes("a DELETE without one, and a request behind it", GET().replace("GET", "DELETE") + BEHIND, ["DELETE /~ ", "GET /~behind "]),
  passes("an OPTIONS with a body", `${GET("Content-Length: 5").replace("GET", "OPTIONS")}hello`, ["OPTIONS /~ hello"]),
  passes("a length that Connection names", POST("hello", "Content-Length: 5", "Connection: Content-Length"), ["POST /~ hello"]),
  unfinished("a body that does not come whole", POST("hel", "Content-Length: 5")),
  ...["+5", "-5", "5 5", "5,5", "5, 5", "5, 6", "0x5", "5.0", "5e0", "five", "5;", '"5"', "5_0", "", "\x0b5", "5\x0c", "\xb2"].map(
    (value) => refused(`Content-Length: ${JSON.stringify(value)}`, POST("hello", `Content-Length: ${value}`)),
  ),
  refused("a length of 2^64 and 5", POST("hello", "Content-Length: 18446744073709551621")),
  refused("a length of twenty digits", POST("hello", "Content-Length: 99999999999999999999")),
  refused("a length of sixteen digits", POST("hello", "Content-Length: 1000000000000005")),
  refused("two lengths", POST("hello", "Content-Length: 5", "Content-Length: 6")),
  refused("the same length twice", POST("hello", "Content-Length: 5", "Content-Length: 5")),
  refused("the same length twice, spelled in two ways", POST("hello", "content-length: 5", "CONTENT-LENGTH: 5")),
  refused("a length and an empty one", POST("hello", "Content-Length: 5", "Content-Length:")),
  refused("an underscore in Content_Length", POST(BEHIND, `Content_Length: ${BEHIND.length}`)),
  refused("a blank before the colon", POST("hello", "Content-Length : 5")),
  refused("a tab before the colon", POST("hello", "Content-Length\t: 5")),
  refused("a zero byte in the name", POST("hello", "Content-Length\0: 5")),
  refused("a zero byte in the value", POST("hello", "Content-Length: 5\0")),
  refused("a name that is no token", POST("hello", "Content-Length;: 5")),
  refused("a name that is not ASCII", POST("hello", "Conten\xcc-Length: 5")),
  refused("a length folded onto the next line", POST("hello", "Content-Length:", " 5")),
  refused("a length that goes on in the next line", POST("hello", "Content-Length: 5", " 0")),
  refused("a length behind a bare line feed", POST("hello", "X-A: 1\nContent-Length: 5")),
  refused("a length behind a bare carriage return", POST("hello", "X-A: 1\rContent-Length: 5")),
  refused("a first header with a blank before it", `POST /~ HTTP/1.1\r\n Content-Length: 5\r\nHost: a\r\n\r\nhello`),
  refused("a length behind 1,000 lines", POST(BEHIND, ...fillers(1_000), `Content-Length: ${BEHIND.length}`), 431),
];

const CODINGS: readonly Exchange[] = [
  passes("a body in chunks", chunks(HELLO), ["POST /~ hello"]),
  passes("a body in several chunks", chunks("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), ["POST /~ hello"]),
  passes("chunks in another spelling", POST(HELLO, "TRANSFER-ENCODING: Chunked"), ["POST /~ hello"]),
  passes("chunks without a blank behind the colon", POST(HELLO, "Transfer-Encoding:chunked"), ["POST /~ hello"]),
  passes("chunks with blanks around the word", POST(HELLO, "Transfer-Encoding:   chunked  "), ["POST /~ hello"]),
  refused("chunks with tabs around the word", POST(HELLO, "Transfer-Encoding: \tchunked\t")),
  passes("a GET in chunks", GET(CHUNKED) + HELLO, ["GET /~ hello"]),
  passes("a DELETE in chunks, and a request behind it", GET(CHUNKED).replace("GET", "DELETE") + HELLO + BEHIND, [
    "DELETE /~ hello",
    "GET /~behind ",
  ]),
  passes("chunks that hold a request", chunks(`${BEHIND.length.toString(16)}\r\n${BEHIND.replace("~", "x")}\r\n0\r\n\r\n`), [
    "POST /~ GET /xbehind HTTP/1.1\r\nHost: a\r\n\r\n",
  ]),
  passes("chunks that Connection names", POST(HELLO, CHUNKED, "Connection: Transfer-Encoding"), ["POST /~ hello"]),
  refused("a length before chunks", POST(HELLO, "Content-Length: 5", CHUNKED)),
  refused("chunks before a length", POST(HELLO, CHUNKED, "Content-Length: 5")),
  refused("chunks with a length of 0", POST(HELLO, "Content-Length: 0", CHUNKED)),
  refused("chunks twice", POST(HELLO, CHUNKED, CHUNKED)),
  refused("chunks and another coding", POST(HELLO, CHUNKED, "Transfer-Encoding: identity")),
  refused("another coding and chunks", POST(HELLO, "Transfer-Encoding: identity", CHUNKED)),
  ...[
    ...[
      "xchunked",
      "chunkedx",
      "chunke",
      "chunked, identity",
      "identity, chunked",
      "gzip, chunked",
      "chunked, chunked",
      "identity",
      "gzip",
    ],
    ...["chunked;q=1", ",chunked", "chunked,", '"chunked"', "", "\x0bchunked", "chunked\x0c", "chun ked", "chunked\0", "\x85chunked"],
  ].map((value) => refused(`Transfer-Encoding: ${JSON.stringify(value)}`, POST(HELLO, `Transfer-Encoding: ${value}`))),
  refused("a length beside a coding that is none", POST("hello", "Content-Length: 5", "Transfer-Encoding: xchunked")),
  refused("an underscore in Transfer_Encoding", POST(HELLO, "Transfer_Encoding: chunked")),
  refused("a coding with a blank before its colon", POST(HELLO, "Transfer-Encoding : chunked")),
  refused("a coding folded onto the next line", POST(HELLO, "Transfer-Encoding:", " chunked")),
  refused("a coding that goes on in the next line", POST(HELLO, "Transfer-Encoding: chunked", " , identity")),
  refused("a coding as a folded value of another header", POST(HELLO, "X-A: 1", " Transfer-Encoding: chunked")),
  refused("a coding behind a bare line feed", POST(HELLO, "X-A: 1\nTransfer-Encoding: chunked")),
  refused("a coding behind a bare carriage return", POST(HELLO, "X-A: 1\rTransfer-Encoding: chunked")),
  refused("a coding behind a zero byte", POST(HELLO, "\0Transfer-Encoding: chunked")),
  refused("a coding with HTTP/1.0", chunks(HELLO).replace("HTTP/1.1", "HTTP/1.0")),
  refused("a coding behind 1,000 lines", POST(HELLO, ...fillers(1_000), CHUNKED), 431),
];

const CHUNKS: readonly Exchange[] = [
  passes("a chunk with an extension", chunks("5;a=b\r\nhello\r\n0\r\n\r\n"), ["POST /~ hello"]),
  passes("a chunk whose size has zeros before it", chunks("0005\r\nhello\r\n0\r\n\r\n"), ["POST /~ hello"]),
  passes("a last chunk of several zeros", chunks("5\r\nhello\r\n000\r\n\r\n"), ["POST /~ hello"]),
  passes("chunks with a trailer", chunks("5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n"), ["POST /~ hello"]),
  refused("a trailer of a length", chunks(`5\r\nhello\r\n0\r\nContent-Length: 30\r\n\r\n${BEHIND}`)),
  passes("a trailer of a Host, which asks nobody", chunks("5\r\nhello\r\n0\r\nHost: evil.example\r\n\r\n"), ["POST /~ hello"]),
  unfinished("chunks without an end", chunks("5\r\nhello\r\n")),
  unfinished("chunks without the line behind the last", chunks("5\r\nhello\r\n0\r\n")),
  ...["g", "0x5", "+5", "-5", "5 x", "", "5\n", "5;a\nb", "FFFFFFFFFFFFFFFFF", "ffffffff00000005ff", "5,5", "\x005"].map((size) =>
    refused(`a chunk of the size ${JSON.stringify(size)}`, chunks(`${size}\r\nhello\r\n0\r\n\r\n`)),
  ),
  refused("a chunk that is longer than its size", chunks("5\r\nhelloX\r\n0\r\n\r\n")),
  refused("a chunk that is shorter than its size", chunks("6\r\nhello\r\n0\r\n\r\n")),
  refused("a bare line feed behind a chunk", chunks("5\r\nhello\n0\r\n\r\n")),
  refused("a request where the trailer would be", chunks(`5\r\nhello\r\n0\r\n${BEHIND}`)),
  refused("an extension of 20 kB", chunks(`5;${"a".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`)),
];

const FIRST_LINES: readonly Exchange[] = [
  passes("a GET", GET(), ["GET /~ "]),
  passes("three requests one behind the other", GET() + POST("hello", "Content-Length: 5") + BEHIND, [
    "GET /~ ",
    "GET /~behind ",
    "POST /~ hello",
  ]),
  passes("an empty line before a request", `\r\n${GET()}`, ["GET /~ "]),
  passes("a path with a query", line("GET /~?a=%20&b=/../c HTTP/1.1", "Host: a"), ["GET /~?a=%20&b=/../c "]),
  passes("a path with dots", line("GET /~/../~ HTTP/1.1", "Host: a"), ["GET /~/../~ "]),
  passes("a path of its own host", line("GET http://a/~ HTTP/1.1", "Host: a"), ["GET /~ "]),
  passes("HTTP/1.0 with a Host", line("GET /~ HTTP/1.0", "Host: a"), ["GET /~ "]),
  passes("HTTP/1.0 without one", line("GET /~ HTTP/1.0"), ["GET /~ "]),
  passes("a request behind one that was the last", GET("Connection: close") + BEHIND, ["GET /~ "]),
  passes("a request behind one of HTTP/1.0", line("GET /~ HTTP/1.0", "Host: a") + BEHIND, ["GET /~ "]),
  refused("a path of another host", line("GET http://b/~ HTTP/1.1", "Host: a")),
  refused("a path of a user", line("GET http://a@b/~ HTTP/1.1", "Host: a")),
  passes("a path of its own host and port", line("GET http://a:80/~ HTTP/1.1", "Host: a"), ["GET /~ "]),
  refused("a star of another method than OPTIONS", line("GET * HTTP/1.1", "Host: a")),
  refused("a fragment", line("GET /~#b HTTP/1.1", "Host: a")),
  refused("an authority", line("GET a:80 HTTP/1.1", "Host: a")),
  refused("a path without a slash", line("GET ~ HTTP/1.1", "Host: a")),
  refused("a blank in the path", line("GET /~ b HTTP/1.1", "Host: a")),
  refused("a tab in the path", line("GET /~\tb HTTP/1.1", "Host: a")),
  refused("a zero byte in the path", line("GET /~\0 HTTP/1.1", "Host: a")),
  passes("two blanks", line("GET  /~ HTTP/1.1", "Host: a"), ["GET /~ "]),
  refused("a tab for a blank", line("GET\t/~ HTTP/1.1", "Host: a")),
  refused("a blank before the method", line(" GET /~ HTTP/1.1", "Host: a")),
  refused("a blank behind the version", line("GET /~ HTTP/1.1 ", "Host: a")),
  refused("no version", line("GET /~", "Host: a")),
  refused("HTTP/0.9", line("GET /~ HTTP/0.9", "Host: a")),
  refused("HTTP/1.2", line("GET /~ HTTP/1.2", "Host: a")),
  refused("HTTP/2.0", line("GET /~ HTTP/2.0", "Host: a")),
  refused("HTTP/1.10", line("GET /~ HTTP/1.10", "Host: a")),
  refused("a version in small letters", line("GET /~ http/1.1", "Host: a")),
  refused("a method in small letters", line("get /~ HTTP/1.1", "Host: a")),
  refused("a method that nobody knows", line("FOO /~ HTTP/1.1", "Host: a")),
  refused("line feeds alone", GET().replaceAll("\r\n", "\n")),
  refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refused("CONNECT", line("CONNECT a:443 HTTP/1.1", "Host: a:443"), 501),
  refused("TRACE", line("TRACE /~ HTTP/1.1", "Host: a"), 501),
  refused("rubbish", "\x16\x03\x01\x02\x00\x01\r\n\r\n"),
];

const HEADERS: readonly Exchange[] = [
  refused("no Host", line("GET /~ HTTP/1.1")),
  refused("an empty Host", line("GET /~ HTTP/1.1", "Host:")),
  refused("two Hosts", line("GET /~ HTTP/1.1", "Host: a", "Host: b")),
  refused("the same Host twice", line("GET /~ HTTP/1.1", "Host: a", "host: a")),
  refused("a Host with a path", line("GET /~ HTTP/1.1", "Host: a/b")),
  refused("a Host with a user", line("GET /~ HTTP/1.1", "Host: u@a")),
  refused("a Host with a blank", line("GET /~ HTTP/1.1", "Host: a b")),
  refused("a list of Hosts", line("GET /~ HTTP/1.1", "Host: a, b")),
  refused("a Host with a port of letters", line("GET /~ HTTP/1.1", "Host: a:b")),
  refused("a Host that is refused, and a request behind it", line("GET /~ HTTP/1.1", "Host: a/b") + BEHIND),
  passes("a Host that Connection names", GET("Connection: Host"), ["GET /~ "]),
  passes("a Host of IPv6", line("GET /~ HTTP/1.1", "Host: [::1]:80"), ["GET /~ "]),
  passes("300 lines", GET(...fillers(299)), ["GET /~ "]),
  refused("301 lines", GET(...fillers(300)), 431),
  refused("20 kB of a header", GET(`X-A: ${"a".repeat(20_000)}`), 431),
  refused("a line without a colon", GET("X-A")),
  refused("a line without a name", GET(": x")),
  refused("a blank in a name", GET("X A: 1")),
  refused("a folded line", GET("X-A: 1", " 2")),
  refused("a zero byte in a value", GET("X-A: 1\0")),
  refused("a carriage return in a value", GET("X-A: 1\r2")),
  refused("a control character in a value", GET("X-A: 1\x01")),
  passes("an upgrade to what is no WebSocket", GET("Connection: Upgrade", "Upgrade: h2c"), ["GET /~ "]),
  passes("a request behind an upgrade that the application does not make", GET("Connection: Upgrade", "Upgrade: websocket") + BEHIND, [
    "GET /~ ",
  ]),
  refused("an upgrade with a body", POST("hello", "Connection: Upgrade", "Upgrade: websocket", "Content-Length: 5")),
  refused("an upgrade in chunks", POST(HELLO, "Connection: Upgrade", "Upgrade: websocket", CHUNKED)),
  refused("an unknown Expect, with a body", POST("hello", "Expect: x", "Content-Length: 5"), 417),
  refused("an unknown Expect beside a known one", POST("hello", "Expect: 100-continue, x", "Content-Length: 5"), 417),
  refused("a Content-Length that is none, with an Expect", POST("hello", "Expect: 100-continue", "Content-Length: 5, 5")),
];

export const EXCHANGES: readonly Exchange[] = [...LENGTHS, ...CODINGS, ...CHUNKS, ...FIRST_LINES, ...HEADERS];

/** What nginx does otherwise, and why; each of these is stricter here, but for the status it is told with. */
export interface Difference extends Outcome {
  readonly why: string;
}

const otherStatus = (answers: readonly number[], why: string, ...names: readonly string[]) =>
  names.map((name) => [name, { answers, sees: [], why }] as const);
const passedOn = (sees: readonly string[], why: string, ...names: readonly string[]) =>
  names.map((name) => [name, { answers: sees.map(() => 200), sees, why }] as const);

const UNKNOWN_CODING =
  "501 is what RFC 9112 §6.1 proposes for a coding that is not known; Node's parser refuses it before anybody is asked";
const IGNORED = "nginx leaves out a header whose name it does not like (ignore_invalid_headers), and takes the body for a request";
const LINE_FEED = "RFC 9112 §2.2 lets a server take a bare line feed for the end of a line; Node's parser does not";
const TRAILERS = "nginx throws trailers away without reading them";
const FRONT =
  "nginx passes it on as an ordinary request; here the bytes behind an upgrade are another protocol's, so that neither a body nor a request can stand there";
const VERSIONS = "nginx reads any HTTP/1.x as HTTP/1.1, as RFC 9112 §2.3 allows";

/** By the name of the exchange. */
export const NGINX: ReadonlyMap<string, Difference> = new Map<string, Difference>([
  ...otherStatus([501], UNKNOWN_CODING, "chunks with tabs around the word", "a length beside a coding that is none"),
  ...otherStatus(
    [501],
    UNKNOWN_CODING,
    ...CODINGS.filter(({ name }) => /^Transfer-Encoding: (?!.*\\u0000)/.test(name)).map(({ name }) => name),
  ),
  ...otherStatus([413], "nginx reads the number, and it is more than client_max_body_size", "a length of sixteen digits"),
  ...otherStatus([400], "nginx has no 431", "a length behind 1,000 lines", "a coding behind 1,000 lines", "20 kB of a header"),
  ...otherStatus([505], "the status of RFC 9110 §15.6.6; Node's parser does not say what it refused", "HTTP/2.0"),
  ...otherStatus([400], "nginx refuses the target before the method", "CONNECT"),
  ...otherStatus([405], "nginx names no method that it takes instead, which RFC 9110 §15.5.6 asks of a 405", "TRACE"),
  ["an underscore in Content_Length", { answers: [200, 200], sees: ["GET /~behind ", "POST /~ "], why: IGNORED }],
  ["an underscore in Transfer_Encoding", { answers: [200, 400], sees: ["POST /~ "], why: IGNORED }],
  ["a name that is no token", { answers: [200, 400], sees: ["POST /~ "], why: IGNORED }],
  ["a name that is not ASCII", { answers: [200, 400], sees: ["POST /~ "], why: IGNORED }],
  ...passedOn(["GET /~ "], "nginx leaves out a line that is no header", "a line without a colon"),
  ...passedOn(["POST /~ hello"], LINE_FEED, "a length behind a bare line feed", "a coding behind a bare line feed"),
  ...passedOn(["POST /~ hello"], LINE_FEED, "a bare line feed behind a chunk"),
  ...passedOn(["POST /~ hello\r"], LINE_FEED, "a chunk that is shorter than its size"),
  ...passedOn(["GET /~ "], LINE_FEED, "line feeds alone"),
  ...passedOn(["GET /~behind ", "POST /~ hello"], TRAILERS, "a trailer of a length"),
  ...passedOn(["POST /~ hello"], TRAILERS, "a request where the trailer would be"),
  ...passedOn(["POST /~ hello"], "nginx skips what stands behind the size", 'a chunk of the size "5 x"', "an extension of 20 kB"),
  ...passedOn(["GET /~ "], "nginx passes the path on with the Host that is in it, here both have to agree", "a path of another host"),
  ...passedOn(
    ["GET /~ "],
    "nginx takes any text that cannot lead out of a folder for a Host",
    "a Host with a user",
    "a Host with a port of letters",
  ),
  ...passedOn(["GET /~ "], VERSIONS, "HTTP/1.2", "HTTP/1.10"),
  ...passedOn(["GET /~ "], "nginx skips blanks at the end of the first line", "a blank behind the version"),
  ["no version", { answers: [], sees: ["GET /~ "], why: "nginx still speaks HTTP/0.9, whose answers have no head" }],
  ...passedOn(["FOO /~ "], "nginx passes every method on; Node's parser has a list", "a method that nobody knows"),
  ...passedOn(["GET /~ "], "nginx counts bytes, not lines", "301 lines"),
  ...passedOn(["GET /~ "], "nginx refuses zero bytes alone in a value", "a control character in a value"),
  ...passedOn(["GET /~ ", "GET /~behind "], FRONT, "a request behind an upgrade that the application does not make"),
  ...passedOn(["POST /~ hello"], FRONT, "an upgrade with a body", "an upgrade in chunks"),
  ...passedOn(["GET /~#b "], "nginx passes a fragment on, which is no part of a target (RFC 9112 §3.2.1)", "a fragment"),
  ...passedOn(
    ["POST /~ hello"],
    "nginx does not answer an Expect that it does not know",
    "an unknown Expect, with a body",
    "an unknown Expect beside a known one",
  ),
]);
