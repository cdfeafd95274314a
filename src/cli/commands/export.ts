import type { ExportRoute, TargetName } from "../../export/index.js";
import { command, type HelpTable, PORT, SECONDS } from "../command.js";
import { Failure } from "../failure.js";
import type { PolicyFile } from "../policy.js";
import { policyHelp } from "../policy-help.js";

/** `portcullis export`: a policy for a server or a CDN. */
export const exportCommand = command({
  summary: "Prints a policy for a server, a CDN or an edge function.",
  positionals: [{ name: "target", text: "What it is for: see below." }],
  flags: {
    policy: { value: "preset|file", many: true, default: "recommended", text: "What to print. Later ones lie on top." },
    route: {
      value: "path=preset|file",
      many: true,
      text: "What lies on top for a path, such as /embed=embed.json, or /api/*=api for all below it; besides the routes of policy files.",
    },
    out: { value: "folder", text: "Writes the files there. Without it they are printed." },
    force: { text: "Overwrites files that are there. Without it none is written." },
    upstream: { value: "url", text: "Where the application listens: then a complete server is printed, not the headers alone." },
    "server-name": { value: "host", default: "example.com", text: "The host name of the site." },
    certificate: { value: "path", default: "/etc/ssl/certs/<server-name>.pem", text: "Where the certificate lies on the server." },
    "certificate-key": { value: "path", default: "/etc/ssl/private/<server-name>.key", text: "Where its key lies." },
    "https-port": { value: "port", number: PORT, default: "443", text: "The port of https." },
    "http-port": { value: "port", number: PORT, default: "80", text: "The port that redirects to https." },
    "health-path": { value: "path", default: "/health", text: "Answered by the server itself." },
    listen: { value: "address", many: true, default: "all addresses", text: "An address of the server to listen on, such as 127.0.0.1." },
    "read-timeout": {
      value: "seconds",
      number: SECONDS,
      default: "300; with nginx and Envoy 3600",
      text: "How long an answer may take to begin, and may be silent. A WebSocket may be silent for an hour at least.",
    },
    json: { text: "Prints an object of files and warnings." },
  },
  examples: [
    ["portcullis export nginx --policy strict", "Prints the headers, to be included."],
    [
      "portcullis export nginx --policy streamlit --upstream http://127.0.0.1:8501 --server-name app.example.com --out nginx",
      "Writes a complete server in front of a Streamlit app into the folder nginx.",
    ],
  ],
  tables: async () => [...(await targetNames()), ...(await policyHelp())],

  async run({ policy: words = [], route: routes = [], out: folder, force, json, ...site }, [target = ""], { out, say, warn }) {
    const [{ readPolicyFile, readSite, refused }, { exportPolicy }] = await Promise.all([
      import("../policy.js"),
      import("../../export/index.js"),
    ]);
    await knownTarget(target);
    const { policy, routes: ofFiles } = await readSite(words);
    const onTop: ExportRoute[] = [...ofFiles];
    for (const text of routes) onTop.push(await readRoute(text, readPolicyFile));
    const { files, warnings } = refused(words, () =>
      exportPolicy(target as TargetName, {
        policy,
        routes: onTop,
        upstream: site.upstream,
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
      out(json ? `${JSON.stringify({ files, warnings }, undefined, 2)}\n` : textOf(files));
      return 0;
    }
    const { writeFiles } = await import("../files.js");
    const written = await writeFiles(folder, files, force === true);
    if (json) out(`${JSON.stringify({ written, warnings }, undefined, 2)}\n`);
    else for (const path of written) say(`wrote ${path}`);
    return 0;
  },
});

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
  if (!names.includes(name)) throw new Failure([`${show(name)} is no target. ${didYouMean(name, names) || `Write ${oneOf(names)}.`}`], 2);
}

export async function readRoute(text: string, read: (word: string) => Promise<PolicyFile>): Promise<ExportRoute> {
  const [path = "", word = ""] = text.split(/=(.*)/s);
  if (path === "" || word === "")
    throw new Failure([`--route ${text}: write a path and what lies on top there, such as /embed=embed.json.`], 2);
  const { layers, routes } = await read(word);
  if (routes.length > 0) throw new Failure([`--route ${text}: ${word} has routes of its own. Write --policy ${word}.`], 2);
  // What they hold, exportPolicy checks.
  return { path, layers: layers as ExportRoute["layers"] };
}

/** One file as it is; several under their names. */
function textOf(files: readonly { readonly path: string; readonly text: string }[]): string {
  if (files.length === 1) return files[0]?.text ?? "";
  return files.map(({ path, text }) => `==> ${path} <==\n${text}`).join("\n");
}
