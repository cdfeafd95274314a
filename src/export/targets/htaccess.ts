import type { Target } from "../target.js";
import { apacheSite, headerLines, variables } from "./apache-headers.js";

/** For shared hosting: a `.htaccess`. Needs `AllowOverride FileInfo`. */
export const htaccess: Target<"htaccess"> = {
  name: "htaccess",
  title: "Apache's .htaccess, for shared hosting",

  print(given, context) {
    const site = apacheSite(given, context);
    if (site.upstream !== undefined) context.warn("The upstream is not printed: a .htaccess applies to files.");
    context.warn(
      "Check a response: with AllowOverride None, Apache ignores the .htaccess; without FileInfo or the modules, it responds with 500.",
    );
    const modules = site.routes.length === 0 ? "headers" : "headers and setenvif";
    const head = `# For the .htaccess of the DocumentRoot. Needs AllowOverride FileInfo; modules: ${modules}.\n`;
    return [{ path: ".htaccess", text: [head, variables(site), headerLines(site)].filter((text) => text !== "").join("\n") }];
  },
};
