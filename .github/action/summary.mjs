// What action.yml writes: Markdown for the summary of the job, and annotations. Everything that came from a site is text, never markup.

/** Text in Markdown: what could be markup, a mention or a cell's end is written as a character reference. */
export function text(value) {
  return String(value)
    .replace(/[\\`*_{}[\]()#+!|<>~&@:$]/g, (one) => `&#${one.charCodeAt(0)};`)
    .replace(/www\./gi, (one) => `${one.slice(0, 3)}&#46;`)
    .replace(/\s+/g, " ");
}

const row = (cells) => `| ${cells.join(" | ")} |\n`;

const table = (head, rows) => `${row(head)}${row(head.map(() => "---"))}${rows.map(row).join("")}`;

/** Rows beyond these are counted and not written: GitHub takes no summary above 1 MB, and check writes three parts. */
const MOST_ROWS = 100;
const MOST_CHARACTERS = 250_000;

function limited(rows, columns) {
  let room = MOST_CHARACTERS;
  const beyond = rows.findIndex((cells, index) => {
    room -= row(cells).length;
    return index >= MOST_ROWS || room < 0;
  });
  return beyond === -1 ? rows : [...rows.slice(0, beyond), [`and ${rows.length - beyond} more`, ...Array(columns - 1).fill("")]];
}

/** The score of each site, and what was found on which. */
export function checkSummary(sites) {
  const scores = sites.map((site) =>
    site.errors === undefined
      ? [short(site.name), `${site.score.points}`, text(site.score.grade), ...COUNTED.map((severity) => `${countOf(site, severity)}`)]
      : [short(site.name), "not read", "", "", "", ""],
  );
  const found = groupsOf(sites).map(({ severity, header, message, fix, names }) => [
    severity,
    text(header),
    `${short(message)}<br>Fix&#58; ${short(fix)}`,
    ...(sites.length === 1 ? [] : [names.length === sites.length ? "all" : someOf(names, 5, short).join("<br>")]),
  ]);
  const unread = sites.filter(({ errors }) => errors !== undefined);
  const head = ["Severity", "Header", "Finding", ...(sites.length === 1 ? [] : ["Where"])];
  return [
    `### Security headers\n\n${table(["", "Score", "Grade", "High", "Medium", "Low"], limited(scores, 6))}`,
    found.length === 0 ? "Nothing was found.\n" : table(head, limited(found, head.length)),
    ...someOf(unread, MOST_ROWS, ({ name, errors }) => `${short(name)}&#58; ${short(errors.join(" "))}\n`),
  ].join("\n");
}

export const COUNTED = ["high", "medium", "low"];

export const countOf = ({ findings = [] }, severity) => findings.filter((one) => one.severity === severity).length;

/** Each finding once, with the sites that have it, the worst first. */
export function groupsOf(sites) {
  const groups = new Map();
  for (const { name, findings = [] } of sites) {
    for (const { severity, header, message, fix, path } of findings.filter((one) => COUNTED.includes(one.severity))) {
      const key = JSON.stringify([severity, header, message]);
      const group = groups.get(key) ?? { severity, header, message, fix, path, names: [] };
      groups.set(key, { ...group, names: [...group.names, name] });
    }
  }
  return [...groups.values()].sort((one, other) => COUNTED.indexOf(one.severity) - COUNTED.indexOf(other.severity));
}

/** What changed between two policies, directive by directive, everywhere and on each route. */
export function compareSummary({ before, after, verdict, headers, routes = [] }) {
  const site = JSON.stringify(headers);
  const hasRoutes = routes.length > 0;
  const rows = [
    ...rowsOf(headers).map((cells) => (hasRoutes ? ["rest of the site", ...cells] : cells)),
    ...routes.flatMap((route) => {
      const asSite = JSON.stringify(route.headers) === site;
      const own = asSite && route.verdict !== "same" ? [["", "", route.verdict, "", "As on the rest of the site."]] : rowsOf(route.headers);
      return own.map((cells) => [short(route.path), ...cells]);
    }),
  ];
  const head = [...(hasRoutes ? ["Path"] : []), "Header", "Part", "Result", "Difference", "What it means"];
  const title = `### Policy: ${short(before)} to ${short(after)} is ${verdict}\n\n`;
  return `${title}${rows.length === 0 ? "Nothing differs.\n" : table(head, limited(rows, head.length))}`;
}

function rowsOf(headers) {
  return headers.flatMap((header) => {
    if (header.verdict === "same") return [];
    const parts = (header.directives ?? []).filter((one) => one.verdict !== "same");
    if (parts.length === 0) return [[text(header.header), "", header.verdict, difference(header), short(header.message ?? "")]];
    return parts.map((part) => [
      text(header.header),
      text(part.directive ?? part.name ?? ""),
      part.verdict,
      difference(part),
      short(part.message),
    ]);
  });
}

/** Characters of a text in a cell or an annotation, before they are escaped. */
const LONGEST = 400;

const clipped = (value) => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);

const short = (value) => text(clipped(value));

/** The first of a list, each as it is shown, and how many there are beyond them. */
function someOf(list, most, shown) {
  return [...list.slice(0, most).map((one) => shown(one)), ...(list.length > most ? [`and ${list.length - most} more`] : [])];
}

const MOST_CHANGES = 20;

function difference({ before, after, added = [], removed = [] }) {
  const changes = [
    ...someOf(added, MOST_CHANGES, (one) => `+ ${short(one)}`),
    ...someOf(removed, MOST_CHANGES, (one) => `− ${short(one)}`),
  ];
  if (changes.length > 0) return changes.join("<br>");
  return `− ${short(before ?? "not sent")}<br>+ ${short(after ?? "not sent")}`;
}

/** A text in a command of the log. */
export const data = (value) => value.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

const LEVELS = { high: "error", medium: "warning", low: "notice" };

/** A line for the log that GitHub shows at the job. */
export function annotation({ severity, header, message, fix, names }) {
  const title = data(header).replace(/:/g, "%3A").replace(/,/g, "%2C");
  const where = `${names.slice(0, 3).map(clipped).join(", ")}${names.length > 3 ? " and others" : ""}`;
  return `::${LEVELS[severity]} title=${title}::${data(`${clipped(message)} ${clipped(fix)} (${where})`)}`;
}
