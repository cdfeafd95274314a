/**
 * Sources for the inline scripts and styles of built HTML, so that a static page works without `'unsafe-inline'`.
 * For a build step or the start of a server: this entry reads files, and parses HTML as browsers do.
 */
export { type FilesOptions, hashesOf } from "./files.js";
export {
  type HashAlgorithm,
  type HashOptions,
  type HashSource,
  hashInlineScripts,
  hashInlineStyles,
  type InlineHashes,
  type InlineKind,
} from "./html.js";
