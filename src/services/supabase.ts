import { flag, secureOrigin } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link supabase}. */
export interface SupabaseOptions {
  /** What `createClient` is given: `"https://example.supabase.co"`, or the address of a self-hosted server. */
  readonly url: string;
  /** Realtime: channels, and changes of tables, by a socket. Default: false. */
  readonly realtime?: boolean | undefined;
  /** Pictures from Storage. Default: false. */
  readonly images?: boolean | undefined;
}

/**
 * Supabase's client: sign-in, tables, functions and files.
 *
 * @param options see {@link SupabaseOptions}; `url` is required.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const supabase = recipe<SupabaseOptions>(
  {
    name: "supabase",
    title: "Supabase",
    category: "sign-in",
    evidence: "secondary",
    pages: [
      "https://github.com/supabase/supabase-js/blob/master/packages/core/supabase-js/src/SupabaseClient.ts",
      "https://github.com/supabase/supabase/issues/14816",
      "https://github.com/jaredmiller23/roofing-saas/issues/105",
    ],
    checked: "2026-11-26",
    hosts: ["supabase.co"],
    tenants: ["supabase.co"],
    nonce: "None: the client is part of your own scripts.",
    notes: ["Video and audio from Storage need the same origin in media-src."],
    required: ["url"],
    example: { url: "https://example.supabase.co" },
  },
  () => ({ url: secureOrigin("https://example.supabase.co"), realtime: flag(), images: flag() }),
  ({ url, realtime, images }) => {
    const own = url.replace(/\/$/, "");
    return {
      csp: {
        imgSrc: images ? [own] : [],
        connectSrc: [own, ...(realtime ? [own.replace("http", "ws")] : [])],
      },
      ...(images ? { crossOriginEmbedderPolicy: "credentialless" as const } : {}),
    };
  },
);
