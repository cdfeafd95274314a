import { expect, it } from "vitest";
import { cdnjs } from "../../src/services/cdnjs.js";
import { changes, fault } from "./support.js";

const JQUERY = "jquery/3.7.1/jquery.min.js";

it("on strict", () => {
  expect(changes("strict", cdnjs({ packages: [JQUERY] }))).toEqual({
    "script-src": "'self' https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js",
  });
});

it("on strictDynamic the nonce is enough", () => {
  expect(changes("strictDynamic", cdnjs({ packages: [JQUERY] }))).toEqual({});
});

it("on recommended", () => {
  expect(changes("recommended", cdnjs({ packages: [JQUERY] }))).toEqual({
    "script-src": "'self' https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js",
  });
});

it("styles and fonts of a version", () => {
  expect(changes("strict", cdnjs({ packages: ["font-awesome/6.5.2/"], use: ["style", "font"] }))).toEqual({
    "style-src": "'self' https://cdnjs.cloudflare.com/ajax/libs/font-awesome/6.5.2/",
    "font-src": "'self' https://cdnjs.cloudflare.com/ajax/libs/font-awesome/6.5.2/",
  });
});

it("a version that is not one of npm", () => {
  expect(changes("strict", cdnjs({ packages: ["three.js/r128/three.min.js"] }))["script-src"]).toBe(
    "'self' https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js",
  );
});

it("refuses a library without a version", () => {
  expect(fault(() => cdnjs({ packages: ["jquery/jquery.min.js"] }))).toBe(
    'cdnjs.packages[0]: "jquery/jquery.min.js" names no version. Write the version that you use: "jquery/1.2.3/jquery.min.js".',
  );
});

it("refuses latest", () => {
  expect(fault(() => cdnjs({ packages: ["jquery/latest/jquery.min.js"] }))).toBe(
    'cdnjs.packages[0]: "jquery/latest/jquery.min.js" names no version. Write the version that you use: "jquery/1.2.3/jquery.min.js".',
  );
});

it("refuses a bare library", () => {
  expect(fault(() => cdnjs({ packages: ["jquery"] }))).toBe(
    'cdnjs.packages[0]: "jquery" names no version. Write the version that you use: "jquery/1.2.3/file.min.js".',
  );
});

it("refuses a version without a file", () => {
  expect(fault(() => cdnjs({ packages: ["jquery/3.7.1"] }))).toBe(
    'cdnjs.packages[0]: "jquery/3.7.1" names no file. Write "jquery/3.7.1/" for all files of the version.',
  );
});

it("refuses what stands before every library", () => {
  expect(fault(() => cdnjs({ packages: [`ajax/libs/${JQUERY}`] }))).toBe(
    `cdnjs.packages[0]: "ajax/libs/${JQUERY}" repeats ajax/libs/. Write "${JQUERY}".`,
  );
});

it("refuses a library with a wildcard", () => {
  expect(fault(() => cdnjs({ packages: ["*/3.7.1/a.js"] }))).toBe(
    'cdnjs.packages[0]: "*/3.7.1/a.js" has "*" for a name. Write the name of one library.',
  );
});
