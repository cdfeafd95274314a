import type { AuditRule } from "../finding.js";

/** Every site may read the response with the visitor's credentials. Fetch §3.3. */
export const corsUniversal: AuditRule<"cors-universal"> = {
  rule: "cors-universal",

  check: ({ values }) => {
    const [origin] = values("access-control-allow-origin");
    const credentials = values("access-control-allow-credentials")[0] === "true";
    if (!credentials || (origin !== "*" && origin !== "null")) return [];
    return [
      {
        header: "Access-Control-Allow-Origin",
        severity: origin === "null" ? "high" : "low",
        message:
          origin === "null"
            ? "null with credentials lets every site read this response with the visitor's cookies, from a sandboxed frame."
            : "Browsers refuse * together with credentials: no other site can read the response to a request with cookies.",
        fix: "Write the one origin that may read it, such as https://app.example, or remove Access-Control-Allow-Credentials. Do not copy the Origin of every request.",
      },
    ];
  },
};
