// Written by compiled-presets.generate.mjs (npm run presets) from src/presets. Do not edit by hand.
import { noncePart } from "../headers/content-security-policy/index.js";
import type { PresetName } from "../presets/index.js";
import type { CompiledPreset } from "./compile.js";

/** Every complete preset as `compile` makes it, so that an application that uses one as it is compiles nothing at boot. */
export const compiledPresets = {
  recommended: () => ({
    strip: ["X-Powered-By"],
    lines: [
      {
        name: "Content-Security-Policy",
        secure:
          "default-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'",
      },
      { name: "Strict-Transport-Security", secure: "max-age=31536000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "SAMEORIGIN" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "strict-origin-when-cross-origin" },
      { name: "Permissions-Policy", secure: "geolocation=(), microphone=(), camera=()" },
      { name: "Cross-Origin-Opener-Policy", secure: "same-origin" },
      { name: "Cross-Origin-Resource-Policy", secure: "same-origin" },
      { name: "Origin-Agent-Cluster", secure: "?1" },
      { name: "X-DNS-Prefetch-Control", secure: "off" },
      { name: "X-XSS-Protection", secure: "0" },
    ],
  }),
  strict: () => ({
    strip: ["X-Powered-By"],
    lines: [
      {
        name: "Content-Security-Policy",
        secure:
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
      },
      { name: "Strict-Transport-Security", secure: "max-age=63072000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "DENY" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "no-referrer" },
      {
        name: "Permissions-Policy",
        secure:
          "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
      },
      { name: "Cross-Origin-Opener-Policy", secure: "same-origin" },
      { name: "Cross-Origin-Resource-Policy", secure: "same-origin" },
      { name: "Origin-Agent-Cluster", secure: "?1" },
      { name: "X-DNS-Prefetch-Control", secure: "off" },
      { name: "X-Permitted-Cross-Domain-Policies", secure: "none" },
      { name: "X-XSS-Protection", secure: "0" },
    ],
  }),
  strictDynamic: () => ({
    strip: ["X-Powered-By"],
    lines: [
      {
        name: "Content-Security-Policy",
        secure: [
          "default-src 'none'; script-src 'nonce-",
          noncePart,
          "' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; upgrade-insecure-requests",
        ],
        plain: [
          "default-src 'none'; script-src 'nonce-",
          noncePart,
          "' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        ],
        loopback: [
          "default-src 'none'; script-src 'nonce-",
          noncePart,
          "' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        ],
      },
      { name: "Strict-Transport-Security", secure: "max-age=63072000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "DENY" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "no-referrer" },
      {
        name: "Permissions-Policy",
        secure:
          "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
      },
      { name: "Cross-Origin-Opener-Policy", secure: "same-origin" },
      { name: "Cross-Origin-Embedder-Policy", secure: "require-corp" },
      { name: "Cross-Origin-Resource-Policy", secure: "same-origin" },
      { name: "Origin-Agent-Cluster", secure: "?1" },
      { name: "X-DNS-Prefetch-Control", secure: "off" },
      { name: "X-Permitted-Cross-Domain-Policies", secure: "none" },
      { name: "X-XSS-Protection", secure: "0" },
    ],
  }),
  api: () => ({
    strip: ["X-Powered-By"],
    lines: [
      { name: "Content-Security-Policy", secure: "default-src 'none'; frame-ancestors 'none'" },
      { name: "Strict-Transport-Security", secure: "max-age=31536000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "DENY" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "no-referrer" },
      {
        name: "Permissions-Policy",
        secure:
          "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
      },
      { name: "Cross-Origin-Resource-Policy", secure: "same-origin" },
      { name: "Cache-Control", secure: "no-store" },
    ],
  }),
  streamlit: () => ({
    strip: [],
    lines: [
      {
        name: "Content-Security-Policy",
        secure:
          "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'",
      },
      { name: "Strict-Transport-Security", secure: "max-age=31536000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "SAMEORIGIN" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "strict-origin-when-cross-origin" },
      { name: "Permissions-Policy", secure: "geolocation=(), microphone=(), camera=()" },
      { name: "X-XSS-Protection", secure: "1; mode=block" },
    ],
  }),
  streamlitStrict: () => ({
    strip: ["X-Powered-By"],
    lines: [
      {
        name: "Content-Security-Policy",
        secure:
          "default-src 'none'; script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' 'sha256-FvEKghNLP0YzyZSAxnPKuXunfcpTJfm4/Tuu/j9uBRw=' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com; media-src 'self'; frame-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'",
      },
      { name: "Strict-Transport-Security", secure: "max-age=63072000; includeSubDomains", plain: false },
      { name: "X-Frame-Options", secure: "SAMEORIGIN" },
      { name: "X-Content-Type-Options", secure: "nosniff" },
      { name: "Referrer-Policy", secure: "no-referrer" },
      {
        name: "Permissions-Policy",
        secure:
          "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
      },
      { name: "Cross-Origin-Opener-Policy", secure: "same-origin" },
      { name: "Cross-Origin-Embedder-Policy", secure: "require-corp" },
      { name: "Cross-Origin-Resource-Policy", secure: "same-origin" },
      { name: "Origin-Agent-Cluster", secure: "?1" },
      { name: "X-DNS-Prefetch-Control", secure: "off" },
      { name: "X-Permitted-Cross-Domain-Policies", secure: "none" },
      { name: "X-XSS-Protection", secure: "0" },
    ],
  }),
  none: () => ({ strip: [], lines: [] }),
} satisfies Partial<Record<PresetName, () => CompiledPreset>>;
