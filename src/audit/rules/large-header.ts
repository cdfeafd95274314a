import type { AuditRule, Found } from "../finding.js";

/** The default limit of nginx, Apache, Tomcat and others for the headers of a request or a response. */
const MOST_BYTES = 8_192;

/** A value that a proxy may refuse, and the whole response with it. */
export const largeHeader: AuditRule<"large-header"> = {
  rule: "large-header",

  check: ({ names, values }) =>
    [...new Set(names.map((name) => name.toLowerCase()))].flatMap((key): readonly Found[] =>
      values(key).flatMap((value) => {
        if (value.length <= MOST_BYTES) return [];
        const header = names.find((name) => name.toLowerCase() === key) as string;
        const message = `The value has ${value.length} bytes, and many servers and proxies refuse more than ${MOST_BYTES} bytes of header.`;
        return [
          { header, severity: "low", message, fix: "Write fewer sources: one host for many files, or a nonce with 'strict-dynamic'." },
        ];
      }),
    ),
};
