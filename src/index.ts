import type {} from "./middleware/express.js";

export { PolicyError, type PolicyErrorCode, type PolicyIssue } from "./errors.js";
export type { Patch } from "./headers/patch.js";
export { nonceOf, policyOf } from "./middleware/in-force.js";
export { override } from "./middleware/override.js";
export { securityHeaders } from "./middleware/security-headers.js";
export type { Middleware, Next, RequestLike, ResponseLike } from "./middleware/state.js";
export type { CheckedLayers } from "./policy/check-types.js";
export { append, remove } from "./policy/edits.js";
export { type HeadersInput, parseHeaders } from "./policy/parse.js";
export { definePolicy, type Layer, type Policy } from "./policy/policy.js";
export { type HeaderSet, type RenderOptions, renderHeaders } from "./policy/render.js";
export { observe, reportOnly } from "./policy/rollout.js";
export type { Preset, PresetName } from "./presets/index.js";
export type { Edit } from "./values/edits.js";
export { type Nonce, nonce, type PerRequest, type PerRequestInput, perRequest, type SlotValue } from "./values/slots.js";
export { type Source, source } from "./values/sources.js";
