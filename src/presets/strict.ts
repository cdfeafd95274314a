import { noPowerfulFeatures } from "../headers/permissions-policy/index.js";
import { preset } from "./preset.js";

/** Everything `'none'` or `'self'`, nothing inline. */
export const strict = preset("strict", true, () => ({
  contentSecurityPolicy: {
    defaultSrc: ["none"],
    scriptSrc: ["self"],
    styleSrc: ["self"],
    imgSrc: ["self"],
    fontSrc: ["self"],
    connectSrc: ["self"],
    frameAncestors: ["none"],
    baseUri: ["self"],
    formAction: ["self"],
  },
  strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "no-referrer",
  permissionsPolicy: noPowerfulFeatures(),
  crossOriginOpenerPolicy: true,
  crossOriginResourcePolicy: true,
  originAgentCluster: true,
  xDnsPrefetchControl: true,
  xPermittedCrossDomainPolicies: "none",
  xXssProtection: true,
  stripHeaders: ["X-Powered-By"],
}));
