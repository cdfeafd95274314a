import { PolicyError, type PolicyErrorCode } from "../../src/errors.js";
import type { Page } from "../page.js";
import { declarationOf, memberTexts } from "./doc-comments.js";
import { guide } from "./guides.js";
import { groupOf, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, prose, section, table } from "./markdown.js";
import { policyOf } from "./samples.js";
import { errorTexts } from "./text/errors.js";

const FILE = "src/errors.ts";

/** The page about errors: how to read one, its fields, and every code. */
export function errorPages(): readonly Page[] {
  const codes = memberTexts(FILE, "PolicyErrorCode");
  return [
    {
      path: pathOf("errors"),
      title: "Errors: PolicyError",
      description: "How to read a PolicyError: its code, path and hint, all its issues, and what each code means.",
      group: groupOf("errors"),
      body: blocks(
        `Every mistake in a policy or in options is a ${code("PolicyError")}. A middleware throws it when the program starts; what goes wrong with a request is passed to ${code("next(err)")}. Read it from left to right: the place, what came, what to write.`,
        fence("text", `PolicyError: ${messageOf([{ contentSecurityPolicy: { scriptSrc: ["slef"] } }])}`),
        "All mistakes of a policy are in one error:",
        fence("text", `PolicyError: ${messageOf([{ xFrameOption: "DENY", referrerPolicy: "none" }])}`),
        fieldSection(),
        section(
          "In code",
          "Catch it by its class; `instanceof` also holds between the ES module and the CommonJS module of the package.",
          fence("js", CATCH),
        ),
        section(
          "Codes",
          "`code` is one of these:",
          table(
            ["Code", "Meaning"],
            [...codes].map(([name, text]) => [`[${code(name)}](#${name})`, prose(text)]),
          ),
        ),
        ...[...codes].map(([name, text]) => codeSection(name as PolicyErrorCode, text)),
        section(
          "On the command line",
          `The program prints each issue as a line on stderr, without a stack, and ends with exit code 1, or 2 where the command line is wrong. ${code("PORTCULLIS_DEBUG=1")} prints the stack of an internal error. See ${ref("commands", "check", "portcullis check")}.`,
        ),
        section("See also", list([guide("troubleshooting", "Troubleshooting"), guide("overrides", "Overrides, and the keys of a policy")])),
      ),
    },
  ];
}

const CATCH = `import { definePolicy, PolicyError } from "portcullis";

try {
  definePolicy(JSON.parse(text));
} catch (error) {
  if (!(error instanceof PolicyError)) throw error;
  for (const { code, path, message, hint } of error.issues) console.error(code, path, message, hint);
}`;

/** The message of the error that a policy of these layers throws. Throws an Error where it throws none. */
function messageOf(layers: readonly unknown[], expected?: PolicyErrorCode): string {
  try {
    policyOf(...layers);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    if (expected === undefined || error.code === expected) return error.message;
    throw new Error(`text/errors.ts: the example of ${expected} has the code ${error.code}.`);
  }
  throw new Error(`text/errors.ts: the example of ${expected} is a valid policy.`);
}

/** The fields of the error, and of one issue. */
function fieldSection(): string {
  const { text, members } = declarationOf(FILE, "PolicyError");
  const issue = memberTextsOf("PolicyIssue");
  const rows = members
    .filter(({ name }) => FIELDS[name] !== undefined)
    .map(({ name, type }) => [code(name), code(type || "string"), prose(FIELDS[name] ?? "")]);
  return section(
    "Fields",
    prose(text),
    table(["Field", "Type", "What it is"], rows),
    "Each issue has:",
    table(["Field", "Type", "What it is"], issue),
  );
}

function memberTextsOf(name: string): readonly (readonly string[])[] {
  return declarationOf(FILE, name).members.map((one) => [code(one.name), code(one.type), prose(one.text || "One of the codes below.")]);
}

/** What the fields of the class are: their names say it in the source. */
const FIELDS: Readonly<Record<string, string>> = {
  name: '`"PolicyError"`.',
  code: "The code of the first issue.",
  path: "The path of the first issue, such as `contentSecurityPolicy.scriptSrc[1]`.",
  hint: "What to write for the first issue.",
  issues: "Everything that is wrong, at most 100 issues.",
};

function codeSection(name: PolicyErrorCode, text: string): string {
  const { example, layers, mend } = errorTexts[name];
  return section(
    name,
    prose(text),
    fence("js", example),
    layers === undefined ? "" : fence("text", `PolicyError: ${messageOf(layers, name)}`),
    mend,
  );
}
