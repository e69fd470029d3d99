// How an SVG picture looks, in light and in dark. What colour says is said by lines, dashes or signs, too.

const light = {
  paper: '#ffffff',
  ink: '#1c2733',
  faint: '#5c6b7a',
  line: '#8b98a5',
  box: '#f3f6f9',
  rim: '#c3cdd7',
  host: '#dfe8f1',
  device: '#ffffff',
  switch: '#e6f2ec',
  there: '#0b57c2',
  back: '#a64b00',
  bad: '#c01c28',
};

const dark: typeof light = {
  paper: '#12181f',
  ink: '#e6ebf0',
  faint: '#9fb0c0',
  line: '#6f7f8f',
  box: '#1a232c',
  rim: '#3c4a58',
  host: '#2b3b4b',
  device: '#202b36',
  switch: '#1f3a30',
  there: '#78b0ff',
  back: '#ffab5e',
  bad: '#ff7a80',
};

/** A line for each rule; a colour is `var(--NAME)`. */
const rules = `
text { fill: var(--ink); font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
.name { font: bold 13px system-ui, "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; }
.title { font-size: 15px; }
.aside { fill: var(--faint); }
.there { fill: var(--there); }
.back { fill: var(--back); }
.bad { fill: var(--bad); font-weight: bold; }
.paper { fill: var(--paper); }
.box { fill: var(--box); stroke: var(--rim); }
.node { stroke: var(--rim); fill: var(--device); }
.host { fill: var(--host); }
.switch { fill: var(--switch); }
.cable { fill: var(--paper); stroke: none; }
.cable.inside { fill: var(--box); }
.down { stroke-dasharray: 4 3; }
.down-text { opacity: .6; }
.end { stroke: var(--bad); stroke-width: 2.5; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.stands-on { stroke-dasharray: 2 3; }
.stroke { fill: none; stroke-width: 3; }
.stroke.there, .shaft.there { stroke: var(--there); fill: none; }
.stroke.back, .shaft.back { stroke: var(--back); fill: none; stroke-dasharray: 6 4; }
.disc.there { fill: var(--there); }
.disc.back { fill: var(--paper); stroke: var(--back); stroke-width: 1.5; stroke-dasharray: 3 2; }
.number { font: bold 11px system-ui, "DejaVu Sans", sans-serif; text-anchor: middle; }
.number.there { fill: var(--paper); }
.shield { fill: var(--faint); }
.cross-disc { fill: var(--paper); stroke: var(--bad); stroke-width: 2; }
.cross { stroke: var(--bad); stroke-width: 3.5; stroke-linecap: round; }
`;

/** The style sheet of every picture. Programs that know no variables of CSS, as some viewers and converters, read it, too. */
export const styleSheet = `${inColors(rules, light)}@media (prefers-color-scheme: dark) {${inColors(colored(rules), dark)}}\n`;

/** The rules that have a colour. */
function colored(sheet: string): string {
  return sheet.replaceAll(/^(?!.*var\(--).*\n/gm, '').replace(/^/, '\n');
}

function inColors(sheet: string, colors: typeof light): string {
  return Object.entries(colors).reduce(
    (text, [name, color]) => text.replaceAll(`var(--${name})`, color),
    sheet,
  );
}
