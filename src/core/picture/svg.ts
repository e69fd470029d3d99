// A picture as SVG that stands alone: no scripts, no fonts, no other files; for light and dark pages and for readers of screens.
import { type Arranged, arrange, badgeWidth, type Point, padding, type Rectangle } from './arrange.ts';
import type { Line, Picture, PictureNode, Stroke } from './picture.ts';
import { styleSheet } from './svg-style.ts';
import { drawCross, drawNumber, drawStroke, pathOf } from './svg-way.ts';
import { lineHeight, textWidth, wrapped } from './text.ts';
import { type Attributes, element, newLine, text, type Xml } from './xml.ts';

/** Around everything. */
const margin = 20;

/** Lines above the drawing are broken here. */
const mostHeadLetters = 100;

/** Writes the picture. */
export function svgOf(picture: Picture): string {
  const arranged = arrange(picture);
  const head = headLines(picture);
  const above = margin + head.length * lineHeight + 12;
  const widest = Math.max(arranged.width, ...head.map(headWidth));
  const [width, height] = [Math.ceil(widest + 2 * margin), Math.ceil(above + arranged.height + margin)];
  const root: Attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
  };
  const drawing = element(
    'g',
    { transform: `translate(${Math.round((width - arranged.width) / 2)} ${above})` },
    drawAll(picture, arranged),
  );
  const { xml } = element(
    'svg',
    root,
    element('title', {}, text(picture.title)),
    element('desc', {}, text(describe(picture))),
    element('style', {}, text(styleSheet)),
    element('rect', { class: 'paper', width, height }),
    head.map(drawHead),
    newLine,
    drawing,
  );
  return `${xml}\n`;
}

/** A line above the drawing; those of the key have an arrow before them. */
interface HeadLine {
  readonly role: Line['role'] | 'title';
  readonly text: string;
}

function headLines({ title, notes, strokes, nodes }: Picture): readonly HeadLine[] {
  const directions = (['there', 'back'] as const).filter((one) =>
    strokes.some(({ direction }) => direction === one),
  );
  const words = { there: 'there', back: 'the answer' } as const;
  return [
    ...wrapped(title, mostHeadLetters).map((one) => ({ role: 'title' as const, text: one })),
    ...notes
      .flatMap((one) => wrapped(one, mostHeadLetters))
      .map((one) => ({ role: 'aside' as const, text: one })),
    ...directions.map((one) => ({ role: one, text: words[one] })),
    ...(nodes.some(({ isEnd }) => isEnd) ? [{ role: 'bad' as const, text: '✕ it ends here' }] : []),
  ];
}

const keyWidth = 44;

function headWidth({ role, text: content }: HeadLine): number {
  return role === 'title' ? textWidth(content, 'name') * 1.2 : textWidth(content, 'text') + keyWidth;
}

function drawHead({ role, text: content }: HeadLine, at: number): Xml {
  const y = margin + at * lineHeight + 12;
  if (role !== 'there' && role !== 'back')
    return element('text', { class: role === 'title' ? 'name title' : role, x: margin, y }, text(content));
  const points = [
    { x: margin, y: y - 8 + (role === 'there' ? 0 : 8) },
    { x: margin + keyWidth - 10, y: y - 8 + (role === 'there' ? 0 : 8) },
  ];
  const ends = role === 'there' ? points : points.toReversed();
  return element(
    'g',
    {},
    drawStroke({ from: '', to: '', direction: role }, ends),
    element('text', { class: role, x: margin + keyWidth, y }, text(content)),
  );
}

/** The picture in words: which hosts there are, the way of the packet, and where it ends. */
function describe({ boxes, nodes }: Picture): string {
  const told = nodes.flatMap(({ lines }) => paragraphs(lines));
  const steps = told.filter(({ leg }) => leg !== undefined);
  return [
    `Hosts: ${boxes.map(({ name }) => name).join(', ')}.`,
    ...steps
      .toSorted((one, other) => (one.leg ?? 0) - (other.leg ?? 0))
      .map(({ leg, text: content }) => `${leg}: ${content}.`),
    ...told.filter(({ role }) => role === 'bad').map(({ text: content }) => `${content}.`),
  ].join(' ');
}

/** Broken lines put together again: a line goes on in those of its role that have no number of their own. */
function paragraphs(lines: readonly Line[]): readonly Line[] {
  const found: Line[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last?.role !== line.role || line.leg !== undefined) found.push(line);
    else found[found.length - 1] = { ...last, text: `${last.text} ${line.text}` };
  }
  return found;
}

function drawAll(picture: Picture, arranged: Arranged): readonly Xml[] {
  const { boxes, nodes, edges, strokes } = picture;
  const placed = (key: string): Rectangle => arranged.places.get(key) ?? { x: 0, y: 0, width: 0, height: 0 };
  return [
    ...boxes
      .toSorted((one, other) => area(placed(other.key)) - area(placed(one.key)))
      .map(({ key }) => element('rect', { class: 'box', ...placed(key), rx: 8 })),
    ...edges.map(({ kind }, at) =>
      element('path', {
        class: kind === 'plain' ? 'edge' : `edge ${kind}`,
        d: pathOf(arranged.courses[at] ?? []),
      }),
    ),
    ...strokes.map((stroke) => drawStroke(stroke, courseOf(picture, arranged, stroke))),
    ...nodes.flatMap((node) => [drawNode(node, placed(node.key)), newLine]),
  ];
}

function area({ width, height }: Rectangle): number {
  return width * height;
}

/** The points of the edge below a stroke, in its direction. */
function courseOf({ edges }: Picture, { courses }: Arranged, { from, to }: Stroke): readonly Point[] {
  const along = edges.findIndex((edge) => edge.from === from && edge.to === to);
  if (along >= 0) return courses[along] ?? [];
  const against = edges.findIndex((edge) => edge.from === to && edge.to === from);
  return courses[against]?.toReversed() ?? [];
}

function drawNode(node: PictureNode, place: Rectangle): Xml {
  const { kind, box, lines, isDown, isEnd, hasRules } = node;
  const inside = kind === 'cable' && box !== undefined ? ['inside'] : [];
  const classes = ['node', kind, ...inside, ...(isDown ? ['down'] : []), ...(isEnd ? ['end'] : [])].join(' ');
  const radius = { host: 5, device: 2, cable: 0, switch: place.height / 2 }[kind];
  return element(
    'g',
    { class: isDown ? 'down-text' : undefined },
    element('rect', { class: classes, ...place, rx: Math.min(radius, 16) }),
    hasRules ? [drawShield({ x: place.x + padding.x, y: place.y + padding.y + 1 })] : [],
    lines.flatMap((line, at) => drawLine(line, at, place, at === 0 && hasRules === true)),
    isEnd ? [drawCross({ x: place.x + place.width, y: place.y })] : [],
  );
}

function drawLine(
  { role, text: content, leg }: Line,
  at: number,
  place: Rectangle,
  isShifted: boolean,
): readonly Xml[] {
  const y = place.y + padding.y + at * lineHeight + 13;
  const isIndented = isShifted || role === 'there' || role === 'back';
  const x = place.x + padding.x + (isIndented ? badgeWidth : 0);
  const written = element('text', { class: role === 'fact' ? undefined : role, x, y }, text(content));
  if (leg === undefined || (role !== 'there' && role !== 'back')) return [written];
  return [drawNumber(leg, role, { x: place.x + padding.x + 8, y: y - 4 }), written];
}

/** A shield of 14 by 16: this host has rules. */
function drawShield({ x, y }: Point): Xml {
  const d = `M${x} ${y + 2}L${x + 7} ${y}L${x + 14} ${y + 2}V${y + 8}C${x + 14} ${y + 12} ${x + 10} ${y + 15} ${x + 7} ${y + 16}C${x + 4} ${y + 15} ${x} ${y + 12} ${x} ${y + 8}Z`;
  return element('path', { class: 'shield', d }, element('title', {}, text('has rules')));
}
