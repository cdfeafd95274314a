import type { Target } from "../target.js";
import { apache } from "./apache.js";
import { azureFrontDoor } from "./azure-front-door.js";
import { azureStaticWebApps } from "./azure-static-web-apps.js";
import { caddy } from "./caddy.js";
import { cloudflareHeaders } from "./cloudflare-headers.js";
import { cloudflareTransform } from "./cloudflare-transform.js";
import { cloudfront } from "./cloudfront.js";
import { cloudfrontFunction } from "./cloudfront-function.js";
import { dockerCompose } from "./docker-compose.js";
import { envoy } from "./envoy.js";
import { haproxy } from "./haproxy.js";
import { htaccess } from "./htaccess.js";
import { ingressNginx } from "./ingress-nginx.js";
import { kubernetesGateway } from "./kubernetes-gateway.js";
import { lambdaEdge } from "./lambda-edge.js";
import { meta } from "./meta.js";
import { netlify, netlifyToml } from "./netlify.js";
import { nextConfig } from "./next-config.js";
import { nginx } from "./nginx.js";
import { traefik } from "./traefik.js";
import { vercel } from "./vercel.js";
import { worker } from "./worker.js";

/** Every target, by the name it is asked for. */
export const targets = {
  /** A headers file to include, or a complete server in front of an application. */
  nginx,
  /** A headers file to include, or a complete virtual host in front of an application. */
  apache,
  /** The headers of a folder of files, for shared hosting. */
  htaccess,
  /** Headers to import, or a complete site in front of an application. */
  caddy,
  /** Lines for a frontend, or a complete configuration in front of an application. */
  haproxy,
  /** A virtual host, or a complete static configuration in front of an application. */
  envoy,
  /** nginx as a sidecar of an application that publishes no port. */
  "docker-compose": dockerCompose,
  /** Response headers policies and cache behaviours, in Terraform. */
  cloudfront,
  /** A function for origin-response, errors too, and its Terraform. */
  "lambda-edge": lambdaEdge,
  /** A function for viewer-response, and its Terraform. */
  "cloudfront-function": cloudfrontFunction,
  /** The file of Pages and of static assets. */
  "cloudflare-headers": cloudflareHeaders,
  /** Response header transform rules of a zone, in Terraform. */
  "cloudflare-transform": cloudflareTransform,
  /** A module for Workers and other runtimes of fetch. */
  worker,
  /** The `_headers` of static files, or an Edge Function where paths differ. */
  netlify,
  /** The `[[headers]]` of `netlify.toml`, or an Edge Function where paths differ. */
  "netlify-toml": netlifyToml,
  /** The headers of `vercel.json`. */
  vercel,
  /** What `headers` of `next.config` returns, as plain data. */
  "next-config": nextConfig,
  /** A rule set, in Terraform. */
  "azure-front-door": azureFrontDoor,
  /** The headers of `staticwebapp.config.json`. */
  "azure-static-web-apps": azureStaticWebApps,
  /** An HTTPRoute of the Gateway API. */
  "kubernetes-gateway": kubernetesGateway,
  /** An Ingress with a snippet for each path. */
  "ingress-nginx": ingressNginx,
  /** Middlewares and routers, as a file and as labels of Docker Compose. */
  traefik,
  /** A tag for pages whose server sets no headers; the CSP alone. */
  meta,
} satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
