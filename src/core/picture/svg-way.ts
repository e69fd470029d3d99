// The way of a packet in an SVG picture: arrows beside the edges, on the right side of where they go to, so that the way
// there and the way back do not cover each other.
import type { Point } from './arrange.ts';
import type { Direction, Stroke } from './picture.ts';
import { element, text, type Xml } from './xml.ts';

/** How far beside the edge. */
const beside = 4;

/** The length of the head of an arrow. */
const head = 9;

/** One arrow along the points of an edge, which lead from where the stroke begins. */
export function drawStroke({ direction }: Stroke, points: readonly Point[]): Xml {
  const moved = shifted(points);
  const [last, before] = [moved.at(-1), moved.at(-2)];
  if (!last || !before) return element('g', {});
  const { x, y } = unit(before, last);
  const neck = { x: last.x - x * head, y: last.y - y * head };
  const wings = [
    last,
    { x: neck.x - (y * head) / 2, y: neck.y + (x * head) / 2 },
    { x: neck.x + (y * head) / 2, y: neck.y - (x * head) / 2 },
  ];
  return element(
    'g',
    {},
    element('path', { class: `stroke ${direction}`, d: pathOf([...moved.slice(0, -1), neck]) }),
    element('path', { class: direction, d: `M${wings.map(pair).join('L')}Z` }),
  );
}

/** Lines through the points, with round corners. */
export function pathOf(points: readonly Point[]): string {
  return points
    .map((point, at) => {
      const [before, after] = [points[at - 1], points[at + 1]];
      if (!before) return `M${pair(point)}`;
      if (!after) return `L${pair(point)}`;
      return `L${pair(near(point, before))}Q${pair(point)} ${pair(near(point, after))}`;
    })
    .join('');
}

/** Where the corner at a point begins: so far before it, or half of the way where that is shorter. */
function near(corner: Point, other: Point): Point {
  const { x, y } = unit(corner, other);
  const far = Math.min(12, Math.hypot(other.x - corner.x, other.y - corner.y) / 2);
  return { x: corner.x + x * far, y: corner.y + y * far };
}

function pair({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

/** The number of a leg in its disc, full there and dashed back. */
export function drawNumber(leg: number, direction: Direction, { x, y }: Point): Xml {
  return element(
    'g',
    {},
    element('circle', { class: `disc ${direction}`, cx: x, cy: y, r: 8 }),
    element('text', { class: `number ${direction}`, x, y: y + 4 }, text(`${leg}`)),
  );
}

/** The cross at a place where a packet ended. */
export function drawCross({ x, y }: Point): Xml {
  const arm = 5;
  return element(
    'g',
    {},
    element('circle', { class: 'cross-disc', cx: x, cy: y, r: 11 }),
    element('line', { class: 'cross', x1: x - arm, y1: y - arm, x2: x + arm, y2: y + arm }),
    element('line', { class: 'cross', x1: x - arm, y1: y + arm, x2: x + arm, y2: y - arm }),
  );
}

/** Each point moved to the right of the line through its neighbours. */
function shifted(points: readonly Point[]): readonly Point[] {
  return points.map((point, at) => {
    const { x, y } = unit(points[at - 1] ?? point, points[at + 1] ?? point);
    return { x: point.x - y * beside, y: point.y + x * beside };
  });
}

/** The direction from one point to another, of length 1. */
function unit(from: Point, to: Point): Point {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(x, y) || 1;
  return { x: x / length, y: y / length };
}
