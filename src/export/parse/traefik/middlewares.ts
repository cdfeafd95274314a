import { type Data, entriesOf, itemsOf, memberOf, stringOf } from "../data.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import type { Change } from "../site.js";

/** A middleware as written in a file. */
export interface Middleware {
  readonly name: string;
  readonly yaml: Data;
}

/** The effect of a middleware. */
export interface ReadMiddleware {
  readonly changes: readonly Change[];
  readonly redirects: boolean;
  /** The parts that may respond in place of the application: `auth (basicAuth)`. */
  readonly answers?: string | undefined;
  /** Whether the middleware does not exist. */
  readonly missing?: true;
}

const NOTHING: ReadMiddleware = { changes: [], redirects: false };

/** Middlewares that may respond themselves. redirectScheme is left out: it responds to http only. */
const ANSWERING = [
  ...["basicAuth", "digestAuth", "forwardAuth", "ipAllowList", "ipWhiteList", "rateLimit", "inFlightReq"],
  ...["redirectRegex", "buffering", "circuitBreaker"],
];

/** Headers after such a middleware are not sent with its responses. The innermost is the first. */
export function noteEarlyAnswers(used: readonly ReadMiddleware[], line: number, note: Note): void {
  const innermost = used.findIndex(({ changes }) => changes.length > 0);
  const answering = innermost < 0 ? [] : used.slice(innermost + 1).flatMap(({ answers }) => answers ?? []);
  for (const name of new Set(answering)) note(line, `${name} may respond without the headers of later middlewares: put the headers first`);
}

/** Reads a middleware by its name, with the provider behind an `@` or without; chains are followed. */
export function middlewareOf(reference: string, all: ReadonlyMap<string, Middleware>, note: Note, depth = 1): ReadMiddleware {
  const found = all.get(reference) ?? all.get(reference.replace(/@[\w-]+$/, ""));
  if (found === undefined) return { ...NOTHING, missing: true };
  const { yaml } = found;
  note.spend("directives", 1);
  note.enter(depth, yaml.line);
  const chained = itemsOf(memberOf(memberOf(yaml, "chain"), "middlewares")).flatMap((one) => stringOf(one) ?? []);
  const inner = chained.reverse().map((one) => middlewareOf(one, all, note, depth + 1));
  if (inner.some(({ missing }) => missing)) note(yaml.line, "names a middleware that is not in this text: not read");
  if (memberOf(yaml, "plugin") !== undefined) note(yaml.line, "is a plugin, which may change headers: not read");
  if (memberOf(yaml, "errors") !== undefined) note(yaml.line, "answers errors from another service: not read");
  noteEarlyAnswers(inner, yaml.line, note);
  const headers = memberOf(yaml, "headers");
  // Every router that uses it gets a copy of its changes.
  note.spend(
    "work",
    STEPS_OF_A_COPY *
      (entriesOf(optionOf(headers, "customresponseheaders")).length + inner.reduce((sum, one) => sum + one.changes.length, 0)),
  );
  const kind = ANSWERING.find((one) => optionOf(yaml, one.toLowerCase()) !== undefined);
  return {
    answers: kind === undefined ? inner.findLast(({ answers }) => answers !== undefined)?.answers : `${found.name} (${kind})`,
    changes: [...inner.flatMap(({ changes }) => changes), ...(headers === undefined ? [] : headersOf(headers, note))],
    redirects:
      ["redirectscheme", "redirectregex"].some((kind) => optionOf(yaml, kind) !== undefined) || inner.some(({ redirects }) => redirects),
  };
}

/** Labels have all names in lower case, or in any. */
function optionOf(yaml: Data | undefined, name: string): Data | undefined {
  return entriesOf(yaml).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Options that send one header each, as tested on Traefik 3.7. */
const TEXTS: Readonly<Record<string, string>> = {
  contentsecuritypolicy: "Content-Security-Policy",
  contentsecuritypolicyreportonly: "Content-Security-Policy-Report-Only",
  referrerpolicy: "Referrer-Policy",
  permissionspolicy: "Permissions-Policy",
  publickey: "Public-Key-Pins",
};

/** Options that send a fixed value, and the options that replace it. */
const SWITCHES: readonly (readonly [option: string, value: string, name: string, instead?: string])[] = [
  ["framedeny", "DENY", "X-Frame-Options", "customframeoptionsvalue"],
  ["contenttypenosniff", "nosniff", "X-Content-Type-Options"],
  ["browserxssfilter", "1; mode=block", "X-XSS-Protection", "custombrowserxssvalue"],
];

/** Options that send no header in Traefik 3. */
const UNSENT = ["featurepolicy"];

/** First Traefik's own options, then `customResponseHeaders`, which take precedence. */
function headersOf(headers: Data, note: Note): readonly Change[] {
  const optionText = (name: string) => stringOf(optionOf(headers, name)) ?? "";
  const set = (name: string, value: string, option: string): readonly Change[] =>
    value === "" ? [] : [{ kind: "set", name, value, line: optionOf(headers, option)?.line ?? headers.line }];
  const isOn = (name: string) => /^(?:true|1|t)$/i.test(optionText(name));
  for (const name of UNSENT.filter((one) => optionText(one) !== ""))
    note.remark(optionOf(headers, name)?.line ?? headers.line, "is not sent by Traefik 3");
  if (entriesOf(headers).some(([key]) => /^(?:accesscontrol|addvaryheader)/i.test(key)))
    note(headers.line, "adds its own headers to CORS responses: not read");
  const custom = entriesOf(optionOf(headers, "customresponseheaders")).map(([name, yaml]): Change => {
    const value = stringOf(yaml) ?? "";
    return { kind: value === "" ? "remove" : "set", name, value, line: yaml.line };
  });
  return [
    ...SWITCHES.flatMap(([option, value, name, instead = ""]) =>
      optionText(instead) === "" ? set(name, isOn(option) ? value : "", option) : set(name, optionText(instead), instead),
    ),
    ...Object.entries(TEXTS).flatMap(([option, name]) => set(name, optionText(option), option)),
    // Not in development, and over http only where it is forced: Portcullis sends it over https.
    ...set(
      "Strict-Transport-Security",
      isOn("isdevelopment") ? "" : stsOf(optionText("stsseconds"), isOn("stsincludesubdomains"), isOn("stspreload")),
      "stsseconds",
    ),
    ...custom,
  ];
}

function stsOf(seconds: string, subdomains: boolean, preload: boolean): string {
  if (!/^[1-9]\d*$/.test(seconds)) return "";
  return `max-age=${seconds}${subdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
