import type { Recording } from "../../record/record.js";
import type { Group, LearnedService } from "../../reports/index.js";
import { allowsSome, blockedServices, learnedServices, serviceSentences } from "../../reports/learn/services.js";

/** The third parties whose sources the proposal allows. */
export function servicesOf({ proposal, evidence }: Pick<Recording, "proposal" | "evidence">): readonly LearnedService[] {
  const urlsOf = (source: string) => evidence.groups.filter(({ blocked }) => blocked === source).flatMap(urlsIn);
  return learnedServices(proposal.allowed.map(({ directive, source }) => ({ directive, source, urls: urlsOf(source) })));
}

const urlsIn = ({ urls }: Group) => urls.map(({ value }) => value);

/** The recipes to write in place of the sources of third parties, and those of what the enforced policy blocked. */
export function serviceLines(recording: Recording): readonly string[] {
  const allowed = servicesOf(recording);
  const blocked = blockedServices(
    (recording.proof?.evidence.groups ?? []).map((group) => ({ directive: group.directive, blocked: group.blocked, urls: urlsIn(group) })),
  );
  const others = blocked.filter(({ name }) => !allowed.some((one) => one.name === name));
  return [...allowed.map((service) => serviceSentences(service, () => true)), ...others.map(blockedSentence)];
}

function blockedSentence(service: LearnedService): string {
  const { title, call } = service;
  if (!allowsSome(service)) return `${title} is blocked, and its recipe does not allow what was.`;
  return `${title} is blocked: add ${call} from "portcullis/services" if the site uses it.`;
}
