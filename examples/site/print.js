// How headers look on a terminal of 80 columns, with and without colour.
const COLUMNS = 80;
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const MARKS = { " ": undefined, "+": "green", "-": "red", "~": "yellow" };

/** Paints text, or leaves it as it is. */
export function painter(colour) {
  return (style, text) => (colour && style ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);
}

/** Breaks a value where its parts end, with a hanging indent; a part longer than a line breaks between words. */
export function wrap(name, value, indent = 6) {
  const room = COLUMNS - indent;
  const parts = value.split(/(?<=[;,]) /).flatMap((part) => (part.length <= room ? [part] : part.split(" ")));
  const lines = [`  ${name}:`.slice(0, COLUMNS)];
  for (const part of parts) {
    const last = lines.at(-1);
    // Only the first line has the name; every other one begins anew where the next part does not fit.
    if (last.length + 1 + part.length <= COLUMNS - 2) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(`${" ".repeat(indent - 1)} ${part}`);
  }
  return lines.flatMap((line) => (line.length <= COLUMNS - 2 ? [line] : line.match(new RegExp(`.{1,${COLUMNS - 2}}`, "g"))));
}

/** What differs from the site's headers: `[mark, name, value]`, in the order in which they go out. */
export function difference(site, headers) {
  const lines = Object.entries(headers).map(([name, value]) => [name in site ? (same(site[name], value) ? " " : "~") : "+", name, value]);
  const gone = Object.entries(site).filter(([name]) => !(name in headers));
  return [...lines, ...gone.map(([name, value]) => ["-", name, value])];
}

// Every response has a nonce of its own, which is no difference of policy.
const same = (one, other) => one.replace(/'nonce-[^']+'/g, "") === other.replace(/'nonce-[^']+'/g, "");

/** The block of one route. */
export function block({ path, status, note, headers, site }, paint) {
  const lines = [paint("bold", `${path}  ${status}`) + paint("dim", `  ${note}`)];
  const marked = site === undefined ? Object.entries(headers).map(([name, value]) => [" ", name, value]) : difference(site, headers);
  const shown = site === undefined ? marked : marked.filter(([mark]) => mark !== " ");
  for (const [mark, name, value] of shown) {
    for (const [index, line] of wrap(name, value).entries()) lines.push(paint(MARKS[mark], `${index === 0 ? mark : " "} ${line.slice(1)}`));
  }
  const others = marked.length - shown.length;
  if (others > 0)
    lines.push(
      paint("dim", `    ${shown.length === 0 ? "the same" : others} ${shown.length === 0 ? `${others} headers as on /` : "more as on /"}`),
    );
  return `${lines.join("\n")}\n`;
}
