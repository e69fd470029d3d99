// `CT`: everything that iptables says of a connection before conntrack sees it (net/netfilter/xt_CT.c). What nft says
// likewise is read as `notrack` and `ct zone set`; only one CT of those that a packet meets has an effect.

import { integer16 } from '../datatype/types.ts';
import { type GivenOption, type Refusal, refuse } from '../match/iptables-spelling.ts';
import type { TermReader } from '../match/reader.ts';
import type { Effect } from './define.ts';
import { parseNumberWord } from './option-words.ts';
import { anything, passing, toAll } from './symbolic.ts';
import {
  defineTarget,
  type OptionData,
  type OptionValue,
  type TargetArgs,
  textValue,
  unknownToNft,
} from './target.ts';

/** extensions/libxt_CT.c: ct_event_tbl and exp_event_tbl, in the order in which they are printed. */
const connectionEvents = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
];

function eventsValue(known: readonly string[]): OptionValue {
  const ordered = (words: readonly string[]): string =>
    known.filter((event) => words.includes(event)).join(',');
  const unknownIn = (words: readonly string[]): string | undefined =>
    words.find((word) => !known.includes(word));
  return {
    parse: (text) => {
      const words = text.split(',');
      const other = unknownIn(words);
      return other === undefined ? ordered(words) : refuse(`no event is called \`${other}\``);
    },
    format: String,
    read: (reader) => {
      const words = readWords(reader, known);
      return words && ordered(words);
    },
    write: String,
  };
}

function readWords(reader: TermReader, known: readonly string[]): readonly string[] | undefined {
  const words: string[] = [];
  do {
    const word = reader.word(...known);
    if (word === undefined) return reader.fail('HK3006', 'no such event', `one of ${known.join(', ')}`);
    words.push(word);
  } while (reader.mark(','));
  return words;
}

function parseZone(text: string, option: string): OptionData | Refusal {
  const zone = text === 'mark' ? text : parseNumberWord(text, 0xffffn);
  return zone ?? refuse(`\`${option}\` takes \`mark\` or a number up to 65535, not \`${text}\``);
}

const zoneValue: OptionValue = {
  parse: parseZone,
  format: String,
  read: (reader) => reader.word('mark') ?? reader.single(integer16),
  write: String,
};

const zones = ['--zone', '--zone-orig', '--zone-reply'];

/** The kernel keeps one number: that of the last option; both directions together are the whole. */
function expand(given: readonly GivenOption[]): readonly GivenOption[] {
  const [first, ...others] = given.filter(({ option }) => zones.includes(option));
  const last = others.at(-1);
  if (!first || !last) return given;
  const directions = new Set(
    [first, ...others].map(({ option }) => option).filter((one) => one !== '--zone'),
  );
  const [only = '--zone'] = directions;
  const whole = { ...last, option: directions.size === 1 ? only : '--zone' };
  return [...given.filter(({ option }) => !zones.includes(option)), whole];
}

function effect(args: TargetArgs): Effect {
  if (args['notrack']) return { kind: 'untrack' };
  const whole = args['zone'];
  const original = args['zone-orig'] ?? whole;
  const reply = args['zone-reply'] ?? whole;
  if (original === 'mark' || reply === 'mark')
    return { kind: 'unknown', why: 'the zone becomes that of the mark, which is not followed here' };
  const helper = args['helper'];
  if (original === undefined && reply === undefined && helper === undefined)
    return { kind: 'none', note: 'conntrack treats its connection otherwise' };
  const zone = original ?? reply;
  return {
    kind: 'set-zone',
    zone: {
      ...(original !== undefined && { original: Number(original) }),
      ...(reply !== undefined && { reply: Number(reply) }),
    },
    ...(helper !== undefined && { helper: `${helper}` }),
    note: [zone !== undefined && `zone ${zone}`, helper !== undefined && `helper \`${helper}\``]
      .filter(Boolean)
      .join(', '),
  };
}

export const ct = defineTarget({
  key: 'CT',
  summary: 'Says how conntrack treats the connection of the packet: `CT helper "ftp" ctevents new,destroy`.',
  hooks: ['prerouting', 'output'],
  usesConntrack: true,
  changesPacket: true,
  options: [
    { option: '--notrack', word: 'notrack' },
    { option: '--helper', word: 'helper', value: textValue(15) },
    { option: '--timeout', word: 'timeout', value: textValue(31) },
    { option: '--ctevents', word: 'ctevents', value: eventsValue(connectionEvents) },
    { option: '--expevents', word: 'expevents', value: eventsValue(['new']) },
    { option: '--zone', word: 'zone', value: zoneValue },
    { option: '--zone-orig', word: 'zone-orig', value: zoneValue },
    { option: '--zone-reply', word: 'zone-reply', value: zoneValue },
  ],
  exclusive: [['zone', 'zone-orig', 'zone-reply']],
  expand,
  knowledge: { unknown: 'with `zone mark` the zone becomes that of the mark' },
  nft: unknownToNft('nft says this with `ct zone set`, `notrack` and objects for helpers and timeouts'),
  execute: effect,
  symbolic: (args, context) => {
    if (args['notrack']) return toAll({ kind: 'untrack' });
    const given = [args['zone'], args['zone-orig'], args['zone-reply']];
    if (given.includes('mark')) return anything(context, 'the zone becomes that of the mark');
    const isTold = given.some((zone) => zone !== undefined) || args['helper'] !== undefined;
    return isTold ? toAll({ kind: 'set-zone' }) : passing();
  },
});
