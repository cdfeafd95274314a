import express from "express";
import { expect, it } from "vitest";
import { collectReports, type Stats } from "../../src/reports/index.js";
import { serve } from "../http/support.js";
import { legacy, modern, post } from "./support.js";

async function statsAfter(entries: readonly unknown[]): Promise<Stats> {
  const reports = collectReports();
  const port = await serve(express().use("/csp-report", reports));
  await post(port, entries, { type: "application/reports+json" });
  await reports.flush();
  return reports.store.stats();
}

const WORDS =
  `resource://x chromenull://x chrome-extension://abc/x.js moz-extension://x safari-extension://x safari-web-extension://x mxjscall://x
  webviewprogressproxy://x res://x mx://x jar://x chrome://x safari-resource://x chromeinvoke://x chromeinvokeimmediate://x mbinit://x opera://x
  ms-appx://x ms-appx-web://x ms-browser-extension://x crwebnull://x crwebinvoke://x se-extension://x none://x about:blank android-webview-video-poster:x
  wvjbscheme://x nativebaiduhd://x bdvideo://x tmtbff://x symres://x data:text/html,chromewebdata chrome-extension moz-extension safari-web-extension
  https://www.superfish.com/x https://metrext.com/ https://x.tlscdn.com https://injections.adguard.com/x https://gateway.zscalertwo.net:443/x
  https://rules-a.akamaihd.net/x CHROME-EXTENSION://x`.split(/\s+/);

it.each(WORDS)("what blocks %s is noise", async (word) => {
  expect(await statsAfter([modern({ blockedURL: word })])).toMatchObject({ noise: 1, accepted: 0 });
});

it.each(["chrome-extension://abc/x.js", "moz-extension", "https://a.superfish.com/s.js"])("a script of %s is noise", async (file) => {
  expect(await statsAfter([modern({ sourceFile: file })])).toMatchObject({ noise: 1, accepted: 0 });
});

it.each(["AG_onLoad", "var ghostery = 1", "BlockAdBlock", "installGlobalHook(", ".dummyRuleForDigg {}"])(
  "the sample %s is noise",
  async (sample) => {
    expect(await statsAfter([modern({ sample })])).toMatchObject({ noise: 1, accepted: 0 });
  },
);

it.each(["img-src https://x.zscaler.net", "img-src https://blackspider.com"])(
  "a policy that somebody rewrote is noise: %s",
  async (policy) => {
    expect(await statsAfter([modern({ originalPolicy: policy })])).toMatchObject({ noise: 1, accepted: 0 });
  },
);

it.each(["about:srcdoc", "file:///home/me/page.html", "blob:https://site.example/1"])("the document %s is noise", async (document) => {
  expect(await statsAfter([modern({ documentURL: document })])).toMatchObject({ noise: 1, accepted: 0 });
});

it.each([
  "about",
  "data:text/html,x",
  "https://opera.example/none://",
  "https://notsuperfish.com/",
  "https://tlscdn.com.example/",
  "blob",
  "resourceful",
])("what blocks %s is none", async (word) => {
  expect(await statsAfter([modern({ blockedURL: word })])).toMatchObject({ noise: 0, accepted: 1 });
});

it("a noisy entry leaves the rest of its batch alone", async () => {
  const noisy = modern({ blockedURL: "chrome-extension" });
  expect(await statsAfter([noisy, modern(), noisy, legacy(), null])).toMatchObject({ noise: 2, accepted: 2, shed: { "no-report": 1 } });
});
