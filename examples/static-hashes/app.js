// A built site with inline scripts and styles, served as it is, without 'unsafe-inline': the policy knows their hashes.
import { fileURLToPath } from "node:url";
import express from "express";
import { definePolicy, securityHeaders } from "portcullis";
import { hashesOf } from "portcullis/hashes";

// What a site generator would have written.
const root = fileURLToPath(new URL("public", import.meta.url));

/** The policy of the site. Read at boot: pages that are built anew need a start anew. */
export async function policyOfSite() {
  // A layer like any other. It refuses to boot where a page has an onclick="…" or a style="…", which no hash covers.
  return definePolicy("strict", await hashesOf("**/*.html", { cwd: root }));
}

export async function createApp() {
  const app = express();
  app.use(securityHeaders(await policyOfSite()));
  app.use(express.static(root));
  return app;
}
