// Classes of packets as text: what they have in common, short enough to be read, and what was left out.

import { specialWords } from '../../core/analyse/ordinary.ts';
import type { Role } from '../../core/text/style.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { Deciding } from '../../core/trace/step.ts';
import type { Surface } from '../terminal.ts';
import { fold } from './fold.ts';

/** Where it is written, and how many classes at the most. */
export interface ClassesOut extends Pick<Surface, 'paint' | 'width'> {
  readonly limit: number;
}

/** Of longer lists the JSON has the rest. */
const mostParts = 8;
const mostRules = 4;

const short: ReadonlyMap<string, string> = new Map([
  ['source', 'from'],
  ['destination', 'to'],
  ['source port', 'from port'],
]);

/** What the packets of a class have in common; `free` are conditions that nobody can tell. */
export function cellsText(cells: ReadonlyMap<string, string>, free: readonly string[]): string {
  const texts = [...cells].flatMap(([title, cell]) => {
    if (free.includes(title) && (cell === 'yes' || cell === 'no'))
      return [cell === 'yes' ? `only if \`${title}\` holds` : `only if \`${title}\` does not hold`];
    const text = shortened(cell);
    if (title === 'protocol') return behindProtocol.some((one) => cells.has(one)) ? [] : [text];
    if (title === 'destination port') return [`${protocolOf(cells)} port ${text}`];
    if (title === 'icmp type') return [`${protocolOf(cells)} ${text}`];
    return [title === 'family' ? text : `${short.get(title) ?? title} ${text}`];
  });
  return texts.join('; ') || 'all packets';
}

/** Columns that are said with the protocol. */
const behindProtocol = ['destination port', 'icmp type'];

function protocolOf(cells: ReadonlyMap<string, string>): string {
  return shortened(cells.get('protocol') ?? 'any protocol');
}

function shortened(cell: string): string {
  const parts = cell.split(', ');
  if (parts.length <= mostParts) return cell;
  return `${parts.slice(0, mostParts - 1).join(', ')} and ${parts.length - mostParts + 1} more`;
}

/** A heading in its colour, and the packets behind it. */
export function headText(role: Role, head: string, packets: string, { paint, width }: ClassesOut): string {
  const [first = '', ...others] = fold(`${head}  ${packets}`, width - 4).split('\n');
  const painted = `${paint(role, head)}${first.slice(head.length)}`;
  return [painted, ...others.map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
}

/** A line below a heading. */
export function lineText(text: string, { width }: Pick<ClassesOut, 'width'>): string {
  const [first = '', ...others] = fold(text, width - 4).split('\n');
  return [`  ${first}`, ...others.map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
}

/** The rules and policies that decide, the first few of them. */
export function decidingTexts(deciding: readonly Deciding[]): readonly string[] {
  const more = deciding.length - mostRules;
  const texts = deciding.slice(0, more > 1 ? mostRules : deciding.length).map(decidingText);
  return more > 1 ? [...texts, `${more} more`] : texts;
}

/** The classes up to the limit, how many more there are, and what is not known of others. */
export function listText<Class>(
  { classes, assumptions, missed, isPart }: Listed<Class>,
  textOf: (one: Class) => string,
  counted: (count: number) => string,
  { paint, limit, width }: ClassesOut,
): string {
  const more = classes.length - limit;
  return [
    ...classes.slice(0, limit).map(textOf),
    ...(more > 0 ? [`and ${more} more, which \`--json\` has\n`] : []),
    classes.length > 0 ? `\n${counted(classes.length)}\n` : '',
    ...missed.map(
      (one) => `${paint('bad', 'not looked at to the end')}: ${one}; \`--time-limit\` gives more time\n`,
    ),
    ...(isPart
      ? [`${fold(`left out: packets with ${specialWords}; \`--special\` tells of them`, width)}\n`]
      : []),
    ...assumptions.map((one) => paint('dim', `taken for granted: ${one}\n`)),
  ].join('');
}

interface Listed<Class> {
  readonly classes: readonly Class[];
  readonly assumptions: readonly string[];
  readonly missed: readonly string[];
  readonly isPart: boolean;
}
