/** What every build has in common. yaml's build for Node requires modules of Node, which no ES module can. */
export const settings = { platform: "node", target: "node20", alias: { yaml: "./node_modules/yaml/browser/dist/index.js" } } as const;
