/** The figures of Mozilla's HTTP Observatory, algorithm 6: what each result of a test adds or subtracts. */
export const FIGURES = {
  "content-security-policy": {
    "no-unsafe-default-none": 10,
    "no-unsafe": 5,
    "unsafe-inline-in-style-only": 0,
    "repeated-reporting": 0,
    "insecure-scheme-in-passive-content": -10,
    "unsafe-eval": -10,
    "unsafe-inline": -20,
    "insecure-scheme": -20,
    invalid: -25,
    missing: -25,
    "report-only": -25,
  },
  cookies: {
    "secure-with-httponly-sessions-and-samesite": 5,
    "secure-with-httponly-sessions": 0,
    none: 0,
    "without-secure-but-hsts": -5,
    "session-without-secure-but-hsts": -10,
    "without-secure": -20,
    "samesite-invalid": -20,
    "anti-csrf-without-samesite": -20,
    "session-without-httponly": -30,
    "session-without-secure": -40,
  },
  "cross-origin-resource-sharing": { none: 0, public: 0, restricted: 0, "universal-with-credentials": -50 },
  redirection: {
    "to-https": 0,
    preloaded: 0,
    "no-http": 0,
    "off-host": -5,
    "first-hop-not-https": -10,
    none: -20,
    "bad-certificate": -20,
  },
  "referrer-policy": { private: 5, absent: 0, unsafe: -5, invalid: -5 },
  "strict-transport-security": {
    preloaded: 5,
    "at-least-six-months": 0,
    "less-than-six-months": -10,
    absent: -20,
    invalid: -20,
    "no-https": -20,
  },
  "subresource-integrity": {
    "own-scripts": 5,
    "external-scripts": 5,
    "not-html": 0,
    "no-scripts": 0,
    "same-origin": 0,
    "external-without-integrity": -5,
    "integrity-over-http": -20,
    "external-without-integrity-over-http": -50,
  },
  "x-content-type-options": { nosniff: 0, absent: -5, invalid: -5 },
  "x-frame-options": { "by-frame-ancestors": 5, "deny-or-sameorigin": 5, "allow-from": 0, absent: -20, invalid: -20 },
  "cross-origin-resource-policy": { "same-origin": 10, "same-site": 10, "cross-origin": 0, absent: 0, invalid: -5 },
  "cross-origin-embedder-policy": { "require-corp": 10, credentialless: 10, "unsafe-none": 0, absent: 0, invalid: -5 },
  "cross-origin-opener-policy": {
    "same-origin": 10,
    "same-origin-allow-popups": 10,
    "noopener-allow-popups": 10,
    "unsafe-none": 0,
    absent: 0,
    invalid: -5,
  },
} as const;

type Figures = typeof FIGURES;

export type TestName = keyof Figures;

/** The outcome of a test: one of its rows, or why it could not be seen. */
export type Outcome<Test extends TestName> = keyof Figures[Test] | { readonly unseen: string };
