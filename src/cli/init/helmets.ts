/** Packages that send security headers too, and overwrite those of the policy. */
export const HELMETS = ["helmet", "@fastify/helmet", "koa-helmet"] as const;

export type HelmetName = (typeof HELMETS)[number];

/** How guides put each on an application. */
const USES: Readonly<Record<HelmetName, string>> = {
  helmet: "app.use(helmet(…));",
  "@fastify/helmet": "app.register(helmet, …);",
  "koa-helmet": "app.use(helmet(…));",
};

/**
 * What to do with such a package: the written test has an application without it, and does not notice it.
 *
 * @param policy the path of the written policy.
 * @param isCommonJs whether that file is in CommonJS.
 */
export function helmetStep(name: HelmetName, policy: string, isCommonJs: boolean): readonly [title: string, lines: readonly string[]] {
  const module = JSON.stringify("portcullis/helmet");
  const load = isCommonJs ? `const { fromHelmet } = require(${module});` : `import { fromHelmet } from ${module};`;
  return [
    `${name} is a dependency, and overwrites headers of the policy. Remove from the application:`,
    [
      USES[name],
      "",
      `To keep its options, write in ${policy}, instead of the preset:`,
      `  ${load}`,
      "  fromHelmet({ … })",
      "The guide: node_modules/portcullis/docs/helmet.md",
    ],
  ];
}
