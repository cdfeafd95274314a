import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["strictTransportSecurity", true, "Strict-Transport-Security", "max-age=31536000; includeSubDomains"],
    ["strictTransportSecurity", { maxAge: 0 }, "Strict-Transport-Security", "max-age=0"],
    ["strictTransportSecurity", { maxAge: 300, includeSubDomains: false }, "Strict-Transport-Security", "max-age=300"],
    [
      "strictTransportSecurity",
      { maxAge: 31536000, includeSubDomains: true, preload: true },
      "Strict-Transport-Security",
      "max-age=31536000; includeSubDomains; preload",
    ],
  ],
  refused: [
    [{ strictTransportSecurity: { maxAge: -1 } }, "strictTransportSecurity.maxAge: -1 is negative. Write 0 or more."],
    [
      { strictTransportSecurity: { maxAge: 1.5 } },
      "strictTransportSecurity.maxAge: 1.5 is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
    ],
    [
      { strictTransportSecurity: { maxAge: Number.POSITIVE_INFINITY } },
      "strictTransportSecurity.maxAge: Infinity is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
    ],
    [
      { strictTransportSecurity: { maxAge: 1e300 } },
      "strictTransportSecurity.maxAge: 1e+300 is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
    ],
    [
      { strictTransportSecurity: { maxAge: "300" } },
      'strictTransportSecurity.maxAge: "300" is not a whole number of seconds. Write 300, without quotes.',
    ],
    [
      { strictTransportSecurity: { maxAge: null } },
      "strictTransportSecurity.maxAge: null is not a whole number of seconds. Write seconds, such as 31536000 for one year.",
    ],
    [{ strictTransportSecurity: { maxage: 5 } }, 'strictTransportSecurity.maxage: unknown option. Did you mean "maxAge"?'],
    [
      { strictTransportSecurity: { preload: true } },
      "strictTransportSecurity.maxAge: is missing. Write maxAge, or false to switch the whole header off.",
      "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
    ],
    [
      { strictTransportSecurity: { maxAge: 31535999, includeSubDomains: true, preload: true } },
      "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
    ],
    [
      { strictTransportSecurity: { maxAge: 31536000, preload: true } },
      "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
    ],
    [
      { strictTransportSecurity: { maxAge: 5, includeSubDomains: 1 } },
      "strictTransportSecurity.includeSubDomains: 1 is not true or false. Write true or false.",
    ],
    [{ strictTransportSecurity: "max-age=5" }, 'strictTransportSecurity: "max-age=5" is not an object. Write { maxAge: 5 }.'],
    [
      { strictTransportSecurity: [] },
      "strictTransportSecurity: a list is not an object. Write { maxAge: 31536000 }, or false to switch it off.",
    ],
    [
      { strictTransportSecurity: "max-age=300; includeSubDomains" },
      'strictTransportSecurity: "max-age=300; includeSubDomains" is not an object. Write { maxAge: 300, includeSubDomains: true }.',
    ],
  ],
  broken: [
    [
      { "Strict-Transport-Security": "max-age=5; max-age=6" },
      '"Strict-Transport-Security": "max-age=6" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
    [
      { "Strict-Transport-Security": "max-age=1=2" },
      '"Strict-Transport-Security": "max-age=1=2" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
    [
      { "Strict-Transport-Security": "includeSubDomains=1; max-age=1" },
      '"Strict-Transport-Security": "includeSubDomains=1" is not a directive of Strict-Transport-Security. Did you mean "includeSubDomains"?',
    ],
    [
      { "Strict-Transport-Security": "includeSubDomains" },
      '"Strict-Transport-Security".maxAge: max-age is missing. Write max-age=31536000.',
    ],
    [
      { "Strict-Transport-Security": "max-age=1, max-age=2" },
      '"Strict-Transport-Security": "max-age=1, max-age=2" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
    ],
  ],
  normalised: [
    ["Strict-Transport-Security", 'MAX-AGE="31536000" ;preload;; INCLUDESUBDOMAINS', "max-age=31536000; includeSubDomains; preload"],
    ["Strict-Transport-Security", "Max-Age = 300 ; includesubdomains", "max-age=300; includeSubDomains"],
  ],
});
