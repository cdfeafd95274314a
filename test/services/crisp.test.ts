import { expect, it } from "vitest";
import { crisp } from "../../src/services/crisp.js";
import { changes, fault } from "./support.js";

const PICTURES = "https://client.crisp.chat https://image.crisp.chat https://storage.crisp.chat";
const REQUESTS =
  "'self' https://client.crisp.chat https://storage.crisp.chat wss://client.relay.crisp.chat wss://client.relay.rescue.crisp.chat";

it("on strict", () => {
  expect(changes("strict", crisp())).toEqual({
    "script-src": "'self' https://client.crisp.chat",
    "style-src": "'self' 'unsafe-inline' https://client.crisp.chat",
    "img-src": `'self' data: ${PICTURES}`,
    "font-src": "'self' https://client.crisp.chat",
    "connect-src": REQUESTS,
    "media-src": "https://client.crisp.chat",
    "worker-src": "'self' blob: https://client.crisp.chat",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", crisp())).toEqual({
    "style-src": "'self' 'unsafe-inline' https://client.crisp.chat",
    "img-src": `'self' data: ${PICTURES}`,
    "font-src": "'self' https://client.crisp.chat",
    "connect-src": REQUESTS,
    "media-src": "https://client.crisp.chat",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", crisp())).toEqual({
    "script-src": "'self' https://client.crisp.chat",
    "style-src": "'self' 'unsafe-inline' https://client.crisp.chat",
    "img-src": `'self' data: ${PICTURES}`,
    "font-src": "'self' data: https://client.crisp.chat",
    "connect-src": REQUESTS,
    "media-src": "'self' https://client.crisp.chat",
    "worker-src": "'self' blob: https://client.crisp.chat",
  });
});

it("with calls", () => {
  expect(changes("strict", crisp({ calls: true }))).toMatchObject({ "connect-src": `${REQUESTS} wss://stream.relay.crisp.chat` });
});

it("with the game", () => {
  expect(changes("strictDynamic", crisp({ game: true }))).toMatchObject({
    "frame-src": "https://assets.crisp.chat https://game.crisp.chat",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => crisp({ gmae: true } as never))).toBe('crisp.gmae: unknown option. Did you mean "game"?');
});

it("with calls, the page may use the microphone and the camera", () => {
  expect(changes("strict", crisp({ calls: true }))).toMatchObject({ camera: "(self)", microphone: "(self)" });
});

it("without calls, the page may use neither", () => {
  expect(changes("strict", crisp({ game: true }))).not.toHaveProperty("microphone");
});
