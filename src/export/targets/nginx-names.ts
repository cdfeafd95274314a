/** Maximum length of a variable name with the default variables_hash_bucket_size. */
const LONGEST_NAME = 46;

/** The default of `serverName`: its variables have no mark. */
const UNNAMED = "example.com";

/**
 * Makes names for the variables of one site. Each is unique, also among other sites in the same nginx, where the last map of a
 * name would replace all others.
 *
 * @returns a function that returns `$portcullis_x_frame_options` for `X-Frame-Options`.
 */
export function namesFor(serverName: string): (wanted: string) => string {
  const mark = markOf(serverName);
  const prefix = mark === undefined ? "portcullis_" : `portcullis_${mark}_`;
  const fresh = freshNames([], LONGEST_NAME, "_");
  return (wanted) => `$${fresh(`${prefix}${wanted.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`)}`;
}

/** Makes unique names, case-insensitively. A name that is taken gets a number, and one that is too long is cut. */
export function freshNames(taken: readonly string[], longest: number, joint: string): (wanted: string) => string {
  const known = new Set(taken);
  return (wanted) => {
    let name = wanted.slice(0, longest);
    for (let number = 2; known.has(name.toLowerCase()); number++) {
      const end = `${joint}${number}`;
      name = `${wanted.slice(0, longest - end.length)}${end}`;
    }
    known.add(name.toLowerCase());
    return name;
  };
}

/** The mark of a site in its variable names: six hexadecimal digits, or undefined for the default name. FNV-1a. */
export function markOf(serverName: string): string | undefined {
  const site = serverName.toLowerCase();
  if (site === UNNAMED) return undefined;
  let hash = 0x811c9dc5;
  for (const char of site) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0").slice(-6);
}
