// `meta mark set` and `ct mark set`: the marks of the packet and of its connection, also one from the other
// (net/netfilter/xt_mark.c, xt_connmark.c, nft_meta.c, nft_ct.c).
import { mark } from '../datatype/types.ts';
import { ctMark } from '../field/ct.ts';
import { metaMark } from '../field/meta.ts';
import { type IptablesReader, isRefusal, refuse } from '../match/iptables-spelling.ts';
import type { Reading } from '../match/reading.ts';
import { type Connmark, connmarkOptions, readConnmark, readSetMark, setOptions } from './connmark-words.ts';
import type { TargetSpelling } from './define.ts';
import { constant, type Operand } from './operand.ts';
import type { MaskedWord } from './option-words.ts';
import { defineSetter, target } from './setter.ts';
import { changing, either, setting } from './symbolic.ts';

type MarkKey = 'meta mark' | 'ct mark';

const allBits = 0xffffffffn;

/** `(source & keep) ^ flip`, the one form in which iptables computes marks. */
interface MarkChange {
  readonly keep: bigint;
  readonly flip: bigint;
}

/** The value under a mask that iptables takes: `(old & ~mask) ^ value`. */
function xmark({ keep, flip }: MarkChange): string {
  return `${mark.format(flip)}/${mark.format(allBits & ~keep)}`;
}

function operandOf(key: MarkKey, { keep, flip }: MarkChange): Operand {
  if (keep === 0n) return constant(flip);
  const isWhole = keep === allBits && flip === 0n;
  return { kind: 'reading', reading: { key, steps: isWhole ? [] : [{ kind: 'bits', keep, flip }] } };
}

/** Undefined where something is shifted. */
function changeOf({ steps }: Reading): MarkChange | undefined {
  const [step = { kind: 'bits' as const, keep: allBits, flip: 0n }, ...others] = steps;
  return step.kind === 'bits' && others.length === 0 ? step : undefined;
}

function setBy(key: MarkKey, { value, mask }: MaskedWord): Operand {
  return operandOf(key, { keep: allBits & ~mask, flip: value });
}

const setReader: IptablesReader<Operand> = {
  module: 'MARK',
  options: setOptions,
  takes: 'together',
  complete: true,
  read: (given) => {
    const read = readSetMark(given) ?? refuse('`MARK` needs an option');
    return isRefusal(read) ? read : setBy('meta mark', read);
  },
};

/**
 * What CONNMARK sets where it makes a mark of one mark, none of it shifted: the mask of what is replaced must be all
 * bits, else two marks make the new one.
 */
export function operandOfConnmark({ action, value, nfmask, ctmask, shift }: Connmark): Operand | undefined {
  if (shift !== 0n) return undefined;
  if (action === 'set') return setBy('ct mark', { value, mask: ctmask });
  const [kept, replaced] = action === 'save' ? [nfmask, ctmask] : [ctmask, nfmask];
  const source = action === 'save' ? 'meta mark' : 'ct mark';
  return replaced === allBits && kept !== 0n ? operandOf(source, { keep: kept, flip: 0n }) : undefined;
}

function connmarkReader(...actions: readonly Connmark['action'][]): IptablesReader<Operand> {
  return {
    module: 'CONNMARK',
    options: connmarkOptions,
    takes: 'together',
    complete: true,
    read: (given) => {
      const read = readConnmark(given);
      if (isRefusal(read)) return read;
      return actions.includes(read.action) ? operandOfConnmark(read) : undefined;
    },
  };
}

const onTheWay: TargetSpelling = {
  kind: 'unsupported',
  why: 'iptables can copy one mark to the other, but not change it on the way',
};

function copyTarget(
  option: '--save-mark' | '--restore-mark',
  change: MarkChange | undefined,
): TargetSpelling {
  if (change?.flip !== 0n) return onTheWay;
  const [from, to] = option === '--save-mark' ? ['--nfmask', '--ctmask'] : ['--ctmask', '--nfmask'];
  const masks = { [from]: mark.format(change.keep), [to]: mark.format(allBits) };
  const words = ['--nfmask', '--ctmask'].flatMap((name) => [name, masks[name] ?? '']);
  return target('CONNMARK', option, ...words);
}

interface Copy {
  /** The mark that is set, the target that computes it from itself, and the option that copies the other one. */
  readonly key: MarkKey;
  readonly target: 'MARK' | 'CONNMARK';
  readonly option: '--save-mark' | '--restore-mark';
}

function copy({ key, target: name, option }: Copy, reading: Reading): TargetSpelling {
  const change = changeOf(reading);
  if (reading.key === key)
    return change
      ? target(name, '--set-xmark', xmark(change))
      : { kind: 'unsupported', why: `iptables' ${name} shifts no bits` };
  return reading.key === 'meta mark' || reading.key === 'ct mark'
    ? copyTarget(option, change)
    : { kind: 'unsupported', why: `iptables can't make \`${reading.key}\` a mark` };
}

export const metaMarkSet = defineSetter({
  key: 'meta mark',
  aliases: ['mark set'],
  summary:
    "Sets the packet's mark: `0x1`, `meta mark and 0xff or 0x100`, `ct mark`, `tcp dport map { 22 : 0x1 }`.",
  type: mark,
  nft: { meta: { key: 'mark' } },
  changesPacket: true,
  target: (value) => target('MARK', '--set-xmark', xmark({ keep: 0n, flip: value })),
  copy: (reading) => copy({ key: 'meta mark', target: 'MARK', option: '--restore-mark' }, reading),
  readers: [setReader, connmarkReader('restore')],
  effect: (value) => ({ kind: 'set-mark', value: Number(value), note: `mark ${mark.format(value)}` }),
  symbolic: setting(metaMark),
});

export const ctMarkSet = defineSetter({
  key: 'ct mark',
  summary: "Sets the mark of the packet's connection: `0x1`, `ct mark or 0x1`, `meta mark`.",
  type: mark,
  nft: { ct: { key: 'mark' } },
  changesPacket: true,
  usesConntrack: true,
  target: (value) => target('CONNMARK', '--set-xmark', xmark({ keep: 0n, flip: value })),
  copy: (reading) => copy({ key: 'ct mark', target: 'CONNMARK', option: '--save-mark' }, reading),
  readers: [connmarkReader('set', 'save')],
  effect: (value, { view }) =>
    view.ct?.entry
      ? { kind: 'set-ct-mark', value: Number(value), note: `ct mark ${mark.format(value)}` }
      : { kind: 'none', note: 'no connection to mark' },
  symbolic: (bits, context) =>
    either(context, context.read(ctMark).present, [changing(ctMark, bits), { kind: 'none' }]),
});
