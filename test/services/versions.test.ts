import { expect, it } from "vitest";
import { cdnjs, jsdelivr, matomo, sentry, unpkg } from "../../src/services/index.js";
import { changes, fault } from "./support.js";

it.each(["1.2.3abc", "1.2.3 - 2", "1.2.3||2", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.x", "v1.2.3", "^1.2.3"])(
  "%s is not an exact version of a package",
  (version) => {
    const [one, other] = [
      fault(() => jsdelivr({ packages: [`npm/vue@${version}/a.js`] })),
      fault(() => unpkg({ packages: [`vue@${version}/a.js`] })),
    ];
    expect([one.includes("in place of an exact version"), other.includes("in place of an exact version")]).toEqual([true, true]);
  },
);

it.each(["1.2.3", "1.2.3-rc.1", "1.2.3+build.5", "1.2.3-rc.1+build.5"])("%s is an exact version of a package", (version) => {
  expect(changes("strict", unpkg({ packages: [`vue@${version}/a.js`] }))["script-src"]).toBe(
    `'self' https://unpkg.com/vue@${version}/a.js`,
  );
});

it("a file that is named twice is allowed once", () => {
  const layer = cdnjs({ packages: ["vue/3.5.13/vue.min.js", "vue/3.5.13/vue.min.js"] });
  expect(layer.contentSecurityPolicy).toMatchObject({
    scriptSrc: { sources: ["https://cdnjs.cloudflare.com/ajax/libs/vue/3.5.13/vue.min.js"] },
  });
});

it.each([
  [50, "nothing was thrown"],
  [51, "jsdelivr.packages: "],
])("of %i files: %s", (count, message) => {
  const packages = Array.from({ length: count }, (_, index) => `npm/vue@3.5.${index}/a.js`);
  expect(fault(() => jsdelivr({ packages }))).toMatch(new RegExp(`^${message}`));
});

it.each([5, null, "a.example", ["a.example"]])("%j is no object of options, of which none is missing", (options) => {
  const messages = [fault(() => sentry(options as never)), fault(() => matomo(options as never))];
  expect(messages.filter((message) => !/is not an object of options\./.test(message) || message.includes("is missing"))).toEqual([]);
});
