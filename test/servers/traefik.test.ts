import { ask } from "../http/support.js";
import { describeNeeds } from "./needs.js";
import { CERTIFICATE_FILES, describeServer, folderWith, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

const traefik = wheelPeer("traefik");

const { certificate, certificateKey } = CERTIFICATE_FILES;
/** The certificate, and a path that tells when all files are in force: Traefik listens before. */
const OWN = `tls:
  certificates:
    - { certFile: ${certificate}, keyFile: ${certificateKey} }
http:
  routers:
    ready: { rule: "Path(\`/own-ready\`)", priority: 10000, entryPoints: [websecure], service: ping@internal, tls: {} }
`;

/** Entry points and what else is static stands on the command line, as docs/targets/traefik.md has it. */
async function launch(files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const provider = `--providers.file.directory=${folderWith({ "site.yaml": files["portcullis-traefik.yaml"] as string, "own.yaml": OWN })}`;
  const quiet = ["--log.level=ERROR", "--global.checkNewVersion=false", "--global.sendAnonymousUsage=false"];
  const entryPoint = [
    `--entryPoints.websecure.address=127.0.0.1:${port}`,
    "--entryPoints.websecure.http.encodedCharacters.allowEncodedSlash=false",
  ];
  await start(port, wheelProgram("traefik"), ...entryPoint, provider, "--ping=true", "--ping.manualRouting=true", ...quiet);
  const isReady = () =>
    ask(port, "/own-ready", { secure: true }).then(
      ({ status }) => status === 200,
      () => false,
    );
  for (let rest = 200; rest > 0 && !(await isReady()); rest--) await new Promise((resolve) => setTimeout(resolve, 50));
}

const spelling = { "X-DNS-Prefetch-Control": "X-Dns-Prefetch-Control", "X-XSS-Protection": "X-Xss-Protection", NEL: "Nel" };

describeServer("traefik", traefik, launch, { spelling, redirects: false, health: false });

describeNeeds("traefik", traefik, launch, { pathAsSent: false, refused: ["/admin%2Fx"], listens: false, health: false });
