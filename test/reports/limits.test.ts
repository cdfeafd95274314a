import { describe, expect, it } from "vitest";
import { type Body, REQUEST_BYTES, readBody } from "../../src/reports/body.js";
import { bodyPayment } from "../../src/reports/collector/admission.js";
import { LIMITS, networkOf, TOKEN_BYTES, tokenBucket } from "../../src/reports/limits.js";

it("the limits are those that the documentation names", () => {
  expect(LIMITS).toEqual({
    bodyBytes: 262_144,
    bodyMs: 10_000,
    reports: 200,
    newGroups: 10,
    addressNewGroups: 200,
    inFlightBytes: 8_388_608,
    addressBurst: 500,
    addressPerSecond: 20,
    burst: 5_000,
    perSecond: 500,
  });
  expect([TOKEN_BYTES, REQUEST_BYTES]).toEqual([16_384, 4_096]);
});

describe("a bucket of 10 tokens that regains 2 each second", () => {
  it.each<[string, readonly (readonly [now: number, wanted: number])[], number]>([
    ["has 10 at first", [[0, 99]], 10],
    [
      "has none once they are taken",
      [
        [0, 10],
        [0, 1],
      ],
      0,
    ],
    [
      "has no part of a token",
      [
        [0, 10],
        [499, 9],
      ],
      0,
    ],
    [
      "has one again after half a second",
      [
        [0, 10],
        [500, 9],
      ],
      1,
    ],
    [
      "has 6 again after three seconds",
      [
        [0, 10],
        [3_000, 9],
      ],
      6,
    ],
    [
      "has at most 10 again",
      [
        [0, 10],
        [60_000, 99],
      ],
      10,
    ],
    [
      "loses none where the clock goes back",
      [
        [5_000, 4],
        [0, 99],
      ],
      6,
    ],
    [
      "gives what is left",
      [
        [0, 7],
        [0, 99],
      ],
      3,
    ],
  ])("%s", (_, takes, last) => {
    const bucket = tokenBucket(10, 2);
    expect(takes.map(([now, wanted]) => bucket.take(now, wanted)).at(-1)).toBe(last);
  });
});

it("a body pays a token for each further 16 kB that it starts, once", () => {
  const asked: number[] = [];
  const pays = bodyPayment((_, wanted) => asked.push(wanted) * 0 + wanted, "203.0.113.1");
  expect([0, 1, 16_384, 16_385, 32_768, 65_537].map(pays)).toEqual([true, true, true, true, true, true]);
  expect(asked).toEqual([1, 3]);
});

it("a body that its client cannot pay for is not read on", () => {
  expect(bodyPayment(() => 0, "203.0.113.1")(16_385)).toBe(false);
});

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:203.0.113.7", "203.0.113.7"],
  ["::1", "0:0:0:0"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:0db8:0000:0001::7", "2001:db8:0:1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["1::2:3:4:5:6:7", "1:0:2:3"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["x".repeat(65), "x".repeat(64)],
  ["unknown", "unknown"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it.each<[string, unknown, number | undefined, number]>([
  ["text has its own length", "abc", undefined, 4_099],
  ["bytes have theirs", new Uint8Array(5), undefined, 4_101],
  ["an object has the length that was announced", {}, 7, 4_103],
  ["an object of unknown length counts as the largest one", {}, undefined, 4_096 + 262_144],
  ["nothing has no length", undefined, undefined, 4_096],
])("of what a parser has read, %s", (_, body, contentLength, held) => {
  const load: number[] = [];
  const intake = {
    limits: LIMITS,
    contentLength,
    pays: () => true,
    load: { change: (bytes: number) => void load.push(bytes), isFull: () => false },
  };
  let read: unknown;
  readBody({ readableEnded: true, body }, intake, (one) => {
    read = one;
  });
  expect([(read as Body).held, load]).toEqual([held, [held]]);
});
