import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { definePolicy, nonce } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const WRITTEN =
  "Next.js matches the path as the client sent it: with a dynamic segment, /posts/%6eew serves the page /posts/new without the headers of that route. Keep the paths around a route as strict as the route.";
const site = definePolicy("none", { xFrameOptions: "DENY" });

describe("headers of next.config", () => {
  it("are plain data, with one entry for each path", () => {
    const routes = [
      { path: "/embed", layers: [{ xFrameOptions: false as const, xContentTypeOptions: true as const }] },
      { path: "/api/*", layers: [{ xContentTypeOptions: true as const }] },
      { path: "/api/a.b+c:d", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
    ];
    expect(exportPolicy("next-config", { policy: site, routes })).toEqual({
      warnings: ["Next.js cannot remove a header that the application sends: on /embed X-Frame-Options stays.", WRITTEN],
      files: [
        {
          path: "portcullis-headers.mjs",
          text: `// For next.config.mjs or next.config.ts:
// import portcullis from "./portcullis-headers.mjs";
// export default { headers: async () => portcullis };
// Each path matches exactly one entry, because a later entry can replace a header but not remove it.
export default [
  {
    "source": "/((?!api/|embed/?$|api/a\\\\.b\\\\+c:d/?$).*)",
    "headers": [
      {
        "key": "X-Frame-Options",
        "value": "DENY"
      }
    ]
  },
  {
    "source": "/api/((?!a\\\\.b\\\\+c:d/?$).*)",
    "headers": [
      {
        "key": "X-Frame-Options",
        "value": "DENY"
      },
      {
        "key": "X-Content-Type-Options",
        "value": "nosniff"
      }
    ]
  },
  {
    "source": "/embed",
    "headers": [
      {
        "key": "X-Content-Type-Options",
        "value": "nosniff"
      }
    ]
  },
  {
    "source": "/api/a.b\\\\+c\\\\:d",
    "headers": [
      {
        "key": "X-Frame-Options",
        "value": "SAMEORIGIN"
      },
      {
        "key": "X-Content-Type-Options",
        "value": "nosniff"
      }
    ]
  }
];
`,
        },
      ],
    });
  });

  it("are refused with a nonce, and lead to where Next sets one", () => {
    expect(issuesOf(() => exportPolicy("next-config", { policy: ["strict", { contentSecurityPolicy: { scriptSrc: [nonce] } }] }))).toEqual([
      'contentSecurityPolicy.scriptSrc: differs per response, but printed values are static. Write hashes instead: see hashesOf in "portcullis/hashes". Or set the policy in proxy.ts: see docs/next.md.',
    ]);
  });

  it("are refused for a path that Next takes for another one", () => {
    expect(issuesOf(() => exportPolicy("next-config", { policy: site, routes: [{ path: "/a/", layers: [] }] }))).toEqual([
      '"/a/": is the same path as without the slash at its end to Next.js. Write "/a".',
    ]);
  });

  it("warn of pages that would not hydrate", () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self", "unsafe-inline"] } });
    const routes = [{ path: "/a", layers: [{ contentSecurityPolicy: { scriptSrc: ["self" as const] } }] }];
    expect(exportPolicy("next-config", { policy, routes }).warnings).toEqual([
      WRITTEN,
      "Next.js writes inline scripts into its pages, and the policy of /a blocks them: pages would not hydrate. See docs/next.md.",
    ]);
  });

  it("warn of what they cannot do", () => {
    const policy = definePolicy(site, { stripHeaders: ["X-Powered-By"] });
    expect(exportPolicy("next-config", { policy, upstream: "http://app:1" }).warnings).toEqual([
      "The upstream is not printed: Next.js is the application itself.",
      "Next.js cannot remove a header that the application sends: X-Powered-By stays. For X-Powered-By, set poweredByHeader: false.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("next-config", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });
});
