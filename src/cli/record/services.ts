import type { Recording } from "../../record/record.js";
import type { Group, LearnedService } from "../../reports/index.js";
import { learnedServices, ownerOf, serviceSentences } from "../../reports/learn/services.js";

/** The third parties whose sources the proposal allows. */
export function servicesOf({ proposal, evidence }: Pick<Recording, "proposal" | "evidence">): readonly LearnedService[] {
  const urlsOf = (source: string) => evidence.groups.filter(({ blocked }) => blocked === source).flatMap(urlsIn);
  return learnedServices(proposal.allowed.map(({ directive, source }) => ({ directive, source, urls: urlsOf(source) })));
}

const urlsIn = ({ urls }: Group) => urls.map(({ value }) => value);

/** The recipes to write in place of the sources of third parties, and those of what the enforced policy blocked. */
export function serviceLines(recording: Recording): readonly string[] {
  const allowed = servicesOf(recording);
  const blocked = recording.proof?.evidence.groups.flatMap((group) => ownerOf({ source: group.blocked, urls: urlsIn(group) }) ?? []) ?? [];
  const others = blocked.filter(({ name }) => !allowed.some((one) => one.name === name));
  return [
    ...allowed.map((service) => serviceSentences(service, () => true)),
    ...new Set(others.map(({ title, call }) => `${title} is blocked: add ${call} from "portcullis/services" if the site uses it.`)),
  ];
}
