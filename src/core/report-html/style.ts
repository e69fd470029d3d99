// How the report looks: in light and dark, on paper, and from the width of a phone up. What colour says is said by
// words or hatching, too; blue and orange differ for those who see no red or green.

const light = {
  paper: '#ffffff',
  ink: '#1c2733',
  faint: '#566472',
  hair: '#d9e0e6',
  panel: '#f4f6f8',
  fits: '#3b7bbf',
  stale: '#c2540a',
  other: '#75828f',
  band: '#3b7bbf',
  node: '#e3ebf3',
  link: '#0b57c2',
};

const dark: typeof light = {
  paper: '#12181f',
  ink: '#e6ebf0',
  faint: '#a3b1bf',
  hair: '#303c48',
  panel: '#1a222b',
  fits: '#5f9fe0',
  stale: '#f08a4b',
  other: '#93a1af',
  band: '#5f9fe0',
  node: '#263543',
  link: '#8ab8ff',
};

function variables(colors: typeof light): string {
  return Object.entries(colors)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');
}

const sheet = `
*, ::before, ::after { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 1120px; padding: 28px 24px 48px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 44px 0 4px; padding-top: 14px; border-top: 1px solid var(--hair); }
h3 { font-size: 15px; margin: 22px 0 4px; }
p { margin: 4px 0 12px; max-width: 74ch; }
.about, .hint, .nothing, .legend { color: var(--faint); }
.about { overflow-wrap: anywhere; }
.nothing { font-style: italic; }
.code, code, svg text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.code, code, svg text, h1 { unicode-bidi: isolate; }
code { font-size: 13px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(142px, 1fr)); gap: 10px; margin: 20px 0 12px; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border-left: 4px solid var(--hair); border-radius: 4px; padding: 10px 12px; }
.tiles li.fits { border-color: var(--fits); }
.tiles li.stale { border-color: var(--stale); }
.tiles strong { display: block; font-size: 23px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--faint); font-size: 13px; line-height: 1.35; display: block; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: 14px; }
th, td { text-align: left; vertical-align: baseline; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--hair); }
th { color: var(--faint); font-weight: 600; font-size: 13px; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
th button { all: unset; cursor: pointer; }
th button:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th[aria-sort="ascending"] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
td { white-space: nowrap; }
td.code { white-space: normal; overflow-wrap: anywhere; }
td.code { font-size: 12.5px; min-width: 12ch; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { color: var(--faint); font-size: 12px; display: block; }
.bar { display: flex; height: 10px; width: 100%; margin-top: 5px; background: var(--panel); border-radius: 2px; overflow: hidden; }
.bar > span { flex: none; }
.fits, .swatch.plain, .bar .plain { --part: var(--fits); }
.swatch, .bar > span { background: var(--part, var(--other)); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar .stale, .swatch.stale, .bar .full, .swatch.full { background: repeating-linear-gradient(135deg, var(--stale) 0 4px, color-mix(in srgb, var(--stale) 55%, var(--paper)) 4px 6px); }
.bar .near, .swatch.near { background: var(--other); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; }
.swatch { display: inline-block; width: 22px; height: 10px; border-radius: 2px; margin-right: 6px; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 5px; font-size: 12px; white-space: nowrap; }
.tag.stale { color: var(--stale); }
.tag.drift { color: var(--faint); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 0 44px; }
.columns > * { min-width: 0; }
figure { margin: 10px 0; }
figure svg { display: block; max-width: 100%; height: auto; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
figure.narrow { display: none; }
svg text { fill: var(--ink); font-size: 12px; white-space: pre; }
svg .label { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
svg .value { fill: var(--faint); font-size: 11px; }
.column { fill: var(--fits); }
.axis { stroke: var(--other); fill: none; }
.band { fill: none; stroke: var(--band); stroke-opacity: .35; }
.band.stale { stroke: var(--stale); stroke-opacity: .6; }
.band:hover { stroke-opacity: .75; }
.node { fill: var(--fits); }
.node.by { fill: var(--node); stroke: var(--fits); stroke-width: .6; }
.fold:not(:has(details[open])) tr.more { display: none; }
td.picture { width: 26%; min-width: 110px; }
.columns td.picture { width: 24%; min-width: 70px; }
.strip { display: block; width: 100%; height: 14px; margin-top: 4px; }
.ground { fill: var(--panel); }
.used { fill: var(--fits); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 10px 0 16px; max-width: 80ch; }
dt { font-weight: 600; }
dd { margin: 0; color: var(--faint); }
.behind { fill: var(--paper); }
details { margin: 4px 0 12px; }
summary { cursor: pointer; color: var(--link); width: fit-content; }
@media (max-width: 640px) {
  body { padding: 18px 14px 36px; }
  h1 { font-size: 21px; }
  figure.wide { display: none; }
  figure.narrow { display: block; }
  table, thead, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 6px 0; border-bottom: 1px solid var(--hair); }
  td { border: 0; padding: 1px 0; }
  td:first-child, td.code { flex: 1 1 100%; min-width: 0; }
  td.number { text-align: left; }
  td.number::before { content: attr(data-head) " "; color: var(--faint); font-size: 12px; }
  td.picture { flex: 1 1 100%; }
}
@media print {
  html { font-size: 11px; }
  body { max-width: none; padding: 0; }
  h2 { break-after: avoid; margin-top: 22px; }
  table { font-size: 10.5px; }
  tr, figure, .tiles { break-inside: avoid; }
  .fold:not(:has(details[open])) tr.more { display: table-row; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { display: none; }
}
@page { margin: 14mm; }
`;

/** The style sheet of the report. */
export const styleSheet = `:root{color-scheme:light dark;${variables(light)}}
@media screen and (prefers-color-scheme: dark){:root{${variables(dark)}}}${sheet}`;
