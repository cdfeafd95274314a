import type { Target } from "../target.js";
import { apacheSite, headerLines, variables } from "./apache-headers.js";

/** For shared hosting: what a `.htaccess` may hold where `AllowOverride` has FileInfo. */
export const htaccess: Target<"htaccess"> = {
  name: "htaccess",
  title: "Apache's .htaccess, for shared hosting",

  print(given, context) {
    const site = apacheSite(given, context);
    if (site.upstream !== undefined) context.warn("A .htaccess file is in a folder of files, left out: the upstream.");
    context.warn(
      "Check an answer: where AllowOverride is None, Apache reads no .htaccess, and without FileInfo or the modules it answers 500.",
    );
    const modules = site.routes.length === 0 ? "headers" : "headers and setenvif";
    const head = `# For the .htaccess of the DocumentRoot. Needs AllowOverride FileInfo; modules: ${modules}.\n`;
    return [{ path: ".htaccess", text: [head, variables(site), headerLines(site)].filter((text) => text !== "").join("\n") }];
  },
};
