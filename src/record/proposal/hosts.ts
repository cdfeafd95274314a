import type { Finding } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import { directiveToWiden } from "../../reports/learn/directives.js";
import type { Learned, Suggestion } from "../../reports/learn/learned.js";
import { isHostAddress } from "../../reports/learn/sources.js";
import { learn } from "../../reports/learn.js";
import { isLoopback } from "../../values/loopback.js";
import { own as ownValue } from "../../values/own.js";
import { readSource } from "../../values/sources.js";
import { type Allowed, distinct, type Needed, NOTHING, type Part, some, valueIn } from "./part.js";
import { type Answered, storedQuestion, withQuestions } from "./stored.js";

/**
 * Hosts and schemes. Its evidence is a walk of one's own: the thresholds against made-up reports do not apply. A foreign host that runs code,
 * or gets what is typed into a form, has to be confirmed where some pages only have it.
 */
export function hostPart(policy: Policy, groups: readonly Group[], answered: Answered): Part {
  const own = groups.filter(isAboutRequest).map(asObserved);
  // A policy without a CSP blocks nothing, and learn() does not take it.
  if (own.length === 0) return NOTHING;
  const learned = learn(policy, own, { minClients: 1, minDays: 1, minRoutes: 1, anyPolicy: true });
  const csp = (valueIn(policy.resolved, "contentSecurityPolicy") || {}) as Readonly<Record<string, unknown>>;
  const groupsOf = ({ directive, source }: Suggestion) =>
    own.filter((group) => group.blocked === source && directiveToWiden(group.directive, csp) === directive);
  const { free, pending } = withQuestions(learned.suggestions.filter(isIn), (one) => {
    const role = ownValue(ROLES, one.directive);
    if (role === undefined || !isHostAddress(one.source)) return undefined;
    return storedQuestion({ groups: groupsOf(one), what: `${one.source} ${role}`, origin: one.source }, answered);
  });
  const schemes = own.filter(isLocalFrame).map(({ blocked, route }) => ({
    directive: "frameSrc",
    source: `${blocked}:`,
    // What a data: or blob: URL has in a frame inherits the policy of the page. CSP3 §7.8.
    why: `framed on ${route}`,
    code: undefined,
  }));
  return {
    ...NOTHING,
    allowed: [
      ...free.map(({ directive, source, evidence }) => ({
        directive,
        source,
        why: `requested on ${evidence.routes.join(", ")}`,
        code: undefined,
      })),
      ...schemes,
    ],
    pending,
    needed: neededOf(learned),
  };
}

function neededOf({ suggestions, advice }: Learned): readonly Needed[] {
  return [
    ...suggestions
      .filter((one) => !isIn(one))
      .map(({ directive, source, why, evidence }) => ({
        message: `${directive} ${source}: ${why}`,
        pages: evidence.pages,
        code: undefined,
      })),
    ...advice
      .filter(({ directive, blocked }) => !isLocalFrame({ directive, blocked }))
      .map(({ message, evidence }) => ({ message, pages: evidence.pages, code: undefined })),
  ];
}

/** What a host does for a directive, of those with which it gains more than to be seen: it runs code, or gets what visitors type. */
const ROLES: Readonly<Record<string, string>> = {
  scriptSrc: "serves a script",
  scriptSrcElem: "serves a script",
  workerSrc: "serves a worker",
  objectSrc: "serves a plugin or document of an <object> or <embed>",
  formAction: "gets what a form sends",
};

/** Whether a suggestion is allowed. What an audit says of plain http is not true of this machine: nobody can change it on the way. */
function isIn({ confidence, source, risks }: Suggestion): boolean {
  if (confidence === "high" || confidence === "medium") return true;
  const isBad = ({ severity, message }: Finding) => (severity === "high" || severity === "medium") && !message.includes("over plain http");
  return confidence === "risky" && isLoopbackSource(source) && !risks.some(isBad);
}

const isLoopbackSource = (source: string) => {
  const read = readSource(source, "policy");
  return read.kind === "host" && isLoopback(read.host);
};

/** A remark on allowed hosts of this machine, such as the API server of a developer. */
export function loopbackNotes(allowed: readonly Allowed[]): readonly string[] {
  const hosts = distinct(allowed.map(({ source }) => source).filter(isLoopbackSource));
  if (hosts.length === 0) return [];
  const [are, each] = hosts.length === 1 ? ["is", "it"] : ["are", "each"];
  return [`${some(hosts)} ${are} of this machine only: in the policy of a published site, write the address that ${each} has there.`];
}

/** What browsers report instead of an address. */
const KEYWORDS: readonly string[] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"];

/** Whether no other part of a proposal is about it. */
function isAboutRequest({ type, directive, blocked }: Group): boolean {
  if (type !== "csp-violation" || KEYWORDS.includes(blocked) || directive === "frame-ancestors") return false;
  if (directive === "base-uri") return blocked !== "self";
  return !isBlobScript({ directive, blocked });
}

/** A script that another script made. */
export function isBlobScript({ directive, blocked }: Pick<Group, "directive" | "blocked">): boolean {
  return blocked === "blob" && /^script-src(?:-elem)?$/.test(directive);
}

const isLocalFrame = ({ directive, blocked }: Pick<Group, "directive" | "blocked">) =>
  directive === "frame-src" && (blocked === "data" || blocked === "blob");

/**
 * What only enforcement has shown counts as well. `default-src` is reported for a prefetch, which any directive that allows its address
 * allows: the one for connections adds least. CSP3 §6.1.3.
 */
function asObserved(group: Group): Group {
  const isPrefetch = group.directive === "default-src" && /^https?:/.test(group.blocked);
  return { ...group, disposition: "report", directive: isPrefetch ? "connect-src" : group.directive };
}
