import type { Site, Target } from "../target.js";
import { nginx } from "./nginx.js";

/** Docker Compose: the application, and an nginx in front of it. Only nginx publishes ports. */
export const dockerCompose: Target<"docker-compose"> = {
  name: "docker-compose",
  title: "Docker Compose: an nginx sidecar in front of an application that publishes no port",
  uses: ["serverName", "certificate", "certificateKey", "httpsPort", "httpPort", "healthPath", "listen", "readTimeout"],

  print(site, context) {
    const { hostname, port, protocol } = new URL(site.upstream ?? "http://app:8501");
    if (hostname !== "app") context.warn(`In Compose, nginx connects to the application as "app", not as ${JSON.stringify(hostname)}.`);
    const upstream = `${protocol}//app:${port || (protocol === "https:" ? 443 : 80)}`;
    return [{ path: "docker-compose.yml", text: composeOf(site) }, ...nginx.print({ ...site, upstream, listen: [] }, context)];
  },
};

function composeOf(site: Site): string {
  const { httpsPort, httpPort, certificate, certificateKey, healthPath } = site;
  const mounts: [from: string, to: string][] = [
    // Replaces the default site of the image, which would answer for other host names.
    ["./portcullis.conf", "/etc/nginx/conf.d/default.conf"],
    ...[...new Set([certificate, certificateKey])].map((path): [string, string] => [path, path]),
  ];
  const health = [
    "CMD",
    "curl",
    "--fail",
    "--silent",
    "--insecure",
    "--output",
    "/dev/null",
    `https://127.0.0.1:${httpsPort}${healthPath}`,
  ];
  return `services:
  app:
    # Yours; no port of it is published.
    build: .
    restart: unless-stopped
    networks: [portcullis]

  nginx:
    image: nginx:stable
    restart: unless-stopped
    depends_on: [app]
    networks: [portcullis]
    ports:
${[httpPort, httpsPort].map((port) => portsOf(site, port)).join("")}    volumes:
${mounts.map(mountOf).join("")}    healthcheck:
      test: [${health.map(quoted).join(", ")}]
      interval: 30s
      timeout: 5s
      retries: 3

networks:
  portcullis:
    driver: bridge
`;
}

/** Ports are published on all addresses of the machine, or on those of `listen`. In its container nginx listens on all. */
function portsOf({ listen }: Site, port: number): string {
  const addresses = listen.length === 0 ? [""] : listen.map((address) => (address.includes(":") ? `[${address}]:` : `${address}:`));
  return addresses.map((address) => `      - "${address}${port}:${port}"\n`).join("");
}

function mountOf([from, to]: readonly [from: string, to: string]): string {
  return `      - type: bind
        source: ${quoted(from)}
        target: ${quoted(to)}
        read_only: true
`;
}

/** A double-quoted YAML scalar, which has the escapes of JSON. Compose interpolates `$`. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("$", "$$$$");
}
