// A picture as a Mermaid flowchart (mermaid.js.org, syntax of version 11), for pages that draw it themselves.
import type { Box, Direction, Edge, Line, Picture, PictureNode, Stroke } from './picture.ts';

/** Lines are broken here already. */
const settings = ['---', 'config:', '  flowchart:', '    wrappingWidth: 420', '---'];

/** Writes the picture. */
export function mermaidOf(picture: Picture): string {
  const { title, notes, boxes, nodes, grows } = picture;
  const ids = new Map([...boxes, ...nodes].map(({ key }, at) => [key, `n${at}`]));
  const idOf = (key: string): string => ids.get(key) ?? 'n';
  const arrows = arrowsOf(picture);
  return [
    ...settings,
    `flowchart ${grows === 'down' ? 'TB' : 'LR'}`,
    `  accTitle: ${plainLine(title)}`,
    ...(notes.length === 0 ? [] : [`  accDescr: ${plainLine(notes.join(' '))}`]),
    ...boxes
      .filter(({ inside }) => inside === undefined)
      .flatMap((box) => boxLines(box, picture, idOf, '  ')),
    ...nodes.filter(({ box }) => box === undefined).map((node) => `  ${nodeText(node, idOf)}`),
    ...arrows.map(({ from, to, link }) => `  ${idOf(from)} ${link} ${idOf(to)}`),
    ...styles(picture, arrows, idOf),
    '',
  ].join('\n');
}

type IdOf = (key: string) => string;

function boxLines(box: Box, picture: Picture, idOf: IdOf, indent: string): readonly string[] {
  const inner = `${indent}  `;
  return [
    `${indent}subgraph ${idOf(box.key)}["${escaped(box.name)}"]`,
    ...picture.nodes.filter((node) => node.box === box.key).map((node) => `${inner}${nodeText(node, idOf)}`),
    ...picture.boxes
      .filter(({ inside }) => inside === box.key)
      .flatMap((one) => boxLines(one, picture, idOf, inner)),
    `${indent}end`,
  ];
}

const shapes: Readonly<Record<PictureNode['kind'], readonly [string, string]>> = {
  host: ['(', ')'],
  device: ['[', ']'],
  cable: ['[', ']'],
  switch: ['[[', ']]'],
};

function nodeText({ key, kind, lines }: PictureNode, idOf: IdOf): string {
  const [open, close] = shapes[kind];
  return `${idOf(key)}${open}"${lines.map(lineText).join('<br/>')}"${close}`;
}

function lineText({ role, text, leg }: Line): string {
  const content = `${leg === undefined ? '' : `(${leg}) `}${escaped(text)}`;
  return role === 'name' ? `<b>${content}</b>` : content;
}

/** What Mermaid or HTML would take for markup, as Mermaid's entity codes. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N} .,:/()→✕-]/gu, (letter) => `#${letter.codePointAt(0)};`);
}

/** Titles have no quotes around them: what would end the line or begin something is left out. */
function plainLine(text: string): string {
  return text.replace(/[\s;#{}]+/g, ' ').trim();
}

/** One line between two nodes. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly link: string;
  readonly direction?: Direction;
}

/** Edges where no packet went, then the packet's way. */
function arrowsOf({ edges, strokes }: Picture): readonly Arrow[] {
  const isUsed = ({ from, to }: Edge): boolean =>
    strokes.some((one) => (one.from === from && one.to === to) || (one.from === to && one.to === from));
  const bare = edges
    .filter((edge) => !isUsed(edge))
    .map(({ from, to, kind }): Arrow => ({ from, to, link: kind === 'plain' ? '---' : '-.-' }));
  return [...bare, ...strokes.map(arrowOf)];
}

const links: Readonly<Record<Direction, string>> = { there: '==>', back: '-.->' };

function arrowOf({ from, to, direction, leg }: Stroke): Arrow {
  const label = leg === undefined ? '' : `|"${leg}"|`;
  return { from, to, direction, link: `${links[direction]}${label}` };
}

const looks: Readonly<Record<Direction, string>> = {
  there: 'stroke:#0b57c2',
  back: 'stroke:#a64b00,stroke-width:2px',
};

/** Which nodes look otherwise, and how. */
const classes: readonly (readonly [string, string, (node: PictureNode) => boolean])[] = [
  ['cable', 'fill:transparent,stroke:none', ({ kind }) => kind === 'cable'],
  ['down', 'opacity:0.6,stroke-dasharray:4 3', ({ isDown }) => isDown === true],
  ['lost', 'stroke:#c01c28,stroke-width:3px', ({ isEnd }) => isEnd === true],
];

function styles({ nodes }: Picture, arrows: readonly Arrow[], idOf: IdOf): readonly string[] {
  const ways = (['there', 'back'] as const).flatMap((one) => {
    const numbers = arrows.flatMap(({ direction }, at) => (direction === one ? [at] : []));
    return numbers.length === 0 ? [] : [`  linkStyle ${numbers.join(',')} ${looks[one]}`];
  });
  const marked = classes.flatMap(([name, look, has]) => {
    const ids = nodes.filter(has).map(({ key }) => idOf(key));
    return ids.length === 0 ? [] : [`  classDef ${name} ${look}`, `  class ${ids.join(',')} ${name}`];
  });
  return [...ways, ...marked];
}
