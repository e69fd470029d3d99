// `meta priority set`: the class of the packet for the queues of its interface; in iptables CLASSIFY.
import type { DataType } from '../datatype/define.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { equalJson, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';
import { negation } from './option-words.ts';

interface Priority {
  readonly value: bigint;
}

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

const key: JsonValue = { meta: { key: 'priority' } };

export const metaPrioritySet = defineStatement<Priority>({
  key: 'meta priority set',
  aliases: ['CLASSIFY'],
  summary: 'Sorts the packet into a class of the queues it leaves by: `meta priority set "1:20"`.',
  terminal: false,
  read: (reader) => {
    const word = reader.word('none', 'root');
    const text = word ?? reader.text();
    if (text === undefined) return undefined;
    const value = classId.parse(text);
    return value === undefined ? reader.refuse('HK3006', `\`${text}\` is no class`) : { value };
  },
  write: ({ value }) => {
    const text = classId.format(value);
    return `meta priority set ${text.includes(':') ? `"${text}"` : text}`;
  },
  nft: {
    write: ({ value }) => ({ statement: { mangle: { key, value: classId.toJson(value) } } }),
    read: (statement) => {
      const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
      if (!isJsonObject(mangle) || !equalJson(mangle['key'] ?? null, key)) return undefined;
      const value = typeof mangle['value'] === 'string' ? classId.parse(mangle['value']) : undefined;
      return value === undefined ? undefined : { value };
    },
  },
  iptables: {
    write: ({ value }) => ({ kind: 'target', words: ['CLASSIFY', '--set-class', spellHandle(value)] }),
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
          return negation(given) ?? (value === undefined ? refuse(`\`${text}\` is no class`) : { value });
        },
      },
    ],
  },
  execute: ({ value }) => ({ kind: 'none', note: `class ${classId.format(value)}` }),
});
