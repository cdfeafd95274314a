import { nonce } from "../values/slots.js";
import { preset } from "./preset.js";
import { strict } from "./strict.js";

/** Scripts by nonce alone, Trusted Types, cross-origin isolation: the highest grade there is. */
export const strictDynamic = preset("strictDynamic", true, () => ({
  ...strict.patch,
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: [nonce, "strict-dynamic"],
    styleSrc: ["self"],
    imgSrc: ["self", "data:"],
    fontSrc: ["self"],
    connectSrc: ["self"],
    manifestSrc: ["self"],
    baseUri: ["none"],
    formAction: ["self"],
    frameAncestors: ["none"],
    objectSrc: ["none"],
    requireTrustedTypesFor: ["script"],
    trustedTypes: ["none"],
    upgradeInsecureRequests: true,
  },
  crossOriginEmbedderPolicy: "require-corp",
}));
