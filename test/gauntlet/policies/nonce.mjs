import { append, definePolicy, nonce } from "portcullis";

export const policy = definePolicy("strict", { contentSecurityPolicy: { scriptSrc: append(nonce), styleSrc: append(nonce) } });
