// `meta priority set`: the class of the packet for the queues of its interface; in iptables CLASSIFY.
import type { DataType } from '../datatype/define.ts';
import { findSelector } from '../match/find-selector.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { constant } from './operand.ts';
import { negation } from './option-words.ts';
import { defineSetter, target } from './setter.ts';
import { changing, passing, toAll } from './symbolic.ts';

const half = 0xffffn;

/** A handle of tc as nft writes it (src/meta.c: tchandle_type_print). */
const classId: DataType = {
  name: 'classid',
  label: 'a class such as `"1:20"`',
  width: 32,
  parse: (text) => (text === 'none' ? 0n : text === 'root' ? 0xffffffffn : parseHandle(text)),
  format: (value) => {
    if (value === 0n) return 'none';
    return value === 0xffffffffn ? 'root' : `${(value >> 16n).toString(16)}:${(value & half).toString(16)}`;
  },
  toJson: (value) => classId.format(value),
  quoted: true,
};

/** Two numbers in hexadecimal. */
function parseHandle(text: string): bigint | undefined {
  const [, major, minor] = /^(?:0x)?([\da-f]{1,8}):(?:0x)?([\da-f]{1,8})$/i.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return ((BigInt(`0x${major}`) & half) << 16n) | (BigInt(`0x${minor}`) & half);
}

function digits(number: bigint): string {
  return number.toString(16).padStart(4, '0');
}

function spellHandle(value: bigint): string {
  return `${digits(value >> 16n)}:${digits(value & half)}`;
}

export const metaPrioritySet = defineSetter({
  key: 'meta priority',
  aliases: ['CLASSIFY'],
  summary: 'Sorts the packet into a class of the queues it leaves by: `meta priority set "1:20"`.',
  type: classId,
  nft: { meta: { key: 'priority' } },
  changesPacket: true,
  target: (value) => target('CLASSIFY', '--set-class', spellHandle(value)),
  readers: [
    {
      module: 'CLASSIFY',
      options: { '--set-class': 1 },
      takes: 'together',
      complete: true,
      read: (given) => {
        const text = given[0]?.words[0];
        if (text === undefined) return refuse('`CLASSIFY` needs `--set-class`');
        const value = parseHandle(text);
        return negation(given) ?? (value === undefined ? refuse(`\`${text}\` is no class`) : constant(value));
      },
    },
  ],
  effect: (value) => ({
    kind: 'set-field',
    field: 'meta priority',
    value,
    note: `class ${classId.format(value)}`,
  }),
  symbolic: (bits) => {
    const field = findSelector('meta priority')?.field;
    return field ? toAll(changing(field, bits)) : passing();
  },
});
