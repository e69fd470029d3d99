// `iprange`: ranges of addresses that iptables was told in this form though `-s` or `-d` could say the same.

import type { Node } from '../../bdd/bdd.ts';
import { inRange } from '../../bdd/vector.ts';
import { addressWidth, parseAddress } from '../../datatype/address.ts';
import { prefixLength } from '../../datatype/range.ts';
import { ip6Daddr, ip6Saddr, ipDaddr, ipSaddr } from '../../field/network.ts';
import { bitsOf } from '../../field/symbolic.ts';
import type { SymbolicContext } from '../define.ts';
import { allOf as allNodes } from '../symbolic.ts';
import { defineModuleMatch } from './define.ts';
import { allOf, comparison, headerField, type NftSaid } from './nft.ts';
import type { Setting, Settings } from './settings.ts';
import { addressRange } from './value.ts';

export const iprangeMatch = defineModuleMatch({
  module: 'iprange',
  summary:
    'Source or destination in a range: `iprange src-range "10.0.0.0-10.0.0.255"`; `ip saddr` means the same.',
  options: [
    { option: '--src-range', word: 'src-range', value: addressRange, negatable: true },
    { option: '--dst-range', word: 'dst-range', value: addressRange, negatable: true },
  ],
  needs: [['--src-range', '--dst-range']],
  elsewhere: (given) => given.length === 1 && !isOnlyHere(given[0]?.words[0] ?? ''),
  nft: rangeStatements,
  truth: (settings, { view: { packet, unknown } }) => {
    const looked = settings.map((one) => {
      const isSource = one.option === '--src-range';
      const [lo, hi] = boundsOf(one.value[0] ?? '');
      const actual = isSource ? packet.source : packet.destination;
      const hidden = isSource ? unknown.source : unknown.destination;
      const inside = lo?.family === packet.family && lo.value <= actual && actual <= (hi?.value ?? lo.value);
      return { hidden, holds: inside !== one.negated };
    });
    const hidden = looked.find((one) => one.hidden)?.hidden;
    if (hidden) return { result: 'unknown', why: hidden.unknown };
    return { result: looked.every(({ holds }) => holds), actual: 'the addresses of the packet' };
  },
  symbolic: (settings, context) =>
    allNodes(
      context.bdd,
      settings.map((one) => symbolicRange(one, context)),
    ),
});

function symbolicRange({ option, negated, value: [word = ''] }: Setting, context: SymbolicContext): Node {
  const { bdd } = context;
  const [lo, hi = lo] = boundsOf(word);
  const field = fields[lo?.family ?? 4][option === '--src-range' ? 'source' : 'destination'];
  const range = { lo: lo?.value ?? 0n, hi: hi?.value ?? 0n };
  const inside = bdd.and(context.read(field).present, inRange(bdd, bitsOf(context, field), range));
  return negated ? bdd.not(inside) : inside;
}

const fields = {
  4: { source: ipSaddr, destination: ipDaddr },
  6: { source: ip6Saddr, destination: ip6Daddr },
} as const;

/** What no match of an address writes in this form: a prefix, or a range that holds nothing. */
function isOnlyHere(word: string): boolean {
  const [lo, hi = lo] = boundsOf(word);
  if (!lo || !hi || lo.value > hi.value) return true;
  return prefixLength({ lo: lo.value, hi: hi.value }, addressWidth(lo.family)) !== undefined;
}

function boundsOf(word: string) {
  return word.split('-').map(parseAddress);
}

/** A range whose end is before its start holds nothing. */
function rangeStatements(settings: Settings): NftSaid {
  const conditions = settings.map(({ option, negated, value: [word = ''] }) => {
    const [first = '', last = first] = word.split('-');
    const [lo, hi] = boundsOf(word);
    if (lo && hi && lo.value > hi.value) return negated ? [] : undefined;
    const field = headerField(
      word.includes(':') ? 'ip6' : 'ip',
      option === '--src-range' ? 'saddr' : 'daddr',
    );
    return [comparison(field, first === last ? first : { range: [first, last] }, negated)];
  });
  return allOf(...conditions);
}
