// The named sets that iptables rules refer to, as the text of `ipset restore` (ipset(8)).
import { normalize, type Range, toPrefixes } from '../datatype/range.ts';
import { ipv4Address, ipv6Address, port } from '../datatype/types.ts';
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { linesOfNamedSet } from './ipset-set.ts';
import { loadingSuffix, type PlacedSet, placeSets } from './set-names.ts';

/**
 * The sets of both families. Each is loaded beside the one in use and then swapped with it, so that rules see either
 * all of the old content or all of the new, and loading twice is loading once. For that a set must never change its
 * type: addresses are always `hash:net`, ports `bitmap:port`, and `maxelem` is the same for all but huge sets (the kernel
 * takes `create -exist` for the same set only if it was created alike; net/netfilter/ipset/ip_set_hash_gen.h:
 * mtype_same_set). What was read from ipset is written as `ipset save` prints it.
 */
export function emitIpset(ruleSet: RuleSet): Outcome<string> {
  const diagnostics: Diagnostic[] = [];
  const given = new Map<string, readonly string[]>();
  const own: PlacedSet[] = [];
  for (const placed of placeSets(ruleSet)) {
    const lines = linesOfNamedSet(placed.set, placed.name);
    if (lines) given.set(placed.name, lines);
    else own.push(placed);
  }
  const text = [
    ...own.flatMap((placed) => writeSet(placed, diagnostics)),
    ...[...given.values()].flat(),
    ...(ruleSet.ipset ?? []),
  ]
    .map((line) => `${line}\n`)
    .join('');
  return { value: hasErrors(diagnostics) ? undefined : text, diagnostics };
}

function writeSet({ set, name }: PlacedSet, diagnostics: Diagnostic[]): readonly string[] {
  const spelling = set.elements.kind === 'ranges' ? spellings[set.type] : undefined;
  if (!spelling || set.elements.kind !== 'ranges') {
    const help = 'write its elements into the rules, or compile to nft';
    diagnostics.push(
      diagnostic('HK4004', `set \`${set.name}\` of type ${set.type} has no equivalent in ipset`, {
        span: set.span,
        help,
      }),
    );
    return [];
  }
  const elements = spelling.elements(normalize(set.elements.ranges));
  const type = spelling.type(elements.length);
  const next = name + loadingSuffix;
  return [
    `create ${name} ${type} -exist`,
    `create ${next} ${type} -exist`,
    `flush ${next}`,
    ...elements.map((element) => `add ${next} ${element}`),
    `swap ${next} ${name}`,
    `destroy ${next}`,
  ];
}

interface SetSpelling {
  /** Type and options for so many elements. */
  readonly type: (count: number) => string;
  readonly elements: (ranges: readonly Range[]) => readonly string[];
}

const spellings: Readonly<Record<string, SetSpelling>> = {
  [ipv4Address.name]: {
    type: (count) => `hash:net family inet maxelem ${maxelem(count)}`,
    elements: (ranges) => prefixes(ranges, 32, ipv4Address.format),
  },
  [ipv6Address.name]: {
    type: (count) => `hash:net family inet6 maxelem ${maxelem(count)}`,
    elements: (ranges) => prefixes(ranges, 128, ipv6Address.format),
  },
  [port.name]: {
    type: () => 'bitmap:port range 0-65535',
    elements: (ranges) => ranges.map(({ lo, hi }) => (lo === hi ? `${lo}` : `${lo}-${hi}`)),
  },
};

/** A limit, not an allocation; the next power of two where it doesn't suffice. */
function maxelem(count: number): number {
  return Math.max(2 ** 20, 2 ** Math.ceil(Math.log2(Math.max(count, 1))));
}

/** hash:net has no prefix of length 0: everything is two halves. */
function prefixes(
  ranges: readonly Range[],
  width: number,
  format: (value: bigint) => string,
): readonly string[] {
  const half = 1n << BigInt(width - 1);
  return ranges
    .flatMap((range) => toPrefixes(range, width))
    .flatMap(({ lo, hi }) =>
      hi - lo >= half
        ? [
            { lo, hi: half - 1n },
            { lo: half, hi },
          ]
        : [{ lo, hi }],
    )
    .map(({ lo, hi }) => {
      const length = width - ((hi - lo + 1n).toString(2).length - 1);
      return length === width ? format(lo) : `${format(lo)}/${length}`;
    });
}
