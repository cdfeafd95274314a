import { html, type Markup } from "./html.js";

/** The style of the page, inline: light and dark, phone and desktop. */
export const STYLE: Markup = html`
:root { color-scheme: light dark; --text: #1c2430; --soft: #5b6675; --line: #dfe4ea; --back: #fff; --card: #f6f8fa; --enforce: #c2410c; --report: #2563eb; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --soft: #9aa6b5; --line: #2c3542; --back: #12161c; --card: #1a2029; --enforce: #fb923c; --report: #7aa7ff; --code: #0d1116; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); }
a { color: var(--report); } a:focus-visible, select:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--report); outline-offset: 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.cards b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 2rem; }
.columns > * { min-width: 0; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } @media (max-width: 40rem) { svg text { font-size: 20px; } }
.enforce { fill: var(--enforce); } .report { fill: var(--report); } .none { fill: var(--soft); } .axis { stroke: var(--line); }
.key::before { content: ""; display: inline-block; width: .7em; height: .7em; margin: 0 .4em 0 1em; border-radius: 2px; background: var(--report); }
.key.enforce::before { background: var(--enforce); } .key.none::before { background: var(--soft); } .key:first-child::before { margin-left: 0; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .7rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; font-weight: 600; white-space: nowrap; background: var(--card); } td.count, th.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 8rem; } td.bar { width: 30%; min-width: 5rem; } td.bar svg { height: 1.2em; }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: .5rem 0 1rem; } label { display: grid; grid-template-columns: minmax(0, 1fr); max-width: min(100%, 20rem); font-size: .85rem; color: var(--soft); }
select, input, button { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .55rem; max-width: 100%; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; }
pre.text { white-space: pre-wrap; overflow-wrap: anywhere; } code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; } .tag { white-space: nowrap; } .tag.enforce { color: var(--enforce); } .tag.report { color: var(--report); }
`;
