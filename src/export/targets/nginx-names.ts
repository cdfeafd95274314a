/** nginx refuses names of variables over 46 characters unless variables_hash_bucket_size is raised, which a file to include cannot know. */
const LONGEST_NAME = 46;

/** The site that nobody named: its variables need no mark. */
const UNNAMED = "example.com";

/**
 * Gives names to variables of one site: each is new, and none is that of another site in the same nginx, where the last map of a
 * name would silently be that of all.
 *
 * @returns makes `$portcullis_x_frame_options` of `X-Frame-Options`.
 */
export function namesFor(serverName: string): (wanted: string) => string {
  const mark = markOf(serverName);
  const prefix = mark === undefined ? "portcullis_" : `portcullis_${mark}_`;
  const fresh = freshNames([], LONGEST_NAME, "_");
  return (wanted) => `$${fresh(`${prefix}${wanted.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`)}`;
}

/** Makes names that differ in more than their case: what is taken gets a number, and what is too long is cut. */
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

/** What stands for a site in the names of its variables: six hexadecimal digits, or undefined for the one that nobody named. FNV-1a. */
export function markOf(serverName: string): string | undefined {
  const site = serverName.toLowerCase();
  if (site === UNNAMED) return undefined;
  let hash = 0x811c9dc5;
  for (const char of site) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0").slice(-6);
}
