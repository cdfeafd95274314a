import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link crisp}. */
export interface CrispOptions {
  /** The game that visitors play while they wait, in a frame. Default: false. */
  readonly game?: boolean | undefined;
  /** Audio and video calls: the page may use the microphone and the camera. Default: false. */
  readonly calls?: boolean | undefined;
}

/**
 * Crisp's chatbox.
 *
 * @param options see {@link CrispOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const crisp = recipe<CrispOptions>(
  {
    name: "crisp",
    title: "Crisp",
    category: "chat",
    evidence: "vendor",
    pages: ["https://docs.crisp.chat/guides/others/whitelisting-our-systems/crisp-domain-names/"],
    checked: "2026-11-26",
    hosts: ["crisp.chat"],
    nonce: "The inline <script> of the installation code, which adds client.crisp.chat/l.js to the page.",
    notes: [
      "The installation code is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Calls use the microphone and the camera in the page itself: Crisp lists no frame for them, and no Permissions-Policy.",
      "The chatbox's styles are inline: where style-src has a nonce or a hash, browsers ignore 'unsafe-inline', and it is shown without some.",
    ],
  },
  () => ({ game: flag(), calls: flag() }),
  ({ game, calls }) => ({
    csp: {
      scriptSrc: ["https://client.crisp.chat"],
      styleSrc: ["unsafe-inline", "https://client.crisp.chat"],
      imgSrc: ["data:", "https://client.crisp.chat", "https://image.crisp.chat", "https://storage.crisp.chat"],
      fontSrc: ["https://client.crisp.chat"],
      connectSrc: [
        "https://client.crisp.chat",
        "https://storage.crisp.chat",
        "wss://client.relay.crisp.chat",
        "wss://client.relay.rescue.crisp.chat",
        ...(calls ? ["wss://stream.relay.crisp.chat"] : []),
      ],
      mediaSrc: ["https://client.crisp.chat"],
      frameSrc: game ? ["https://assets.crisp.chat", "https://game.crisp.chat"] : [],
      workerSrc: ["blob:", "https://client.crisp.chat"],
    },
    permissionsPolicy: calls ? { camera: ["self"], microphone: ["self"] } : {},
    crossOriginEmbedderPolicy: game ? "unsafe-none" : "credentialless",
  }),
);
