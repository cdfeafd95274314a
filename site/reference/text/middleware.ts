/** What a reader of one middleware's page has to know beside its doc comment. */
export interface MiddlewareText {
  /** Code for an Express application. */
  readonly code: string;
  /** Guides about it: the file in `docs/` without `.md`, and the text of the link. */
  readonly guides: readonly (readonly [file: string, text: string])[];
}

/** One row for each middleware that the package exports: the pages cannot be made where one is missing. */
export const middlewareTexts: Readonly<Record<string, MiddlewareText>> = {
  securityHeaders: {
    code: 'app.use(securityHeaders("strict", { contentSecurityPolicy: { imgSrc: ["self", "https://images.example"] } }));',
    guides: [
      ["overrides", "Overrides, and the keys of a policy"],
      ["rollout", "From no policy to an enforced one"],
    ],
  },
  override: {
    code: 'app.get("/embed", override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }), handler);',
    guides: [["overrides", "Overrides, and the keys of a policy"]],
  },
  sealHeaders: {
    code: "app.use(securityHeaders());\napp.use(sealHeaders());",
    guides: [["responses", "Responses: sealing, https, cookies"]],
  },
  httpsRedirect: {
    code: 'app.use(securityHeaders());\napp.use(httpsRedirect({ hosts: ["example.com", "*.example.com"], except: ["/health"] }));',
    guides: [["responses", "Responses: sealing, https, cookies"]],
  },
  secureCookies: {
    code: 'app.use(secureCookies({ except: ["XSRF-TOKEN"] }));',
    guides: [["responses", "Responses: sealing, https, cookies"]],
  },
};
