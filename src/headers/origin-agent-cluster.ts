import { readStructured } from "../values/schema.js";
import { parseItem } from "../values/structured.js";
import { oneWordHeader } from "./one-of.js";

const words = oneWordHeader("Origin-Agent-Cluster", ["?1", "?0"]);

/** `Origin-Agent-Cluster`: this origin does not share its process with the rest of its site; a boolean, RFC 9651 §3.3.6. HTML §7.1.2. */
export const originAgentCluster: typeof words = {
  ...words,

  parse(text) {
    const [value] = readStructured(text, parseItem);
    return typeof value === "boolean" ? (value ? "?1" : "?0") : words.parse(text);
  },
};
