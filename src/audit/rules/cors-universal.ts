import type { AuditRule } from "../finding.js";

/** Every site may read the response with the visitor's credentials. Fetch §3.3. */
export const corsUniversal: AuditRule = {
  rule: "cors-universal",

  check: ({ values }) => {
    const [origin] = values("access-control-allow-origin");
    const credentials = values("access-control-allow-credentials")[0] === "true";
    if (!credentials || (origin !== "*" && origin !== "null")) return [];
    return [
      {
        header: "Access-Control-Allow-Origin",
        severity: origin === "null" ? "high" : "medium",
        message:
          origin === "null"
            ? "null with credentials lets a sandboxed frame of any site read this response with the visitor's cookies."
            : "* with credentials would let every site read this response with the visitor's cookies; browsers refuse it, other clients do not.",
        fix: "Name the one allowed origin, or remove Access-Control-Allow-Credentials.",
      },
    ];
  },
};
