import { preset } from "./preset.js";

/** The one patch: what must not reach a browser that visits http://localhost. */
export const development = preset("development", false, {
  strictTransportSecurity: false,
  contentSecurityPolicy: { upgradeInsecureRequests: false },
});
