import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { definePolicy, nonce } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const WRITTEN =
  "Next compares a path as the client wrote it: for a page with a dynamic segment, /posts/%6eew is the page of /posts/new without the headers of that route. Keep what lies around a route as strict as the route.";
const site = definePolicy("none", { xFrameOptions: "DENY" });

describe("headers of next.config", () => {
  it("are plain data, with one entry for each path", () => {
    const routes = [
      { path: "/embed", layers: [{ xFrameOptions: false as const, xContentTypeOptions: true as const }] },
      { path: "/api/*", layers: [{ xContentTypeOptions: true as const }] },
      { path: "/api/a.b+c:d", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
    ];
    expect(exportPolicy("next-config", { policy: site, routes })).toEqual({
      warnings: ["Next cannot remove a header that the application sends itself: on /embed X-Frame-Options stays.", WRITTEN],
      files: [
        {
          path: "portcullis-headers.mjs",
          text: `// For next.config.mjs or next.config.ts:
// import portcullis from "./portcullis-headers.mjs";
// export default { headers: async () => portcullis };
// Each path has one entry alone, because a later one could replace a header, and never take it back.
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
      'contentSecurityPolicy.scriptSrc: differs per response, and what is printed does not. Write hashes instead: see hashesOf in "portcullis/hashes". Or set the policy in proxy.ts: see docs/next.md.',
    ]);
  });

  it("are refused for a path that Next takes for another one", () => {
    expect(issuesOf(() => exportPolicy("next-config", { policy: site, routes: [{ path: "/a/", layers: [] }] }))).toEqual([
      '"/a/": is the same path to Next without the slash at its end. Write "/a".',
    ]);
  });

  it("warn of pages that would not hydrate", () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self", "unsafe-inline"] } });
    const routes = [{ path: "/a", layers: [{ contentSecurityPolicy: { scriptSrc: ["self" as const] } }] }];
    expect(exportPolicy("next-config", { policy, routes }).warnings).toEqual([
      WRITTEN,
      "Next writes inline scripts into its pages, and the policy of /a allows none: no page there would hydrate. See docs/next.md.",
    ]);
  });

  it("warn of what they cannot do", () => {
    const policy = definePolicy(site, { stripHeaders: ["X-Powered-By"] });
    expect(exportPolicy("next-config", { policy, upstream: "http://app:1" }).warnings).toEqual([
      "Next is the application itself, left out: the upstream.",
      "Next cannot remove a header that the application sends itself: X-Powered-By stays. For X-Powered-By write poweredByHeader: false.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("next-config", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers, and no file is printed."],
    });
  });
});
