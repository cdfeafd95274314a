import { deprecated, keyOfName, rows, takesOf } from "../headers/content-security-policy/directives.js";
import { cspPolicies, directiveTexts, isAscii } from "../headers/content-security-policy/wire.js";
import { unreachable } from "../values/never.js";
import { readSource, type SourceExpression } from "../values/sources.js";
import { directiveKnowledge } from "./headers/content-security-policy/directives.js";
import { and } from "./headers/sentences.js";
import { allowsIn, widestSources } from "./recipes.js";
import { byUser, type ServiceSource, serviceSourcesIn, tenancyOf } from "./services.js";
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
  const context: Context = {
    reportOnly,
    has: (directive) => read?.directives.has(directive) === true,
    owned: read === undefined ? [] : byUser(serviceSourcesIn([read])),
  };
  const seen = new Set<string>();
  return directiveTexts(policy).map((one) => {
    const explained = explainDirective(one, context);
    const repeated = seen.has(explained.directive);
    seen.add(explained.directive);
    return repeated ? { ...explained, text: "Ignored: the first directive of this name counts." } : explained;
  });
}

/** The policy that a directive is part of. */
interface Context {
  readonly reportOnly: boolean;
  /** Whether the policy has a directive. */
  readonly has: (directive: string) => boolean;
  /** Its sources that belong to services. */
  readonly owned: readonly ServiceSource[];
}

function explainDirective(sent: string, context: Context): ExplainedDirective {
  const [name = "", ...values] = sent.split(/[\t\n\f\r ]+/);
  const directive = name.toLowerCase();
  return { directive, text: isAscii(sent) ? textOfDirective(directive, values, context) : NOT_ASCII };
}

const NOT_ASCII = "Ignored: browsers drop a directive that is not ASCII.";

function textOfDirective(directive: string, values: readonly string[], { reportOnly, has, owned }: Context): string {
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
  const here = owned.filter((one) => one.directive === directive);
  return [knowledge.explain(byRecipe(sources, key, here)), ...serviceSentences(key, here), ...notes].join(" ");
}

/** The sources, with the recipe in place of those that it allows. */
function byRecipe(sources: readonly SourceExpression[], key: string, owned: readonly ServiceSource[]): readonly SourceExpression[] {
  const known = new Map(owned.flatMap((one) => (isInRecipe(key, one) ? [[one.source, one.service] as const] : [])));
  const named = new Set<string>();
  return sources.flatMap((source) => {
    const service = source.kind === "host" ? known.get(source.text) : undefined;
    if (service === undefined) return [source];
    if (named.has(service.name)) return [];
    named.add(service.name);
    return [{ ...source, text: `${service.title} (${service.call})` } as SourceExpression];
  });
}

/** Whether a recipe allows a source, which can then go by its name. Those of a customer keep their host. */
function isInRecipe(key: string, { source, service }: ServiceSource): boolean {
  return tenancyOf(source) === undefined && allowsIn(widestSources(service.name), key, source);
}

/** Whose the other hosts of a directive are, one sentence for each service. */
function serviceSentences(key: string, owned: readonly ServiceSource[]): readonly string[] {
  const others = owned.filter((one) => !isInRecipe(key, one));
  return [...new Map(others.map(({ service }) => [service.name, service])).values()].flatMap(({ name, title }) => {
    const mine = others.filter(({ service }) => service.name === name);
    const of = (shared: boolean) => [
      ...new Set(mine.flatMap(({ source }) => ((tenancyOf(source) !== undefined) === shared ? [source] : []))),
    ];
    const whose = (texts: readonly string[]) =>
      `${and(texts)} ${texts.length === 1 ? "is" : "are"} ${title}${title.endsWith("s") ? "'" : "'s"}`;
    const [own, shared] = [of(false), of(true)];
    return [
      ...(own.length === 0 ? [] : [`${whose(own)}.`]),
      ...(shared.length === 0 ? [] : [`${whose(shared)}, where any customer of ${title} can publish.`]),
    ];
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
