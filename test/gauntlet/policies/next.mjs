import { definePolicy } from "portcullis";

// As in the site's own proxy.js.
export const policy = definePolicy("strictDynamic", { contentSecurityPolicy: { requireTrustedTypesFor: false, trustedTypes: false } });
