/** The first match counts: most user agents name other browsers too. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d{1,3})/],
  ["Opera", /\bOPR\/(\d{1,3})/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d{1,3})/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d{1,3})/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d{1,3})/],
  ["Safari", /\bVersion\/(\d{1,3})[\w.]* (?:Mobile\/\w+ )?Safari\//],
];

/** Name and major version of a browser, such as `Firefox 145`; `Other` where it is none of these. */
export function browserOf(userAgent: string): string {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return "Other";
}
