import { preset } from "./preset.js";

/** The default: works for a server-rendered site on the first try. Every header at its own defaults. */
export const recommended = preset("recommended", true, () => ({
  contentSecurityPolicy: true,
  strictTransportSecurity: true,
  xFrameOptions: true,
  xContentTypeOptions: true,
  referrerPolicy: true,
  permissionsPolicy: true,
  crossOriginOpenerPolicy: true,
  crossOriginResourcePolicy: true,
  originAgentCluster: true,
  xDnsPrefetchControl: true,
  xXssProtection: true,
  stripHeaders: ["X-Powered-By"],
}));
