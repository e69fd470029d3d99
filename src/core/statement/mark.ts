// `meta mark set` and `ct mark set`: the marks of the packet and of its connection, also one from the other.
import { mark } from '../datatype/types.ts';
import { isUnknown, type PacketView, type Unknown } from '../field/view.ts';
import type { GivenOption, IptablesReader } from '../match/iptables-spelling.ts';
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

/** The value under a mask that iptables takes: `(old & ~mask) ^ value`. */
function xmark({ keep, flip }: MarkChange): string {
  return `${mark.format(flip)}/${mark.format(allBits & ~keep)}`;
}

/** Options that set a mark from itself, of MARK and CONNMARK alike (extensions/libxt_MARK.c: mark_tg_parse). */
const setOptions = { '--set-xmark': 1, '--set-mark': 1, '--and-mark': 1, '--or-mark': 1, '--xor-mark': 1 };

function readSet({ option, words: [text = ''] }: GivenOption): Pick<MarkChange, 'keep' | 'flip'> | undefined {
  const [valueText = '', maskText = '0xffffffff', ...rest] = text.split('/');
  const value = mark.parse(valueText);
  const mask = mark.parse(maskText);
  if (value === undefined || mask === undefined || rest.length > 0) return undefined;
  switch (option) {
    case '--set-xmark':
      return { keep: allBits & ~mask, flip: value };
    case '--set-mark':
      return { keep: allBits & ~(mask | value), flip: value };
    case '--and-mark':
      return { keep: value, flip: 0n };
    case '--or-mark':
      return { keep: allBits & ~value, flip: value };
    default:
      return { keep: allBits, flip: value };
  }
}

function setReader(module: 'MARK' | 'CONNMARK', source: MarkChange['source']): IptablesReader<MarkChange> {
  return {
    module,
    options: setOptions,
    takes: 'together',
    read: (given) => {
      const [only, ...others] = given;
      const change = only && others.length === 0 ? readSet(only) : undefined;
      return change && { source, ...change };
    },
  };
}

/** One mark from the other: the mask of what is replaced must be all bits, else two marks make the new one. */
function copyReader(
  option: '--save-mark' | '--restore-mark',
  source: MarkChange['source'],
): IptablesReader<MarkChange> {
  return {
    module: 'CONNMARK',
    options: { [option]: 0, '--nfmask': 1, '--ctmask': 1, '--mask': 1 },
    takes: 'together',
    read: (given) => {
      const masks = given.filter((one) => one.option !== option);
      const both = maskOf(masks, '--mask') ?? allBits;
      const packet = maskOf(masks, '--nfmask') ?? both;
      const connection = maskOf(masks, '--ctmask') ?? both;
      const [kept, replaced] = source === 'meta mark' ? [packet, connection] : [connection, packet];
      return masks.length < given.length && replaced === allBits
        ? { source, keep: kept, flip: 0n }
        : undefined;
    },
  };
}

function maskOf(given: readonly GivenOption[], option: string): bigint | undefined {
  const text = given.find((one) => one.option === option)?.words[0];
  return text === undefined ? undefined : mark.parse(text);
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
    readers: [setReader('MARK', 'meta mark'), copyReader('--restore-mark', 'ct mark')],
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
    readers: [setReader('CONNMARK', 'ct mark'), copyReader('--save-mark', 'meta mark')],
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
