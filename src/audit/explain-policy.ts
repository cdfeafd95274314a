import { deprecated, keyOfName, rows, takesOf } from "../headers/content-security-policy/directives.js";
import { cspPolicies, directiveTexts, isAscii } from "../headers/content-security-policy/wire.js";
import { serviceOf } from "../services/index.js";
import { unreachable } from "../values/never.js";
import { readSource, type SourceExpression } from "../values/sources.js";
import { directiveKnowledge } from "./headers/content-security-policy/directives.js";
import { and } from "./headers/sentences.js";
import { MOST_SOURCES, servicesIn } from "./services.js";
import { sourcePart } from "./sources/source-part.js";
import { trialEffect } from "./sources/trials.js";

/** A directive as it was sent, its name in lower case. */
interface ExplainedDirective {
  readonly directive: string;
  readonly text: string;
}

/** Explains every directive of one policy, in the order in which they are written; browsers ignore a name's second one. */
export function explainPolicy(policy: string, reportOnly: boolean): readonly ExplainedDirective[] {
  const [read] = cspPolicies(policy);
  const has = (directive: string) => read?.directives.has(directive) === true;
  const seen = new Set<string>();
  return directiveTexts(policy).map((one) => {
    const explained = explainDirective(one, reportOnly, has);
    const repeated = seen.has(explained.directive);
    seen.add(explained.directive);
    return repeated ? { ...explained, text: "Ignored: the first directive of this name counts." } : explained;
  });
}

function explainDirective(sent: string, reportOnly: boolean, has: (directive: string) => boolean): ExplainedDirective {
  const [name = "", ...values] = sent.split(/[\t\n\f\r ]+/);
  const directive = name.toLowerCase();
  return { directive, text: isAscii(sent) ? textOfDirective(directive, values, reportOnly, has) : NOT_ASCII };
}

const NOT_ASCII = "Ignored: browsers drop a directive that is not ASCII.";

function textOfDirective(directive: string, values: readonly string[], reportOnly: boolean, has: (directive: string) => boolean): string {
  const key = keyOfName.get(directive) ?? directive;
  const knowledge = directiveKnowledge(key);
  if (knowledge === undefined && !keyOfName.has(directive))
    return deprecated.has(directive)
      ? "Obsolete: browsers ignore it."
      : "Not known here: browsers ignore directives that they do not know.";
  if (knowledge === undefined || (takesOf(key) !== undefined) !== (knowledge.setting === undefined)) {
    return "What this directive does is not known here.";
  }
  if (reportOnly && rows[key]?.enforcedOnly) return "Ignored: it has no meaning in a report-only policy.";
  if (knowledge.setting !== undefined) return knowledge.explain(values, has);
  const { sources, notes } = readSources(values);
  return [knowledge.explain(sources), ...serviceSentences(sources), ...notes].join(" ");
}

/** Whose the hosts of a directive are, one sentence for each service. */
function serviceSentences(sources: readonly SourceExpression[]): readonly string[] {
  const owned = sources.slice(0, MOST_SOURCES).flatMap(({ kind, text }) => {
    const service = kind === "host" ? serviceOf(text) : undefined;
    return service === undefined ? [] : [{ service, text }];
  });
  return servicesIn(owned).map(({ name, title }) => {
    const texts = [...new Set(owned.flatMap(({ service, text }) => (service.name === name ? [text] : [])))];
    return `${and(texts)} ${texts.length === 1 ? "is" : "are"} ${title}${title.endsWith("s") ? "'" : "'s"}.`;
  });
}

/** The sources that browsers read, and a sentence on each kind that is on trial, not known here, or ignored. */
function readSources(values: readonly string[]): { readonly sources: readonly SourceExpression[]; readonly notes: readonly string[] } {
  const sources: SourceExpression[] = [];
  const trials = new Set<string>();
  const unknown: string[] = [];
  const ignored: string[] = [];
  for (const value of values) {
    const source = readSource(sourcePart(value), "wire");
    switch (source.kind) {
      case "fault":
        if (source.unknownKind) unknown.push(`${value} is not known here.`);
        else ignored.push(value);
        break;
      case "trial":
        trials.add(`On trial in Chromium: ${trialEffect(source).alone}.`);
        sources.push(source);
        break;
      case "keyword":
      case "nonce":
      case "hash":
      case "scheme":
      case "host":
        sources.push(source);
        break;
      default:
        unreachable(source);
    }
  }
  return { sources, notes: [...trials, ...unknown, ...(ignored.length === 0 ? [] : [`Ignored: ${and(ignored)}.`])] };
}
