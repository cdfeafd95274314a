import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["clearSiteData", ["cache", "cookies"], "Clear-Site-Data", '"cache", "cookies"'],
    ["clearSiteData", ["*"], "Clear-Site-Data", '"*"'],
  ],
  refused: [
    [{ clearSiteData: ["cokies"] }, 'clearSiteData[0]: "cokies" is not one of its values. Did you mean "cookies"?'],
    [{ clearSiteData: true }, 'clearSiteData: true needs a default, and this key has none. Write ["*"].'],
  ],
  broken: [[{ "Clear-Site-Data": "cookies" }, '"Clear-Site-Data": "cookies" is not a kind of data. Write it in double quotes: "cookies".']],
});
