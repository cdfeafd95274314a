import type { Target } from "../target.js";
import { apache } from "./apache.js";
import { caddy } from "./caddy.js";
import { dockerCompose } from "./docker-compose.js";
import { haproxy } from "./haproxy.js";
import { meta } from "./meta.js";
import { nginx } from "./nginx.js";

/** Every target, by the name it is asked for. */
export const targets = {
  /** A headers file to include, or a complete server in front of an application. */
  nginx,
  /** A headers file to include, or a complete virtual host in front of an application. */
  apache,
  /** Headers to import, or a complete site in front of an application. */
  caddy,
  /** Lines for a frontend, or a complete configuration in front of an application. */
  haproxy,
  /** nginx as a sidecar of an application that publishes no port. */
  "docker-compose": dockerCompose,
  /** A tag for pages whose server sets no headers; the CSP alone. */
  meta,
} satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
