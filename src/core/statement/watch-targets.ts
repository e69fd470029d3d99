// Targets that tell somebody of a packet and leave it as it is: AUDIT, IDLETIMER, LED, ULOG.
import { integer16, integer32 } from '../datatype/types.ts';
import { quote } from '../match/quote.ts';
import { isJsonObject } from '../nft/json-value.ts';
import type { StatementDefinition } from './define.ts';
import { numberWord } from './option-words.ts';
import { passing } from './symbolic.ts';
import {
  choiceValue,
  defineTarget,
  numberValue,
  type OptionData,
  type OptionValue,
  textValue,
  unknownToNft,
} from './target.ts';

export const audit: StatementDefinition<unknown> = defineTarget({
  key: 'AUDIT',
  summary: "Writes a record to the audit log; what it says of the packet's end is only a label.",
  options: [
    { option: '--type', word: 'type', value: choiceValue(['accept', 'drop', 'reject']), required: true },
  ],
  nft: {
    write: () => ({ statement: { log: { level: 'audit' } } }),
    read: (statement) => {
      const log = isJsonObject(statement) ? statement['log'] : undefined;
      return isJsonObject(log) && log['level'] === 'audit' ? { type: 'accept' } : undefined;
    },
  },
  execute: () => ({ kind: 'none', note: 'written to the audit log' }),
  symbolic: passing,
});

export const idletimer: StatementDefinition<unknown> = defineTarget({
  key: 'IDLETIMER',
  summary: 'Starts a timer anew, of which a program hears when no packet came for so many seconds.',
  options: [
    { option: '--timeout', word: 'timeout', value: numberValue(integer32, { min: 1n }), required: true },
    { option: '--label', word: 'label', value: textValue(27), required: true },
    { option: '--alarm', word: 'alarm' },
  ],
  nft: unknownToNft('nft has no idle timers'),
  execute: ({ label }) => ({ kind: 'none', note: `the idle timer ${quote(String(label))} starts anew` }),
  symbolic: passing,
});

/** Milliseconds, or `inf`: until the next packet. */
const ledDelay: OptionValue = {
  parse: (text, option) => (text === 'inf' ? text : numberWord(option, text, 0xffffffffn)),
  format: String,
  read: (reader): OptionData | undefined => reader.word('inf') ?? reader.single(integer32),
  write: String,
};

export const led: StatementDefinition<unknown> = defineTarget({
  key: 'LED',
  summary: 'Lights a lamp of the machine.',
  options: [
    { option: '--led-trigger-id', word: 'trigger', value: textValue(27), required: true },
    { option: '--led-delay', word: 'delay', value: ledDelay, initial: 0n },
    { option: '--led-always-blink', word: 'always-blink' },
  ],
  nft: unknownToNft('nft lights no lamps'),
  execute: ({ trigger }) => ({ kind: 'none', note: `the lamp of ${quote(String(trigger))} lights up` }),
  symbolic: passing,
});

export const ulog: StatementDefinition<unknown> = defineTarget({
  key: 'ULOG',
  summary: 'Hands the packet to listeners as kernels before 3.17 did; `log group` replaced it.',
  family: 'ip',
  options: [
    { option: '--ulog-prefix', word: 'prefix', value: textValue(31) },
    {
      option: '--ulog-nlgroup',
      word: 'group',
      value: numberValue(integer32, { min: 1n, max: 32n }),
      initial: 1n,
    },
    { option: '--ulog-cprange', word: 'range', value: numberValue(integer32), initial: 0n },
    {
      option: '--ulog-qthreshold',
      word: 'threshold',
      value: numberValue(integer16, { min: 1n, max: 50n }),
      initial: 1n,
    },
  ],
  nft: unknownToNft('nft hands packets to listeners with `log group`, the kernel has no ULOG any more'),
  execute: () => ({ kind: 'none', note: 'handed to the listeners of ULOG' }),
  symbolic: passing,
});
