import { testHeader } from "./tables.js";

testHeader({
  refused: [
    [{ stripHeaders: ["x-frame-options"] }, 'stripHeaders[0]: "x-frame-options" has a key of its own. Write xFrameOptions: false.'],
    [
      { stripHeaders: ["Content-Length"] },
      'stripHeaders[0]: "Content-Length" cannot be part of a policy. The server sets it: take it out.',
    ],
    [{ stripHeaders: ["a b"] }, 'stripHeaders[0]: "a b" is not the name of a header. Write letters, digits and hyphens.'],
    [
      { stripHeaders: ["X-A"], custom: { "x-a": "b" } },
      'stripHeaders[0]: "X-A" is set under custom. Take it out in one of the two places.',
    ],
    [{ stripHeaders: "Server" }, 'stripHeaders: "Server" is not a list. Write ["Server"].'],
    [{ stripHeaders: [5] }, "stripHeaders[0]: 5 is not a string. Write a string."],
  ],
});
