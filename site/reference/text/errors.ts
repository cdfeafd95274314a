import type { PolicyErrorCode } from "../../../src/errors.js";

/** How one kind of mistake comes about. */
export interface ErrorText {
  /** Code that has the mistake, as a reader would write it. */
  readonly example: string;
  /** The layers of that code, where `definePolicy` throws the error; the page has its message. */
  readonly layers?: readonly unknown[];
  /** What to do; one or two sentences. */
  readonly mend: string;
}

/** A code without a row here is a compile error. */
export const errorTexts: Readonly<Record<PolicyErrorCode, ErrorText>> = {
  "unknown-name": {
    example: 'definePolicy({ xFrameOption: "DENY" })',
    layers: [{ xFrameOption: "DENY" }],
    mend: "Check the spelling: the hint names the nearest name that exists.",
  },
  "wrong-type": {
    example: "definePolicy({ xFrameOptions: null })",
    layers: [{ xFrameOptions: null }],
    mend: "Write a value of the type that the hint names. `false` switches a key off; `null` is always refused.",
  },
  "invalid-value": {
    example: 'definePolicy({ contentSecurityPolicy: { scriptSrc: ["slef"] } })',
    layers: [{ contentSecurityPolicy: { scriptSrc: ["slef"] } }],
    mend: "Write what the hint says. Browsers would ignore the value, or the whole header.",
  },
  conflict: {
    example: "definePolicy({ strictTransportSecurity: { maxAge: 300, preload: true } })",
    layers: [{ strictTransportSecurity: { maxAge: 300, preload: true } }],
    mend: "Change one of the two values: each alone is fine.",
  },
  missing: {
    example: "definePolicy({ contentSecurityPolicy: { mediaSrc: true } })",
    layers: [{ contentSecurityPolicy: { mediaSrc: true } }],
    mend: "Add the value that the hint names.",
  },
  "unknown-endpoint": {
    example: 'definePolicy({ contentSecurityPolicy: { reportTo: "csp" } })',
    layers: ["recommended", { contentSecurityPolicy: { reportTo: "csp" } }],
    mend: 'Write `reporting: "/csp-report"`, which defines the endpoint too, or the name of an endpoint of `reportingEndpoints`.',
  },
  "unresolved-edit": {
    example: 'definePolicy("none", { contentSecurityPolicy: { frameAncestors: append("self") } })',
    mend: "Write the whole list in place of the edit, or put a layer below that has one.",
  },
  unreadable: {
    example: 'definePolicy({ get xFrameOptions() { throw new Error("…"); } })',
    mend: "Pass plain objects. The error of the getter is the `cause` of this one.",
  },
  "slot-failed": {
    example: 'definePolicy({ contentSecurityPolicy: { imgSrc: [perRequest(() => "not a source")] } })',
    mend: "Return a source or a list of sources from the function; an empty list adds nothing. The response is sent without its sources, and `next` gets the error.",
  },
  "slot-empty": {
    example: 'renderHeaders(definePolicy("strictDynamic"))',
    mend: "Pass the value: `renderHeaders(policy, { nonce })`, and `slots` for `perRequest`.",
  },
  "no-policy": {
    example: "app.use(override({ xFrameOptions: false }))",
    mend: "Mount `securityHeaders()` before `override`, `sealHeaders`, `nonceOf` and `policyOf`, on the same response.",
  },
  "headers-sent": {
    example: 'res.write("…"); override({ xFrameOptions: false })(req, res, next)',
    mend: "Mount the middleware before what sends the response.",
  },
  "not-called": {
    example: "app.use(securityHeaders)",
    mend: "Call it: `app.use(securityHeaders())`.",
  },
};
