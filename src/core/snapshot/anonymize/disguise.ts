// What takes the place of addresses and names, wherever they stand: one pass over a snapshot learns what there is, a second
// one puts the others in their places.
import { type AddressFamily, formatAddress, parseAddress } from '../../datatype/address.ts';
import { addressTree, knownBits, type SecretBit, type TreeFamily, widthOf } from './address-tree.ts';
import { interfaceNames } from './interface-names.ts';

/** What is named by people. */
export type NameKind =
  | 'table'
  | 'chain'
  | 'set'
  | 'object'
  | 'list'
  | 'routing'
  | 'comment'
  | 'prefix'
  | 'netns'
  | 'name';

/** Takes words of a snapshot and gives those that stand there instead. */
export interface Disguise {
  readonly address: (family: TreeFamily, value: bigint) => bigint;
  /** A prefix: the bits behind its length stay where they are 0. */
  readonly prefix: (family: TreeFamily, value: bigint, length: number) => bigint;
  /** Told of ends that have to stay ends; learnt in the first pass. */
  readonly range: (family: TreeFamily, first: bigint, last: bigint) => void;
  /** A name, or how names begin, with its `*` or `+`. */
  readonly device: (name: string) => string;
  readonly name: (kind: NameKind, name: string) => string;
  /** What can't be said with other addresses. */
  readonly refuse: (why: string) => void;
  /** A number that is the value of an address that was met, as rules that look at bytes have it. */
  readonly number: (value: bigint) => bigint;
}

/** Names that the tools themselves have, or programs that everybody uses. */
const ownNames =
  /^(?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING|BROUTING|filter|nat|mangle|raw|security|broute|local|main|default|unspec|all|DOCKER(?:-[A-Z0-9-]+)?|LIBVIRT_[A-Z]+|ufw6?-[a-z-]+)$/;

const beginnings: Readonly<Record<NameKind, string>> = {
  table: 't',
  chain: 'c',
  set: 's',
  object: 'o',
  list: 'list',
  routing: 'routing',
  comment: 'comment ',
  prefix: 'log ',
  netns: 'netns',
  name: 'name',
};

/** The disguises of two passes; what was refused is there when the first is over. */
export interface Disguises {
  readonly learn: Disguise;
  /** To be asked for behind the first pass. */
  readonly apply: () => Disguise;
  readonly refused: ReadonlySet<string>;
  /** Addresses that stayed as they were, by chance or as ends of ranges; grows in the second pass. */
  readonly unchanged: ReadonlySet<bigint>;
}

/** Draws from the secret alone: the same key and snapshot give the same. */
export function disguises(secret: SecretBit): Disguises {
  const tree = addressTree(secret);
  const values = new Set<string>();
  const patterns = new Set<string>();
  const refused = new Set<string>();
  const learn: Disguise = {
    address: (family, value) => {
      if (family === 4) values.add(value.toString());
      return value;
    },
    prefix: (_, value) => value,
    range: tree.keepRange,
    device: (name) => {
      const stem = stemOf(name);
      if (stem !== undefined) patterns.add(stem);
      return name;
    },
    name: (_, name) => name,
    refuse: (why) => void refused.add(why),
    number: (value) => value,
  };
  const unchanged = new Set<bigint>();
  const map = noting(tree.map, unchanged);
  return { learn, refused, unchanged, apply: () => applying(map, values, interfaceNames([...patterns])) };
}

/** So many bits of a value, the others as they are told. */
type MapBits = (family: TreeFamily, value: bigint, length?: number) => bigint;

/** Shorter prefixes are those of whole registries and providers. */
const telling = 16;

/** Notes what stays, unless everybody has it. */
function noting(map: (family: TreeFamily, value: bigint) => bigint, unchanged: Set<bigint>): MapBits {
  return (family, value, length = widthOf(family)) => {
    const rest = BigInt(widthOf(family) - length);
    const isNetwork = (value >> rest) << rest === value;
    const mapped = isNetwork ? (map(family, value) >> rest) << rest : map(family, value);
    if (mapped === value && length > knownBits(family, value) && length >= telling) unchanged.add(value);
    return mapped;
  };
}

function applying(map: MapBits, values: ReadonlySet<string>, deviceName: (name: string) => string): Disguise {
  const names = new Map<string, string>();
  const counts = new Map<NameKind, number>();
  const fresh = (kind: NameKind): string => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${beginnings[kind]}${count}`;
  };
  return {
    address: (family, value) => map(family, value),
    prefix: map,
    range: () => {},
    device: (name) => {
      const stem = stemOf(name);
      return stem === undefined ? deviceName(name) : `${deviceName(stem)}${name.slice(stem.length)}`;
    },
    name: (kind, name) => {
      if (name === '' || (kind !== 'comment' && ownNames.test(name))) return name;
      const key = `${kind} ${name}`;
      const known = names.get(key) ?? fresh(kind);
      names.set(key, known);
      return known;
    },
    refuse: () => {},
    number: (value) => (value > 0xffffffn && values.has(value.toString()) ? map(4, value) : value),
  };
}

/** What names begin with that a pattern is for; undefined for a name. */
function stemOf(name: string): string | undefined {
  return /[*+]$/.test(name) ? name.slice(0, -1) : undefined;
}

const v4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const v6 = String.raw`[\dA-Fa-f:]*:[\dA-Fa-f:.]*[\dA-Fa-f:]`;
const mac = String.raw`[\dA-Fa-f]{1,2}(?::[\dA-Fa-f]{1,2}){5}`;
/** A port may stand behind an address of IPv4, and a protocol before it. */
const inText = new RegExp(
  [
    String.raw`(?<![\w.:])(?<mac>${mac})(?![\w:])`,
    String.raw`(?<![\w.:])(?<first6>${v6})(?:/(?<length6>\d{1,3})|-(?<last6>${v6}))?(?![\w:]|\.\d)`,
    String.raw`(?<![\w.])(?<first4>${v4})(?:/(?<length4>[\d.]+)|-(?<last4>${v4}))?(?!\w|\.\d)`,
  ].join('|'),
  'g',
);

/** All addresses, prefixes and ranges in a text. What stands between them stays. */
export function disguiseText(text: string, disguise: Disguise): string {
  return text.replace(inText, (all: string, ...rest: readonly unknown[]) => {
    const groups = groupsOf(rest.at(-1));
    if (groups.mac !== undefined) return macText(groups.mac, disguise);
    const first = parseAddress(groups.first4 ?? groups.first6 ?? '');
    const length = groups.length4 ?? groups.length6;
    const end = groups.last4 ?? groups.last6;
    if (!first) return all;
    if (length !== undefined) return prefixText(first, length, all, disguise);
    const last = end === undefined ? undefined : parseAddress(end);
    if (!last) return addressText(first, disguise) + (end === undefined ? '' : `-${end}`);
    disguise.range(first.family, first.value, last.value);
    return `${addressText(first, disguise)}-${addressText(last, disguise)}`;
  });
}

type Groups = Readonly<
  Partial<Record<'mac' | 'first4' | 'length4' | 'last4' | 'first6' | 'length6' | 'last6', string>>
>;

function groupsOf(found: unknown): Groups {
  return typeof found === 'object' && found !== null ? found : {};
}

interface Parsed {
  readonly family: AddressFamily;
  readonly value: bigint;
}

function addressText({ family, value }: Parsed, disguise: Disguise): string {
  return formatAddress({ family, value: disguise.address(family, value) });
}

function prefixText(first: Parsed, length: string, all: string, disguise: Disguise): string {
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : maskLength(length);
  if (bits === undefined) {
    disguise.refuse(`the mask of \`${all}\` is not the beginning of an address`);
    return all;
  }
  disguise.address(first.family, first.value);
  const value = disguise.prefix(first.family, first.value, bits);
  return `${formatAddress({ family: first.family, value })}/${length}`;
}

/**
 * The lowest and the highest address of the network of an interface are not those of a host: they stay the lowest and the
 * highest, unless the network is one that everybody has.
 */
export function learnNetwork(family: TreeFamily, value: bigint, length: number, disguise: Disguise): void {
  if (length <= knownBits(family, value) || length > widthOf(family)) return;
  const rest = BigInt(widthOf(family) - length);
  const first = (value >> rest) << rest;
  disguise.range(family, first, first | ((1n << rest) - 1n));
}

/** The length of a mask whose ones come first. */
function maskLength(text: string): number | undefined {
  const mask = parseAddress(text);
  if (mask?.family !== 4) return undefined;
  const bits = mask.value.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, '').length : undefined;
}

function macText(text: string, disguise: Disguise): string {
  const value = BigInt(
    `0x${text
      .split(':')
      .map((one) => one.padStart(2, '0'))
      .join('')}`,
  );
  const mapped = disguise.address('mac', value).toString(16).padStart(12, '0');
  return (mapped.match(/../g) ?? []).join(':');
}
