import { preset } from "./preset.js";

/** A patch: what must not reach a browser that visits http://localhost. */
export const development = preset("development", false, () => ({
  strictTransportSecurity: false,
  contentSecurityPolicy: { upgradeInsecureRequests: false },
}));
