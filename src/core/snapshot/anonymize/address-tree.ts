// Addresses that keep their prefixes: two that share so many leading bits share as many behind it, as in Crypto-PAn (Xu, Fan,
// Ammar, Moon: Prefix-Preserving IP Address Anonymization). Each node of the tree of all addresses turns its two sides
// around or not, by a secret; nodes that have a meaning of their own never do.
import { type AddressFamily, addressWidth, parseAddress } from '../../datatype/address.ts';

/** A secret function: the same label gives the same bit, and nobody can tell it without the key. */
export type SecretBit = (label: string) => boolean;

/** The families, and hardware addresses as one more. */
export type TreeFamily = AddressFamily | 'mac';

/** Other addresses for those that there are. */
export interface AddressTree {
  /** The first and the last address of a range stay the ends of it: below what they share, their bits stay. */
  readonly keepRange: (family: TreeFamily, first: bigint, last: bigint) => void;
  readonly map: (family: TreeFamily, value: bigint) => bigint;
}

/** Blocks whose addresses have a meaning that everybody knows: they stay as they are. */
const known = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/24', '255.255.255.255/32', '::/127', 'ff02::/112'];

/** Blocks with a meaning whose addresses are somebody's: they keep the block. */
const classes = [
  '10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 232.0.0.0/8 233.0.0.0/8',
  '239.0.0.0/8 240.0.0.0/4 ::/96 64:ff9b::/96 2000::/3 2001::/32 2002::/16 fc00::/7 fd00::/8 fe80::/64',
  'fec0::/10 ff00::/8 ff01::/16 ff02::/16 ff04::/16 ff05::/16 ff08::/16 ff0e::/16',
].flatMap((line) => line.split(' '));

interface Block {
  readonly family: TreeFamily;
  readonly value: bigint;
  readonly length: number;
}

/** Multicast and locally chosen hardware addresses stay such; those of protocols stay as they are. */
const knownMacs: readonly Block[] = [
  { family: 'mac', value: 0n, length: 48 },
  { family: 'mac', value: 0xffffffffffffn, length: 48 },
  { family: 'mac', value: 0x333300000000n, length: 16 },
  { family: 'mac', value: 0x01005e000000n, length: 24 },
  { family: 'mac', value: 0x0180c2000000n, length: 24 },
];

const classBlocks = classes.map(blockOf);

const knownBlocks = [...known.map(blockOf), ...knownMacs];

/** Where the bits for groups and for local administration stand. */
const structureOfMac = new Set([6, 7]);

/** A tree of its own for each anonymising; all ranges are to be known before the first address is mapped. */
export function addressTree(secret: SecretBit): AddressTree {
  const kept = new Set<string>();
  const flips = new Map<string, boolean>();
  const keepPath = (family: TreeFamily, value: bigint, from: number, to: number): void => {
    for (let depth = from; depth < to; depth++) kept.add(nodeOf(family, value, depth));
  };
  for (const { family, value, length } of [...classBlocks, ...knownBlocks])
    keepPath(family, value, 0, length);
  const flip = (family: TreeFamily, value: bigint, depth: number): boolean => {
    if (family === 'mac' && structureOfMac.has(depth)) return false;
    const node = nodeOf(family, value, depth);
    if (kept.has(node)) return false;
    const before = flips.get(node);
    if (before !== undefined) return before;
    const fresh = secret(node);
    flips.set(node, fresh);
    return fresh;
  };
  const map = (family: TreeFamily, value: bigint): bigint => {
    if (isKnown(family, value)) return value;
    if (family === 6 && value >> 32n === 0xffffn) return (0xffffn << 32n) | map(4, value & 0xffffffffn);
    const width = widthOf(family);
    let mapped = value;
    for (let depth = 0; depth < width; depth++)
      if (flip(family, value, depth)) mapped ^= 1n << BigInt(width - 1 - depth);
    return mapped;
  };
  return {
    map,
    keepRange: (family, first, last) => {
      const from = sharedBits(family, first, last);
      const width = widthOf(family);
      keepPath(family, first, from, width);
      keepPath(family, last, from, width);
    },
  };
}

/** How many bits of an address say what everybody knows, and stay. */
export function knownBits(family: TreeFamily, value: bigint): number {
  if (isKnown(family, value)) return widthOf(family);
  const lengths = classBlocks.filter((block) => block.family === family && isIn(block, value));
  return Math.max(0, ...lengths.map(({ length }) => length));
}

function isKnown(family: TreeFamily, value: bigint): boolean {
  return knownBlocks.some((block) => block.family === family && isIn(block, value));
}

/** How many bits an address has. */
export function widthOf(family: TreeFamily): number {
  return family === 'mac' ? 48 : addressWidth(family);
}

/** The node at which the bit at a depth is decided: the bits before it. */
function nodeOf(family: TreeFamily, value: bigint, depth: number): string {
  return `${family} ${depth} ${(value >> BigInt(widthOf(family) - depth)).toString(36)}`;
}

function sharedBits(family: TreeFamily, left: bigint, right: bigint): number {
  const differing = left ^ right;
  return widthOf(family) - (differing === 0n ? 0 : differing.toString(2).length);
}

function isIn({ family, value, length }: Block, address: bigint): boolean {
  const rest = BigInt(widthOf(family) - length);
  return address >> rest === value >> rest;
}

function blockOf(text: string): Block {
  const [address = '', length = ''] = text.split('/');
  const { family, value } = parseAddress(address) ?? { family: 4, value: 0n };
  return { family, value, length: Number(length) };
}
