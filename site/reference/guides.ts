/** Where the guides are: a page for each file of `docs/`. */
const GUIDES = "guides";

/** A link to a guide, by the name of its file in `docs/` without `.md`. */
export const guide = (name: string, text: string): string => `[${text}](/${GUIDES}/${name})`;
