import { append } from "../../src/index.js";
import { endpoint, testHeader } from "./tables.js";

testHeader({
  sent: [
    ["permissionsPolicy", true, "Permissions-Policy", "geolocation=(), microphone=(), camera=()"],
    [
      "permissionsPolicy",
      { camera: "*", geolocation: [], payment: ["self", "https://a.com"] },
      "Permissions-Policy",
      'camera=*, geolocation=(), payment=(self "https://a.com")',
    ],
    [
      "permissionsPolicy",
      { browsingTopics: [], chUaHighEntropyValues: ["self"] },
      "Permissions-Policy",
      "browsing-topics=(), ch-ua-high-entropy-values=(self)",
    ],
    [
      "permissionsPolicy",
      { camera: ["https://*.a.com"], usb: { allow: ["self"] } },
      "Permissions-Policy",
      'camera=("https://*.a.com"), usb=(self)',
    ],
    ["permissionsPolicyReportOnly", { camera: [] }, "Permissions-Policy-Report-Only", "camera=()"],
  ],
  refused: [
    [
      { permissionsPolicy: { camera: true } },
      'permissionsPolicy.camera: true is not an allowlist. Write ["self"] for this site, or "*" for every site.',
    ],
    [{ permissionsPolicy: { camera: false } }, "permissionsPolicy.camera: false is not an allowlist. Write [] for nobody."],
    [
      { permissionsPolicy: { camera: "'self' https://a.com" } },
      `permissionsPolicy.camera: "'self' https://a.com" is not an allowlist. Write ["self", "https://a.com"].`,
    ],
    [{ permissionsPolicy: { camera: "'none'" } }, `permissionsPolicy.camera: "'none'" is not an allowlist. Write [] for nobody.`],
    [{ permissionsPolicy: { camera: "()" } }, 'permissionsPolicy.camera: "()" is not an allowlist. Write [] for nobody.'],
    [
      { permissionsPolicy: { camera: "what" } },
      'permissionsPolicy.camera: "what" is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    ],
    [
      { permissionsPolicy: { camera: "nonesuch" } },
      'permissionsPolicy.camera: "nonesuch" is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    ],
    [
      { permissionsPolicy: { camera: "()x" } },
      'permissionsPolicy.camera: "()x" is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    ],
    [
      { permissionsPolicy: { camera: "" } },
      'permissionsPolicy.camera: "" is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    ],
    [{ permissionsPolicy: { camera: ["'self'"] } }, `permissionsPolicy.camera[0]: "'self'" is spelt as in Feature-Policy. Write "self".`],
    [
      { permissionsPolicy: { camera: ["none", "*", "src"] } },
      'permissionsPolicy.camera[0]: "none" is spelt as in Feature-Policy. Write [] for nobody.',
      'permissionsPolicy.camera[1]: "*" cannot be a member of a list. Write "*" instead of the list.',
      'permissionsPolicy.camera[2]: "src" belongs to the allow attribute of a frame. Write "self", or origins.',
    ],
    [
      { permissionsPolicy: { camera: ["https://a.com/x", "a.com", "https://*.a.com/"] } },
      'permissionsPolicy.camera[0]: "https://a.com/x" is not an origin. Write "https://a.com".',
      'permissionsPolicy.camera[1]: "a.com" is not an origin. Write "https://a.com".',
      'permissionsPolicy.camera[2]: "https://*.a.com/" is not an origin. Write "https://*.a.com".',
    ],
    [{ permissionsPolicy: { camra: [] } }, 'permissionsPolicy.camra: unknown feature. Did you mean "camera"?'],
    [
      { permissionsPolicy: { "browsing-topics": [] } },
      'permissionsPolicy["browsing-topics"]: features are written in camelCase. Write browsingTopics.',
    ],
    [
      { permissionsPolicy: { camera: { allow: [], reportTo: "x" } } },
      `permissionsPolicy.camera.reportTo: "x" ${endpoint}. Write reportingEndpoints: { x: "/csp-report" }, or just reporting: "/csp-report".`,
    ],
    [
      { permissionsPolicy: { camera: { allow: {} } } },
      'permissionsPolicy.camera.allow: an object is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
    ],
    [{ permissionsPolicy: { camera: { alow: [], allow: [] } } }, 'permissionsPolicy.camera.alow: unknown option. Did you mean "allow"?'],
    [
      { permissionsPolicy: { camera: { alow: [], reportTo: 3 } } },
      'permissionsPolicy.camera.allow: undefined is not an allowlist. Write a list such as ["self"], [] for nobody, or "*".',
      "permissionsPolicy.camera.reportTo: 3 is not the name of an endpoint. Write the name of a key of reportingEndpoints.",
      'permissionsPolicy.camera.alow: unknown option. Did you mean "allow"?',
    ],
    [
      { permissionsPolicy: { camera: { allow: [], toString: [] } } },
      "permissionsPolicy.camera.toString: unknown option. It takes allow and reportTo.",
    ],
    [
      { permissionsPolicy: { camera: { allow: [], reportTo: "a b" } } },
      'permissionsPolicy.camera.reportTo: "a b" is not the name of an endpoint. Write the name of a key of reportingEndpoints.',
    ],
    [
      { permissionsPolicy: { geolocation: append("self") } },
      "permissionsPolicy.geolocation: append(…) works on directives of contentSecurityPolicy only. Write the whole value.",
    ],
  ],
  broken: [
    [{ "Permissions-Policy": "camera 'none'" }, `"Permissions-Policy": "camera 'none'" is not a structured field. See RFC 9651.`],
    [
      { "Permissions-Policy": "camera=(none)" },
      '"Permissions-Policy".camera: "none" is not an origin. Write self, or an origin in double quotes.',
    ],
    [{ "Permissions-Policy": "camra=()" }, '"Permissions-Policy": "camra" is not a feature. Did you mean "camera"?'],
  ],
  normalised: [["Permissions-Policy", "camera=self,usb=(*)", "camera=(self), usb=*"]],
});
