// What would flip an answer, as text for people.
import { formatInjection } from '../packet/format.ts';
import { type Paint, plain } from '../text/style.ts';
import { decidingText } from '../trace/deciding-text.ts';
import type { Way } from '../trace/step.ts';
import type { FieldChange, PacketAnswer, PacketFlip } from './packet-changes.ts';
import type { PlannedEdit, RuleAnswer, RuleFlip } from './rule-changes.ts';
import { spellEdit } from './spell-edit.ts';
import type { Why } from './why.ts';

/** Lines for the end of a trace. */
export function renderWhy(why: Why, paint: Paint = plain): readonly string[] {
  if (why.kind === 'short') return renderHint(why.flip, paint);
  return ['', ...renderPackets(why.packet, paint), '', ...renderRules(why.rules, paint)];
}

function renderHint({ changes, injection, way }: PacketFlip, paint: Paint): readonly string[] {
  return [
    `${paint('strong', 'it would be')}  ${way.verdict} with ${changes.map(changeText).join(' and ')}`,
    `             ${paint('dim', formatInjection(injection))}`,
  ];
}

function renderPackets({ flips, shortest, tried }: PacketAnswer, paint: Paint): readonly string[] {
  const head = paint('strong', 'another packet');
  if (flips.length === 0) return [`${head}  none was found that fares otherwise; ${tried} were tried`];
  const claim = shortest
    ? 'the shortest changes that flip it'
    : 'the nearest that were found, perhaps not the shortest';
  return [`${head}  ${claim}`, ...flips.flatMap((flip) => renderPacket(flip, paint))];
}

function renderPacket({ changes, injection, way }: PacketFlip, paint: Paint): readonly string[] {
  return [
    `  ${markOf(way, paint)} ${changes.map(changeText).join(', ')}`,
    `      ${formatInjection(injection)}`,
    `      ${paint('dim', outcomeText(way))}`,
  ];
}

/** `destination port 443 instead of 80`. */
function changeText({ field, from, to }: FieldChange): string {
  return `${field} ${to ?? 'none'}${from === undefined ? '' : ` instead of ${from}`}`;
}

function outcomeText(way: Way): string {
  return `${way.verdict} by ${way.deciding ? decidingText(way.deciding) : 'no rule'}`;
}

function markOf({ verdict }: Way, paint: Paint): string {
  return verdict === 'accept' ? paint('good', '✓') : paint('bad', '✗');
}

function renderRules({ flips, shortest, obstacle }: RuleAnswer, paint: Paint): readonly string[] {
  const head = paint('strong', 'other rules');
  if (obstacle) return [`${head}  none lets it pass: where no rule drops it the stack does, ${obstacle}`];
  if (flips.length === 0) return [`${head}  no edit was found that flips it`];
  const claim = shortest ? 'the shortest lists of edits that flip it' : 'the nearest that were found';
  return [`${head}  ${claim}`, ...flips.flatMap((flip) => renderList(flip, paint))];
}

function renderList({ edits, way }: RuleFlip, paint: Paint): readonly string[] {
  return edits.flatMap((edit, at) => renderEdit(edit, at === 0 ? markOf(way, paint) : '+', paint));
}

function renderEdit(edit: PlannedEdit, mark: string, paint: Paint): readonly string[] {
  const { text, command, source, line } = spellEdit(edit);
  const place = source ? ` (${source.file}:${source.line})` : '';
  return [
    `  ${mark} ${text}${place}`,
    ...(line === undefined ? [] : [`      ${paint('dim', line)}`]),
    ...(command ? [`      ${command}`] : []),
  ];
}
