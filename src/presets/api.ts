import { noPowerfulFeatures } from "../headers/permissions-policy/index.js";
import { preset } from "./preset.js";

/** A service that answers with data, never with a page. */
export const api = preset("api", true, () => ({
  contentSecurityPolicy: { defaultSrc: ["none"], frameAncestors: ["none"] },
  strictTransportSecurity: true,
  xFrameOptions: "DENY",
  xContentTypeOptions: true,
  referrerPolicy: "no-referrer",
  permissionsPolicy: noPowerfulFeatures(),
  crossOriginResourcePolicy: true,
  cacheControl: "no-store",
  stripHeaders: ["X-Powered-By"],
}));
