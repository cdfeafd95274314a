/** One line for each format. */
export { apache } from "./apache/index.js";
export { caddy } from "./caddy/index.js";
export { envoy } from "./envoy.js";
export { haproxy } from "./haproxy/index.js";
export { headersFile } from "./headers-file.js";
export { kubernetesGateway } from "./kubernetes-gateway.js";
export { netlifyToml } from "./netlify-toml.js";
export { nextConfig } from "./next-config/index.js";
export { nginx } from "./nginx/index.js";
export { traefik } from "./traefik/index.js";
export { vercel } from "./vercel.js";
