import { expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";

it("a filter's own settings in a virtual host of Envoy that change headers are noted", () => {
  const text = `virtual_hosts:
- name: a
  domains: ["*"]
  response_headers_to_add:
  - header: { key: X-Frame-Options, value: DENY }
  typed_per_filter_config:
    mutate:
      "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
      mutations: { response_mutations: [{ append: { header: { key: X-Frame-Options, value: SAMEORIGIN } } }] }
  routes:
  - match: { prefix: / }
    route: { cluster: app }
`;
  expect(parseConfig("envoy", text).notes.some(({ differs, message }) => differs && message.includes("HeaderMutation"))).toBe(true);
});
