// `TOS`: changes some bits of the byte that holds DSCP and ECN (net/netfilter/xt_DSCP.c: tos_tg, extensions/libxt_TOS.c).
import { integer8 } from '../datatype/types.ts';
import { codePoint } from '../field/parts.ts';
import { type GivenOption, isRefusal, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { changedBits } from '../match/steps.ts';
import { defineStatement } from './define.ts';
import { clash, type MaskedWord, negation, numberWord, parseMaskedWord } from './option-words.ts';
import { changing, toAll } from './symbolic.ts';
import { freeBits, numberBits } from './symbolic-source.ts';

const allBits = 0xffn;

/** Names of RFC 1349, of which six bits are meant. */
const names: Readonly<Record<string, bigint>> = {
  'minimize-delay': 0x10n,
  'maximize-throughput': 0x08n,
  'maximize-reliability': 0x04n,
  'minimize-cost': 0x02n,
  'normal-service': 0x00n,
};

const setOptions = ['--set-tos', '--and-tos', '--or-tos', '--xor-tos'];

function readTarget(given: readonly GivenOption[]): MaskedWord | Refusal {
  const [only] = given;
  const wrong = clash(given, setOptions) ?? negation(given);
  if (wrong) return wrong;
  if (!only) return refuse(`\`TOS\` needs one of ${setOptions.join(', ')}`);
  const [text = ''] = only.words;
  if (only.option === '--set-tos') return readSet(text);
  const value = numberWord(only.option, text, allBits);
  if (isRefusal(value)) return value;
  if (only.option === '--and-tos') return { value: 0n, mask: allBits & ~value };
  return { value, mask: only.option === '--or-tos' ? value : 0n };
}

function readSet(text: string): MaskedWord | Refusal {
  const named = names[text.toLowerCase()];
  if (named !== undefined) return { value: named, mask: 0x3fn };
  return parseMaskedWord(text, allBits) ?? refuse(`\`${text}\` is no type of service`);
}

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

export const tos = defineStatement<MaskedWord>({
  key: 'TOS',
  summary:
    'Changes bits of the type of service: those of the mask are cleared, then those of the value flipped.',
  terminal: false,
  changesPacket: true,
  read: (reader) => {
    const value = reader.word('set') && reader.single(integer8);
    if (value === undefined) return reader.fail('HK3009', 'expected `set` and a value');
    const mask = reader.word('mask') ? reader.single(integer8) : allBits;
    return mask === undefined ? undefined : { value, mask };
  },
  write: ({ value, mask }) => `TOS set ${hex(value)}${mask === allBits ? '' : ` mask ${hex(mask)}`}`,
  nft: {
    write: () => ({ unsupported: 'nft sets `ip dscp` and `ip ecn`, but not some bits of the whole byte' }),
    read: () => undefined,
  },
  iptables: {
    write: ({ value, mask }) => ({
      kind: 'target',
      words: ['TOS', '--set-tos', `${hex(value)}/${hex(mask)}`],
    }),
    readers: [
      {
        module: 'TOS',
        options: Object.fromEntries(setOptions.map((option) => [option, 1])),
        takes: 'together',
        complete: true,
        read: readTarget,
      },
    ],
  },
  execute: ({ value, mask }, { view: { packet } }) => {
    const old = (packet.dscp << 2) | (packet.ecn ?? 0);
    const byte = (old & ~Number(mask) & 0xff) ^ Number(value);
    return {
      kind: 'set-packet',
      change: { dscp: byte >> 2, ecn: byte & 3 },
      note: `type of service ${hex(BigInt(byte))}`,
    };
  },
  symbolic: ({ value, mask }, context) => {
    const old = [...numberBits(context, codePoint), ...freeBits('its congestion notification', 2, context)];
    const bits = changedBits(context.bdd, old, { keep: allBits & ~mask, flip: value });
    return toAll(changing(codePoint, bits.slice(0, 6)));
  },
});
