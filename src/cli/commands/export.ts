import type { TargetName } from "../../export/index.js";
import { command, configFlags, type HelpTable, PORT, SECONDS } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";

/** `portcullis export`: a policy for a server or a CDN. */
export const exportCommand = command({
  summary: "Prints a policy for a server, a CDN or an edge function.",
  positionals: [
    { name: "target", text: "The server or service to print for: see Targets.", listed: true },
    { name: "policy", text: "The policy, as for --policy. Later ones override earlier ones.", many: true, optional: true },
  ],
  flags: {
    policy: {
      value: "preset|file",
      many: true,
      default: "recommended",
      text: "A preset or policy file. Later ones override earlier ones.",
    },
    route: {
      value: "path=preset|file",
      many: true,
      text: "A preset or policy file that is added on a path, such as /embed=embed.json, or /api/*=api for all paths below /api/. The routes of policy files are included too.",
    },
    out: { value: "folder", text: "Write the files into this folder instead of printing them." },
    force: { text: "Overwrite existing files. Without it, nothing is written if one exists." },
    upstream: {
      value: "url",
      text: "The address of the application, such as localhost:8501. With it, a complete server is printed instead of the headers only.",
    },
    "server-name": { value: "host", default: "example.com", text: "The host name of the site." },
    certificate: { value: "path", default: "/etc/ssl/certs/<server-name>.pem", text: "Path of the certificate on the server." },
    "certificate-key": { value: "path", default: "/etc/ssl/private/<server-name>.key", text: "Path of its private key on the server." },
    "https-port": { value: "port", number: PORT, default: "443", text: "Port for https." },
    "http-port": { value: "port", number: PORT, default: "80", text: "Port for http, which redirects to https." },
    "health-path": { value: "path", default: "/health", text: "Path that the server answers itself with 200." },
    listen: { value: "address", many: true, default: "all addresses", text: "Address to listen on, such as 127.0.0.1." },
    "read-timeout": {
      value: "seconds",
      number: SECONDS,
      default: "300, for nginx and Envoy 3600",
      text: "Time limit for the start of a response and for each pause in it. A WebSocket may always pause for at least an hour.",
    },
    json: { text: "Print an object of files and warnings." },
    ...configFlags,
  },
  config: { policy: "default" },
  examples: [
    ["portcullis export nginx strict", "Print the headers of strict, to include in a server."],
    [
      "portcullis export nginx --policy streamlit --upstream http://127.0.0.1:8501 --server-name app.example.com --out nginx",
      "Write a complete server in front of a Streamlit app into the folder nginx.",
    ],
  ],
  tables: async () => [...(await targetNames()), ...(await policyHelp())],

  async run({ policy: words = [], route: routes = [], out: folder, force, json, ...site }, [target = ""], { out, say, warn }) {
    const [{ inFile, readPolicies, readRoutes }, { exportPolicy }] = await Promise.all([
      import("../policies.js"),
      import("../../export/index.js"),
    ]);
    await knownTarget(target);
    const upstream = site.upstream === undefined ? undefined : await addressOf(site.upstream);
    const { policy, routes: ofFiles } = await readPolicies(words, { warn });
    const onTop = [...ofFiles, ...(await readRoutes(routes))];
    const { files, warnings } = inFile(words, () =>
      exportPolicy(target as TargetName, {
        policy,
        routes: onTop,
        upstream,
        serverName: site["server-name"],
        certificate: site.certificate,
        certificateKey: site["certificate-key"],
        httpsPort: site["https-port"],
        httpPort: site["http-port"],
        healthPath: site["health-path"],
        listen: site.listen,
        readTimeout: site["read-timeout"],
      }),
    );
    if (!json) for (const text of warnings) warn(text);
    if (folder === undefined) {
      out(json ? `${JSON.stringify({ files, warnings }, undefined, 2)}\n` : filesText(files));
      return 0;
    }
    const { writeFiles } = await import("../files.js");
    const written = await writeFiles(folder, files, force === true);
    if (json) out(`${JSON.stringify({ written, warnings }, undefined, 2)}\n`);
    else for (const path of written) say(`wrote ${path}`);
    return 0;
  },
});

async function addressOf(word: string): Promise<string> {
  const { applicationAddress } = await import("../input/address.js");
  return applicationAddress(word, "upstream");
}

async function targetNames(): Promise<readonly HelpTable[]> {
  const { targets } = await import("../../export/targets/index.js");
  return [{ title: "Targets", rows: Object.entries(targets).map(([name, { title }]) => [name, title] as const) }];
}

async function knownTarget(name: string): Promise<void> {
  const [{ targets }, { didYouMean, oneOf, show }] = await Promise.all([
    import("../../export/targets/index.js"),
    import("../../values/text.js"),
  ]);
  const names = Object.keys(targets);
  if (!names.includes(name))
    throw new Failure([`${show(name)} is not a target. ${didYouMean(name, names) || `Write ${oneOf(names)}.`}`], 2);
}

/** One file as it is; several with their names above them. */
function filesText(files: readonly { readonly path: string; readonly text: string }[]): string {
  if (files.length === 1) return files[0]?.text ?? "";
  return files.map(({ path, text }) => `==> ${path} <==\n${text}`).join("\n");
}
