import { expect, it } from "vitest";
import { parse } from "yaml";
import { exportPolicy } from "../../src/export/index.js";

const export_ = (options: object) => exportPolicy("docker-compose", { policy: ["streamlit"], ...options });

const mount = (source: string, target = source) => ({ type: "bind", source, target, read_only: true });

it("the application publishes no port, and nginx is in front of it", () => {
  const { files, warnings } = export_({ serverName: "app.example" });
  expect(files.map(({ path }) => path)).toEqual(["docker-compose.yml", "portcullis.conf"]);
  expect(parse(files[0]?.text ?? "")).toEqual({
    services: {
      app: { build: ".", restart: "unless-stopped", networks: ["portcullis"] },
      nginx: {
        image: "nginx:stable",
        restart: "unless-stopped",
        depends_on: ["app"],
        networks: ["portcullis"],
        ports: ["80:80", "443:443"],
        volumes: [
          mount("./portcullis.conf", "/etc/nginx/conf.d/default.conf"),
          mount("/etc/ssl/certs/app.example.pem"),
          mount("/etc/ssl/private/app.example.key"),
        ],
        healthcheck: {
          test: ["CMD", "curl", "--fail", "--silent", "--insecure", "--output", "/dev/null", "https://127.0.0.1:443/health"],
          interval: "30s",
          timeout: "5s",
          retries: 3,
        },
      },
    },
    networks: { portcullis: { driver: "bridge" } },
  });
  expect(warnings).toEqual([]);
});

it("the nginx configuration is that of the nginx target, with the service as upstream", () => {
  const { files } = export_({});
  expect(files[1]).toEqual(exportPolicy("nginx", { policy: ["streamlit"], upstream: "http://app:8501" }).files[0]);
});

it("the port of the upstream is kept, its name is not", () => {
  const { files, warnings } = export_({ upstream: "http://127.0.0.1:3000" });
  expect(files[1]?.text).toContain("proxy_pass http://app:3000;");
  expect(warnings).toEqual(['In Compose, nginx connects to the application as "app", not as "127.0.0.1".']);
});

it("a path of a certificate is escaped for Compose", () => {
  const both = "/certs/a b: c.pem";
  const { files } = export_({ certificate: both, certificateKey: both });
  expect(parse(files[0]?.text ?? "").services.nginx.volumes).toEqual([
    mount("./portcullis.conf", "/etc/nginx/conf.d/default.conf"),
    mount("/certs/a b: c.pem"),
  ]);
});

it("listens on addresses of the machine, and on all in its container", () => {
  const { files } = export_({ listen: ["127.0.0.1", "::1"], httpsPort: 8443 });
  expect(parse(files[0]?.text ?? "").services.nginx.ports).toEqual([
    "127.0.0.1:80:80",
    "[::1]:80:80",
    "127.0.0.1:8443:8443",
    "[::1]:8443:8443",
  ]);
  expect(files[1]?.text).toContain("listen 8443 ssl;");
});
