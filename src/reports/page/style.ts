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
h2 { margin: 1.5rem 0 .4rem; } code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; } .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.proposal { border: 1px solid var(--line); border-radius: .5rem; padding: .1rem .9rem .6rem; margin: .75rem 0; background: var(--card); } .proposal h2 { margin-top: .6rem; } .proposal p, .proposal li { overflow-wrap: anywhere; }
details { margin: .25rem 0; } summary { cursor: pointer; } summary:focus-visible, pre:focus-visible, .wide:focus-visible { outline: 2px solid var(--report); outline-offset: 2px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; margin: .5rem 0; overflow: auto; max-height: 22rem; font: 13px/1.5 ui-monospace, monospace; }
pre.text { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 1rem 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .8rem; } .cards b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.enforce { fill: var(--enforce); } .report { fill: var(--report); } .none { fill: var(--soft); } .axis { stroke: var(--line); }
.key::before { content: ""; display: inline-block; width: .7em; height: .7em; margin: 0 .4em 0 1em; border-radius: 2px; background: var(--report); }
.key.enforce::before { background: var(--enforce); } .key.none::before { background: var(--soft); } .key:first-child::before { margin-left: 0; }
.tag { white-space: nowrap; } .tag.enforce { color: var(--enforce); } .tag.report { color: var(--report); } .tag.new { font-weight: 600; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .7rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; font-weight: 600; white-space: nowrap; background: var(--card); } td.count, th.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 8rem; } td.bar { width: 30%; min-width: 5rem; } td.bar svg { height: 1.2em; }
.source { width: 24%; overflow-wrap: anywhere; } .todo { width: 44%; } td.first, td.last { white-space: normal; min-width: 7.5rem; } .todo small { display: block; color: var(--soft); overflow-wrap: anywhere; } .todo { overflow-wrap: anywhere; } .count i { display: none; font-style: normal; } .do form { margin: 0; }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: .5rem 0; } label { display: grid; grid-template-columns: minmax(0, 1fr); max-width: min(100%, 20rem); font-size: .85rem; color: var(--soft); }
label.search { flex: 1 1 12rem; max-width: 28rem; } form details { flex: 1 1 100%; margin: 0; } .filters { display: flex; flex-wrap: wrap; gap: .5rem .75rem; margin-top: .4rem; } .filters label { min-width: 0; }
select, input, button { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .55rem; max-width: 100%; }
.tools a, .pager a { margin-left: .75rem; } .pager { margin: .6rem 0; } .pager a:first-child { margin: 0 .75rem 0 0; } .orphans li { margin: .3rem 0; } .orphans form { display: inline-flex; margin: 0 0 0 .5rem; }
@media (max-width: 48rem) {
svg text { font-size: 20px; } h2 { margin-top: 1rem; } body { padding: .75rem; font-size: 14px; } pre { max-height: 7.5rem; } pre.text { max-height: none; } .cards { display: flex; flex-wrap: wrap; gap: 0 .8rem; margin: .4rem 0; } .cards b { display: inline; font-size: 1em; } .cards li { padding: 0; border: 0; background: none; }
.sources table, .sources tbody { display: block; } .sources thead tr { display: flex; flex-wrap: wrap; gap: 0 .9rem; padding: .3rem .6rem; background: var(--card); } .sources th { padding: 0; font-size: .8rem; } .sources th:not(:has(a)), .sources th:nth-child(5) { display: none; }
.sources tbody tr { display: grid; grid-template-columns: auto auto 1fr auto; gap: 0 .6rem; padding: .2rem .6rem; border-top: 1px solid var(--line); font-size: .8rem; line-height: 1.25; } .sources td { display: block; border: 0; padding: 0; min-width: 0; }
.sources .source { grid-area: 1 / 1 / 2 / 4; width: auto; font-size: .9rem; } .sources .source a { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .sources .do { grid-area: 1 / 4 / 2 / 5; } .sources .do button { padding: 0 .4rem; font-size: .8rem; }
.sources .todo { grid-area: 2 / 1 / 3 / 5; width: auto; } .sources td.last { grid-column: 3 / 5; min-width: 0; white-space: nowrap; overflow: hidden; } .todo > span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; } .todo small { display: none; }
.sources .count { text-align: left; color: var(--soft); } .sources .count i { display: inline; } .sources .first { display: none; } .intro { display: none; }
}
`;
