import { testHeader } from "./tables.js";

testHeader({
  refused: [
    [
      { hsts: true },
      'hsts: unknown header. This is a helmet option: write strictTransportSecurity: true, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
    ],
    ...[
      ["noSniff", "xContentTypeOptions: true"],
      ["dnsPrefetchControl", "xDnsPrefetchControl: true"],
      ["ieNoOpen", "xDownloadOptions: true"],
      ["frameguard", "xFrameOptions: true"],
      ["permittedCrossDomainPolicies", "xPermittedCrossDomainPolicies: true"],
      ["xssFilter", "xXssProtection: true"],
      ["hidePoweredBy", 'stripHeaders: ["X-Powered-By"]'],
      ["xPoweredBy", 'stripHeaders: ["X-Powered-By"]'],
    ].map(([name, key]): [object, string] => [
      { [name as string]: true },
      `${name}: unknown header. This is a helmet option: write ${key}, or wrap helmet options in fromHelmet() from "portcullis/helmet".`,
    ]),
    [{ expectCt: {} }, "expectCt: unknown header. Take it out: browsers have removed Expect-CT."],
    [{ featurePolicy: {} }, "featurePolicy: unknown header. Permissions-Policy replaces it: write permissionsPolicy: { camera: [] }."],
    [{ csp: {} }, "csp: unknown header. Write contentSecurityPolicy."],
    [
      { directives: {} },
      'directives: unknown header. Write the directives into contentSecurityPolicy: { … }, or wrap helmet options in fromHelmet() from "portcullis/helmet".',
    ],
    [{ scriptSrc: [] }, "scriptSrc: unknown header. This is a directive: write contentSecurityPolicy: { scriptSrc: … }."],
    [{ "script-src": [] }, '"script-src": unknown header. This is a directive: write contentSecurityPolicy: { scriptSrc: … }.'],
    [{ geolocation: [] }, "geolocation: unknown header. This is a feature: write permissionsPolicy: { geolocation: … }."],
    [
      { includeSubDomains: true },
      "includeSubDomains: unknown header. This is an option: write strictTransportSecurity: { includeSubDomains: … }.",
    ],
    [{ xFrameOptoins: "DENY" }, 'xFrameOptoins: unknown header. Did you mean "xFrameOptions"?'],
    [{ "x-frame-options": "DENY" }, '"x-frame-options": headers are written in camelCase. Write xFrameOptions.'],
    [{ "X-DNS-Prefetch-Control": "on" }, '"X-DNS-Prefetch-Control": headers are written in camelCase. Write xDnsPrefetchControl.'],
    [
      { somethingElseEntirely: 1 },
      'somethingElseEntirely: unknown header. For a header without a key of its own write custom: { "Something-Else-Entirely": "…" }.',
    ],
  ],
});
