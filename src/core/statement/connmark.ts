// `CONNMARK`: what iptables does with both marks at once, or shifted; nft computes a mark from one of them
// (net/netfilter/xt_connmark.c: connmark_tg_shift).

import type { Node } from '../bdd/bdd.ts';
import { numberType } from '../datatype/define.ts';
import { mark } from '../datatype/types.ts';
import { ctMark } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { metaMark } from '../field/meta.ts';
import { isUnknown, type PacketView } from '../field/view.ts';
import type { SymbolicContext } from '../match/define.ts';
import type { TermReader } from '../match/reader.ts';
import { changedBits, shiftedBits } from '../match/steps.ts';
import { type Connmark, connmarkOptions, readConnmark } from './connmark-words.ts';
import { defineStatement, type Effect } from './define.ts';
import { ctMarkSet, metaMarkSet, operandOfConnmark } from './mark.ts';
import { changing, either, none } from './symbolic.ts';
import { numberBits } from './symbolic-source.ts';

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
  if (isUnknown(entry)) {
    if (action !== 'restore') return { kind: 'none', note: 'the mark of a connection that is not known' };
    const note = `mark not known: ${entry.unknown}`;
    return { kind: 'set-field', field: 'meta mark', value: entry, note };
  }
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
  symbolic: (args, context) => {
    const [field, value] = symbolicMark(args, context);
    return either(context, context.read(ctMark).present, [changing(field, value), { kind: 'none' }]);
  },
});

/** The mark that is set, and its bits. */
function symbolicMark(
  { action, value, ctmask, nfmask, shift }: Connmark,
  context: SymbolicContext,
): readonly [Field, readonly Node[]] {
  const { bdd } = context;
  const [own, connection] = [numberBits(context, metaMark), numberBits(context, ctMark)];
  const masked = (one: readonly Node[], mask: bigint) => changedBits(bdd, one, { keep: mask, flip: 0n });
  const both = (one: readonly Node[], others: readonly Node[]) =>
    one.map((bit, at) => bdd.xor(bit, others[at] ?? none));
  if (action === 'restore')
    return [metaMark, both(masked(own, allBits & ~nfmask), shiftedBits(masked(connection, ctmask), shift))];
  const kept = masked(connection, allBits & ~ctmask);
  if (action === 'save') return [ctMark, both(kept, shiftedBits(masked(own, nfmask), shift))];
  return [ctMark, shiftedBits(changedBits(bdd, kept, { keep: allBits, flip: value }), shift)];
}
