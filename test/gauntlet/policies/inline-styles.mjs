import { append, definePolicy } from "portcullis";

// For applications that write styles which differ from page to page: styles run no code.
export const policy = definePolicy("strict", { contentSecurityPolicy: { styleSrc: append("unsafe-inline") } });
