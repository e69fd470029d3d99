// `CONNMARK`: what iptables does with both marks at once, or shifted; nft computes a mark from one of them
// (net/netfilter/xt_connmark.c: connmark_tg_shift).
import { numberType } from '../datatype/define.ts';
import { mark } from '../datatype/types.ts';
import { isUnknown, type PacketView } from '../field/view.ts';
import type { TermReader } from '../match/reader.ts';
import { type Connmark, connmarkOptions, readConnmark } from './connmark-words.ts';
import { defineStatement, type Effect } from './define.ts';
import { ctMarkSet, metaMarkSet, operandOfConnmark } from './mark.ts';

const allBits = 0xffffffffn;
const bits = numberType('integer', 'a number of bits', 6);

function readLanguage(reader: TermReader): Connmark | undefined {
  const action = reader.word('set', 'save', 'restore');
  if (!action) return reader.fail('HK3009', 'expected `set`, `save` or `restore`');
  const value = action === 'set' ? reader.single(mark) : 0n;
  let change: Connmark | undefined = value === undefined ? undefined : { ...whole, action, value };
  const words = ['nfmask', 'ctmask', 'left', 'right'] as const;
  for (let word = reader.word(...words); word && change; word = reader.word(...words))
    change = readPart(reader, word, change);
  return change;
}

const whole = { ctmask: allBits, nfmask: allBits, shift: 0n };

function readPart(
  reader: TermReader,
  word: 'nfmask' | 'ctmask' | 'left' | 'right',
  change: Connmark,
): Connmark | undefined {
  const value = reader.single(word === 'nfmask' || word === 'ctmask' ? mark : bits);
  if (value === undefined) return undefined;
  if (word === 'nfmask' || word === 'ctmask') return { ...change, [word]: value };
  return { ...change, shift: word === 'left' ? value : -value };
}

function write({ action, value, ctmask, nfmask, shift }: Connmark): string {
  return [
    'CONNMARK',
    action === 'set' ? `set ${mark.format(value)}` : action,
    ...(action === 'set' || nfmask === allBits ? [] : [`nfmask ${mark.format(nfmask)}`]),
    ...(ctmask === allBits ? [] : [`ctmask ${mark.format(ctmask)}`]),
    ...(shift === 0n ? [] : [shift > 0n ? `left ${shift}` : `right ${-shift}`]),
  ].join(' ');
}

function targetWords({ action, value, ctmask, nfmask, shift }: Connmark): readonly string[] {
  return [
    'CONNMARK',
    ...(action === 'set'
      ? ['--set-xmark', `${mark.format(value)}/${mark.format(ctmask)}`]
      : [`--${action}-mark`, '--nfmask', mark.format(nfmask), '--ctmask', mark.format(ctmask)]),
    ...(shift === 0n ? [] : [shift > 0n ? '--left-shift-mark' : '--right-shift-mark', `${abs(shift)}`]),
  ];
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function shifted(value: bigint, shift: bigint): bigint {
  return (shift >= 0n ? value << shift : value >> -shift) & allBits;
}

function effect(
  { action, value, ctmask, nfmask, shift }: Connmark,
  { mark: packetMark, ct }: PacketView,
): Effect {
  const entry = ct?.entry;
  if (!entry) return { kind: 'none', note: 'no connection with a mark' };
  if (isUnknown(entry)) return { kind: 'unknown', why: entry.unknown };
  const [own, connection] = [BigInt(packetMark), BigInt(entry.mark)];
  if (action === 'restore') {
    const restored = (own & ~nfmask & allBits) ^ shifted(connection & ctmask, shift);
    return { kind: 'set-mark', value: Number(restored), note: `mark ${mark.format(restored)}` };
  }
  const kept = connection & ~ctmask & allBits;
  const saved = action === 'set' ? shifted(kept ^ value, shift) : kept ^ shifted(own & nfmask, shift);
  return { kind: 'set-ct-mark', value: Number(saved), note: `ct mark ${mark.format(saved)}` };
}

export const connmark = defineStatement<Connmark>({
  key: 'CONNMARK',
  summary: 'Computes the mark of the connection from that of the packet and its own, or back, also shifted.',
  terminal: false,
  changesPacket: true,
  usesConntrack: true,
  read: readLanguage,
  write,
  nft: {
    write: (args, only) => {
      const operand = operandOfConnmark(args);
      const setter = args.action === 'restore' ? metaMarkSet : ctMarkSet;
      return operand
        ? setter.nft.write(operand, only)
        : { unsupported: 'nft computes a mark from one mark, and does not shift it on the way' };
    },
    read: () => undefined,
  },
  iptables: {
    write: (args) => ({ kind: 'target', words: targetWords(args) }),
    readers: [
      { module: 'CONNMARK', options: connmarkOptions, takes: 'together', complete: true, read: readConnmark },
    ],
  },
  execute: (args, { view }) => effect(args, view),
});
