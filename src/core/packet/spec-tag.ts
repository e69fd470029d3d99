// Reads VLAN tags in a packet spec: `vlan 10 pcp 3 dei`, behind a provider's own `service-vlan 20`.
import { numberType } from '../datatype/define.ts';
import type { VlanTag } from './packet.ts';
import { type Cursor, complain, missing, take, type Word } from './spec-cursor.ts';

/** All words that are about tags. */
export const tagWords = ['vlan', 'service-vlan', 'pcp', 'dei'] as const;

const numbers = {
  vlan: numberType('vlan', 'a VLAN up to 4095', 12),
  pcp: numberType('pcp', 'a priority up to 7', 3),
};

/** The tags with what a word adds to them: another one, or more of the last. */
export function readTagWord(
  cursor: Cursor,
  word: Word,
  tags: readonly VlanTag[],
): readonly VlanTag[] | undefined {
  const last = tags.at(-1) ?? { id: 0, priority: 0 };
  const others = tags.slice(0, -1);
  if (word.text === 'dei') return [...others, { ...last, dropEligible: true }];
  const value = readNumber(cursor, word, word.text === 'pcp' ? numbers.pcp : numbers.vlan);
  if (value === undefined) return undefined;
  if (word.text === 'pcp') return [...others, { ...last, priority: value }];
  return [
    ...tags,
    { id: value, priority: 0, ...(word.text === 'service-vlan' && { isService: true as const }) },
  ];
}

function readNumber(cursor: Cursor, word: Word, type: (typeof numbers)['vlan']): number | undefined {
  const value = take(cursor);
  if (!value) return missing(cursor, `${type.label} for \`${word.text}\``);
  const number = type.parse(value.text);
  if (number !== undefined) return Number(number);
  const help = `\`${word.text}\` takes ${type.label}`;
  return complain(cursor, 'HK6006', `\`${value.text}\` is not ${type.label}`, value.span, help);
}
