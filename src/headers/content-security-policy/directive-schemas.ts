import * as z from "zod/mini";
import { checked, expecting } from "../../values/schema.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import type { Schema } from "../header.js";
import { isReportAddress } from "../reporting-endpoints.js";
import { endpointName } from "../reporting-word.js";
import { type Directive, rows, SANDBOX_TOKENS, type sourceLists, takesOf } from "./directives.js";
import { type Problem, sourceList } from "./source-list.js";

// Trusted Types §4.2.2: tt-policy-name
const POLICY_NAME = /^[A-Za-z0-9\-#=_/@.%]+$/;
const TRUSTED_TYPES_WORDS = ["none", "allow-duplicates", "'none'", "'allow-duplicates'"];

function trustedTypesName(text: string): Problem | undefined {
  if (text === "*" || TRUSTED_TYPES_WORDS.includes(text) || POLICY_NAME.test(text)) return undefined;
  return ["is not the name of a policy", 'Write a name, "*", "allow-duplicates" or "none".'];
}

/** A list of words without spaces; `hint` for an empty list and for a value that is not a list. */
function wordList(problem: (text: string) => Problem | undefined, member: string, hint: string, least = 1) {
  const error = ({ input }: { input?: unknown }) => expecting("a list", listHint(input, hint));
  const empty = z.refine<readonly unknown[]>((list) => list.length >= least, { params: { message: "an empty list says nothing", hint } });
  return z.array(checked("a string", problem, member), { error }).check(empty);
}

function listHint(value: unknown, hint: string): string {
  if (value === null) return "Leave the key out, or write false.";
  const isText = typeof value === "string" && /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value) && value.length <= 200;
  return isText ? `Write [${value.split(" ").map(show).join(", ")}].` : hint;
}

const isBareNone = (item: unknown): boolean => item === "none" || item === "'none'";

function trustedTypes() {
  return wordList(trustedTypesName, 'Write a name such as "default".', 'Write the names, such as ["default"], or ["none"].').check(
    ({ value, issues }) => {
      const none = value.findIndex(isBareNone);
      if (none < 0 || value.length === 1) return;
      const params = { message: '"none" has no effect beside other names', hint: 'Write ["none"] alone, or take it out.' };
      issues.push({ code: "custom", input: value, path: [none], params });
    },
  );
}

// A path or an http(s) URL, RFC 3986, without the characters that end directives and policies.
function reportUrl(text: string): Problem | undefined {
  const clean = /^[\x21-\x7e]+$/.test(text) && !/[;,]/.test(text);
  const fits = clean && URL.canParse(text, "https://site.example") && isReportAddress(text);
  return fits ? undefined : [`is not a URL to report to`, 'Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.'];
}

function sandboxToken(text: string): Problem | undefined {
  if ((SANDBOX_TOKENS as readonly string[]).includes(text)) return undefined;
  return ["is not a sandbox token", didYouMean(text, SANDBOX_TOKENS) || `Write ${oneOf(SANDBOX_TOKENS)}.`];
}

function sinkGroup(text: string): Problem | undefined {
  return text === "script" || text === "'script'" ? undefined : ["is not a group of sinks", 'Write ["script"].'];
}

const makers: Readonly<Record<Exclude<Directive["takes"], keyof typeof sourceLists>, () => Schema>> = {
  sandbox: () => wordList(sandboxToken, "Write a token.", 'Write tokens such as ["allow-scripts"], or [] for none.', 0),
  trustedTypes,
  trustedTypesFor: () => wordList(sinkGroup, 'Write "script".', 'Write ["script"].'),
  urls: () => wordList(reportUrl, 'Write a path such as "/csp-report".', 'Write a list such as ["/csp-report"].'),
  endpoint: endpointName,
  webrtc: () => z.enum(["allow", "block", "'allow'", "'block'"]),
  flag: () =>
    z.boolean({
      error: ({ input }) => (Array.isArray(input) && input.length === 0 ? expecting("true or false", "Write true.") : undefined),
    }),
};

const schemas = new Map<string, Schema>();

/** The schema of a directive's plain value; built when a policy first writes it: most policies write a dozen directives. */
export function directiveSchema(key: string): Schema {
  let schema = schemas.get(key);
  if (schema === undefined) {
    const takes = takesOf(key);
    schema = takes === undefined ? makers[rows[key]?.takes as keyof typeof makers]() : sourceList(key, takes);
    schemas.set(key, schema);
  }
  return schema;
}

/** The schemas of all directives, by key; each is built when it is read. */
export function directiveSchemas(): Readonly<Record<string, Schema>> {
  const getters = Object.keys(rows).map((key) => [key, { enumerable: true, get: () => directiveSchema(key) }] as const);
  return Object.defineProperties({}, Object.fromEntries(getters)) as Record<string, Schema>;
}
