import { readApache } from "./apache/index.js";
import { readCaddy } from "./caddy/index.js";
import { readEnvoy } from "./envoy.js";
import { readHaproxy } from "./haproxy/index.js";
import { readHeadersFile } from "./headers-file.js";
import { readKubernetesGateway } from "./kubernetes-gateway.js";
import type { Note } from "./limits.js";
import { readNetlifyToml } from "./netlify-toml.js";
import { readNextConfig } from "./next-config/index.js";
import { readNginx } from "./nginx/index.js";
import type { ReadSite } from "./site.js";
import type { Source } from "./sources.js";
import { readTraefik } from "./traefik/index.js";
import { readVercel } from "./vercel.js";

/** Each reads one kind of configuration: the servers in it. */
export const formats = {
  nginx: readNginx,
  apache: readApache,
  caddy: readCaddy,
  /** Of Cloudflare and Netlify. */
  _headers: readHeadersFile,
  "netlify-toml": readNetlifyToml,
  vercel: readVercel,
  "next-config": readNextConfig,
  haproxy: readHaproxy,
  traefik: readTraefik,
  envoy: readEnvoy,
  "kubernetes-gateway": readKubernetesGateway,
} satisfies Readonly<Record<string, (source: Source, note: Note) => readonly ReadSite[]>>;

/** A configuration that `parseConfig` reads; `_headers` is the file of Netlify and of Cloudflare. */
export type ConfigFormat = keyof typeof formats;
