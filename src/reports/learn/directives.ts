import { directives, keyOfName } from "../../headers/content-security-policy/directives.js";
import { own } from "../../values/own.js";

/**
 * What reports may add to a directive. `"fetches"`: hosts, and schemes such as `data:`. `"executes"`: hosts only, because content in a
 * `data:` or `blob:` URL is as powerful as inline code. `"never"`: the author decides, or the directive takes no sources.
 */
type Learning = "fetches" | "executes" | "never";

const LEARNING: Readonly<Record<keyof typeof directives, Learning>> = {
  defaultSrc: "executes",
  scriptSrc: "executes",
  scriptSrcElem: "executes",
  scriptSrcAttr: "executes",
  styleSrc: "fetches",
  styleSrcElem: "fetches",
  styleSrcAttr: "fetches",
  imgSrc: "fetches",
  fontSrc: "fetches",
  connectSrc: "fetches",
  mediaSrc: "fetches",
  objectSrc: "executes",
  childSrc: "executes",
  frameSrc: "executes",
  workerSrc: "executes",
  manifestSrc: "fetches",
  fencedFrameSrc: "executes",
  baseUri: "never",
  formAction: "fetches",
  frameAncestors: "never",
  sandbox: "never",
  webrtc: "never",
  requireTrustedTypesFor: "never",
  trustedTypes: "never",
  upgradeInsecureRequests: "never",
  treatAsPublicAddress: "never",
  reportUri: "never",
  reportTo: "never",
};

/** What reports may add to a directive, by its wire name; a directive that is not known here learns nothing. */
export function learningOf(name: string): Learning {
  return (own(LEARNING, keyOfName.get(name) ?? "") as Learning | undefined) ?? "never";
}

/**
 * The key to which a source is added: of the directive itself where the policy has it, else of the one that covers its whole kind.
 *
 * @param name the directive as browsers report it, such as `script-src-elem`.
 * @param csp the directives of the policy, by key.
 * @returns undefined where reports add nothing to this directive.
 */
export function directiveToWiden(name: string, csp: Readonly<Record<string, unknown>>): string | undefined {
  const key = keyOfName.get(name);
  if (key === undefined || learningOf(name) === "never") return undefined;
  const general = key.replace(/(?:Elem|Attr)$/, "");
  return own(csp, key) === undefined && Object.hasOwn(directives, general) ? general : key;
}
