import { expect, it } from "vitest";
import { unpkg } from "../../src/services/unpkg.js";
import { changes, fault } from "./support.js";

const VUE = "vue@3.5.13/dist/vue.global.prod.js";

it("on strict", () => {
  expect(changes("strict", unpkg({ packages: [VUE] }))).toEqual({
    "script-src": "'self' https://unpkg.com/vue@3.5.13/dist/vue.global.prod.js",
  });
});

it("on strictDynamic the nonce is enough", () => {
  expect(changes("strictDynamic", unpkg({ packages: [VUE] }))).toEqual({});
});

it("on recommended", () => {
  expect(changes("recommended", unpkg({ packages: [VUE] }))).toEqual({
    "script-src": "'self' https://unpkg.com/vue@3.5.13/dist/vue.global.prod.js",
  });
});

it("the styles of a package of a scope", () => {
  expect(changes("strict", unpkg({ packages: ["@picocss/pico@2.0.6/css/"], use: ["style"] }))).toEqual({
    "style-src": "'self' https://unpkg.com/@picocss/pico@2.0.6/css/",
  });
});

it("all files of a version", () => {
  expect(changes("strict", unpkg({ packages: ["leaflet@1.9.4/"] }))["script-src"]).toBe("'self' https://unpkg.com/leaflet@1.9.4/");
});

it("refuses a package without a file, which unpkg answers with a redirect", () => {
  expect(fault(() => unpkg({ packages: ["vue@3.5.13"] }))).toBe(
    `unpkg.packages[0]: "vue@3.5.13" names no file. Write the file, such as "${VUE}", or "vue@3.5.13/" for all files of the version.`,
  );
});

it("refuses a package of a scope without a file", () => {
  expect(fault(() => unpkg({ packages: ["@picocss/pico@2.0.6"] }))).toMatch(
    /^unpkg\.packages\[0\]: "@picocss\/pico@2\.0\.6" names no file\./,
  );
});

it("refuses a bare package", () => {
  expect(fault(() => unpkg({ packages: ["vue"] }))).toBe(
    'unpkg.packages[0]: "vue" names no version. Write the version that you use: "vue@1.2.3".',
  );
});

it("refuses a range", () => {
  expect(fault(() => unpkg({ packages: ["vue@^3/dist/vue.js"] }))).toBe(
    'unpkg.packages[0]: "vue@^3/dist/vue.js" names "^3" in place of an exact version. Write the version that you use: "vue@1.2.3/dist/vue.js".',
  );
});

it("names every wrong path", () => {
  expect(fault(() => unpkg({ packages: ["vue", VUE, "react@latest/index.js"] }))).toMatch(/packages\[0\][\s\S]*packages\[2\]/);
});
