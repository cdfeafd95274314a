import { append, definePolicy } from "portcullis";

// Its palette makes a button with an event handler for each type of node, and its editor about a hundred styles.
export const policy = definePolicy("strict", {
  contentSecurityPolicy: { styleSrc: append("unsafe-inline"), scriptSrcAttr: ["unsafe-inline"] },
});
