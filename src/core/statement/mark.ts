// `meta mark set` and `ct mark set`: the marks of the packet and of its connection, also one from the other.
import { mark } from '../datatype/types.ts';
import { isUnknown, type PacketView, type Unknown } from '../field/view.ts';
import { type IptablesReader, isRefusal, refuse } from '../match/iptables-spelling.ts';
import { type Connmark, connmarkOptions, readConnmark, readSetMark, setOptions } from './connmark-words.ts';
import { defineStatement, type Effect, type TargetSpelling } from './define.ts';
import {
  allBits,
  applyChange,
  type MarkChange,
  readMarkChange,
  setMarkFromJson,
  setMarkToJson,
  writeMarkChange,
} from './mark-change.ts';
import type { MaskedWord } from './option-words.ts';

/** The value under a mask that iptables takes: `(old & ~mask) ^ value`. */
function xmark({ keep, flip }: MarkChange): string {
  return `${mark.format(flip)}/${mark.format(allBits & ~keep)}`;
}

const setReader: IptablesReader<MarkChange> = {
  module: 'MARK',
  options: setOptions,
  takes: 'together',
  complete: true,
  read: (given) => {
    const read = readSetMark(given) ?? refuse('`MARK` needs an option');
    return isRefusal(read) ? read : setBy('meta mark', read);
  },
};

function setBy(source: MarkChange['source'], { value, mask }: MaskedWord): MarkChange {
  return { source, keep: allBits & ~mask, flip: value };
}

/**
 * CONNMARK where it does one of these: a mark from one mark, none of it shifted. The mask of what is replaced must be
 * all bits, else two marks make the new one.
 */
function connmarkReader(...actions: readonly Connmark['action'][]): IptablesReader<MarkChange> {
  return {
    module: 'CONNMARK',
    options: connmarkOptions,
    takes: 'together',
    complete: true,
    read: (given) => {
      const read = readConnmark(given);
      if (isRefusal(read)) return read;
      const { action, value, nfmask, ctmask, shift } = read;
      if (!actions.includes(action) || shift !== 0n) return undefined;
      if (action === 'set') return setBy('ct mark', { value, mask: ctmask });
      const [kept, replaced] = action === 'save' ? [nfmask, ctmask] : [ctmask, nfmask];
      const source = action === 'save' ? 'meta mark' : 'ct mark';
      return replaced === allBits ? { source, keep: kept, flip: 0n } : undefined;
    },
  };
}

function copyTarget(option: '--save-mark' | '--restore-mark', { keep, flip }: MarkChange): TargetSpelling {
  if (flip !== 0n)
    return {
      kind: 'unsupported',
      why: 'iptables can copy one mark to the other, but not change it on the way',
    };
  const [from, to] = option === '--save-mark' ? ['--nfmask', '--ctmask'] : ['--ctmask', '--nfmask'];
  const masks = { [from]: mark.format(keep), [to]: mark.format(allBits) };
  const words = ['--nfmask', '--ctmask'].flatMap((name) => [name, masks[name] ?? '']);
  return { kind: 'target', words: ['CONNMARK', option, ...words] };
}

export const metaMarkSet = defineStatement<MarkChange>({
  key: 'meta mark set',
  aliases: ['mark set'],
  summary: "Sets the packet's mark: `0x1`, `meta mark and 0xff or 0x100`, `ct mark`.",
  terminal: false,
  changesPacket: true,
  read: (reader) => readMarkChange(reader, 'meta mark'),
  write: (change) => `meta mark set ${writeMarkChange(change)}`,
  nft: {
    write: (change) => ({ statement: setMarkToJson('meta mark', change) }),
    read: (statement) => setMarkFromJson('meta mark', statement),
  },
  iptables: {
    write: (change) =>
      change.source === 'ct mark'
        ? copyTarget('--restore-mark', change)
        : { kind: 'target', words: ['MARK', '--set-xmark', xmark(change)] },
    readers: [setReader, connmarkReader('restore')],
  },
  execute: (change, { view }) => setEffect(change, view, 'set-mark'),
});

export const ctMarkSet = defineStatement<MarkChange>({
  key: 'ct mark set',
  summary: "Sets the mark of the packet's connection: `0x1`, `ct mark or 0x1`, `meta mark`.",
  terminal: false,
  changesPacket: true,
  usesConntrack: true,
  read: (reader) => readMarkChange(reader, 'ct mark'),
  write: (change) => `ct mark set ${writeMarkChange(change)}`,
  nft: {
    write: (change) => ({ statement: setMarkToJson('ct mark', change) }),
    read: (statement) => setMarkFromJson('ct mark', statement),
  },
  iptables: {
    write: (change) =>
      change.source === 'meta mark'
        ? copyTarget('--save-mark', change)
        : { kind: 'target', words: ['CONNMARK', '--set-xmark', xmark(change)] },
    readers: [connmarkReader('set', 'save')],
  },
  execute: (change, { view }) =>
    view.ct?.entry ? setEffect(change, view, 'set-ct-mark') : { kind: 'none', note: 'no connection to mark' },
});

/** Reading the mark of a connection that isn't there ends the rule (net/netfilter/nft_ct.c: nft_ct_get_eval). */
function setEffect(change: MarkChange, view: PacketView, kind: 'set-mark' | 'set-ct-mark'): Effect {
  const old = change.keep === 0n ? 0n : sourceMark(change, view);
  if (old === undefined) return { kind: 'verdict', verdict: { kind: 'continue' } };
  if (isUnknown(old)) return { kind: 'unknown', why: old.unknown };
  const value = applyChange(change, old);
  return {
    kind,
    value: Number(value),
    note: `${kind === 'set-mark' ? 'mark' : 'ct mark'} ${mark.format(value)}`,
  };
}

function sourceMark(
  { source }: MarkChange,
  { mark: packetMark, ct }: PacketView,
): bigint | undefined | Unknown {
  if (source === 'meta mark') return BigInt(packetMark);
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) ? entry : BigInt(entry.mark);
}
