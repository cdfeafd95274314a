import { expect, it } from "vitest";
import { firebase } from "../../src/services/firebase.js";
import { changes, fault } from "./support.js";

const AUTH = "'self' https://identitytoolkit.googleapis.com https://securetoken.googleapis.com";

it("on every preset", () => {
  expect(changes("strict", firebase())).toEqual({ "connect-src": AUTH });
  expect(changes("strictDynamic", firebase())).toEqual({ "connect-src": AUTH });
  expect(changes("recommended", firebase())).toEqual({ "connect-src": AUTH });
});

it("with an authDomain, on strict", () => {
  expect(changes("strict", firebase({ authDomain: "example.firebaseapp.com" }))).toEqual({
    "script-src": "'self' https://apis.google.com",
    "connect-src": AUTH,
    "frame-src": "https://example.firebaseapp.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with an authDomain, on strictDynamic", () => {
  expect(changes("strictDynamic", firebase({ authDomain: "example.firebaseapp.com" }))).toEqual({
    "connect-src": AUTH,
    "frame-src": "https://example.firebaseapp.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("with an authDomain, on recommended", () => {
  expect(changes("recommended", firebase({ authDomain: "example.firebaseapp.com" }))).toEqual({
    "script-src": "'self' https://apis.google.com",
    "connect-src": AUTH,
    "frame-src": "'self' https://example.firebaseapp.com",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  });
});

it("with Firestore", () => {
  expect(changes("strict", firebase({ firestore: true }))).toEqual({ "connect-src": `${AUTH} https://firestore.googleapis.com` });
});

it("with a Realtime Database, in the United States and in Europe", () => {
  expect(changes("strict", firebase({ database: "example-default-rtdb.firebaseio.com" }))).toEqual({
    "connect-src": `${AUTH} wss://*.firebaseio.com`,
  });
  expect(changes("strict", firebase({ database: "example-default-rtdb.europe-west1.firebasedatabase.app" }))).toEqual({
    "connect-src": `${AUTH} wss://*.europe-west1.firebasedatabase.app`,
  });
});

it("with Storage", () => {
  expect(changes("strictDynamic", firebase({ storage: true }))).toEqual({
    "img-src": "'self' data: https://firebasestorage.googleapis.com",
    "connect-src": `${AUTH} https://firebasestorage.googleapis.com`,
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("with Messaging", () => {
  expect(changes("strict", firebase({ messaging: true }))).toEqual({
    "connect-src": `${AUTH} https://fcmregistrations.googleapis.com https://firebaseinstallations.googleapis.com`,
  });
  const noWorkers = { contentSecurityPolicy: { workerSrc: ["none"] } } as const;
  expect(changes("strict", noWorkers, firebase({ messaging: true }))).toMatchObject({ "worker-src": "'self'" });
});

it("with the SDK of Google's host", () => {
  expect(changes("strict", firebase({ cdn: true }))).toEqual({
    "script-src": "'self' https://www.gstatic.com/firebasejs/",
    "connect-src": AUTH,
  });
});

it("an authDomain that is an address", () => {
  expect(fault(() => firebase({ authDomain: "https://example.firebaseapp.com/" }))).toMatch(
    /^firebase\.authDomain: "https:\/\/example\.firebaseapp\.com\/" is not a host such as "example\.firebaseapp\.com"/,
  );
});

it.each(["firebaseio.com", "example.com", "localhost", "example.firebaseio.com.attacker.example"])(
  "%s is not the host of a database",
  (database) => {
    expect(fault(() => firebase({ database }))).toContain(`firebase.database: "${database}" is not a host of a database`);
  },
);

it.each([".firebaseio.com", "shop_1.firebaseio.com", "a.b.c.firebaseio.com", "*.firebaseio.com"])(
  "%s has no name of a database",
  (database) => {
    expect(fault(() => firebase({ database }))).toContain(`firebase.database: "${database}" is not a host of a database`);
  },
);
