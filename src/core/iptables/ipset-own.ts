// A set that a policy declares as ipset holds it: its type, its elements and what stands beside them.
import { normalize, type Range, toPrefixes } from '../datatype/range.ts';
import { ipv4Address, ipv6Address, port } from '../datatype/types.ts';
import type { NamedSet } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { type IpsetShape, mostElements, shapeOf } from '../match/ipset-shape.ts';
import type { IpsetPart } from '../match/ipset-type.ts';
import { protocolWord } from '../match/protocol-name.ts';
import { wordsBehind } from './ipset-set.ts';

/** What `create` and `add` say of a set. */
export interface HeldSet {
  /** Type and options: `hash:net family inet maxelem 1048576`. */
  readonly type: string;
  readonly elements: readonly string[];
}

/** The set as ipset holds it; undefined where it has no such type. */
export function heldSet(set: NamedSet): HeldSet | undefined {
  const { elements } = set;
  if (elements.kind === 'tuples') return heldTuples(set, elements.tuples);
  const words = elements.kind === 'ranges' ? wordsOfType[set.type] : undefined;
  if (!words || elements.kind !== 'ranges') return undefined;
  // What stands beside an element is its own, so that it is not joined with others.
  const ranges = set.details ? elements.ranges : normalize(elements.ranges);
  const written = ranges.flatMap((range, at) => beside(words(range), set, at));
  if (set.type === port.name) return { type: 'bitmap:port range 0-65535', elements: written };
  const family = set.type === ipv6Address.name ? 'ip6' : 'ip';
  return { type: hashType('hash:net', family, written.length), elements: written };
}

/** Whether ipset has a type for the set. */
export function isHeld(set: NamedSet): boolean {
  const { kind } = set.elements;
  return kind === 'tuples'
    ? shapeOf(set) !== undefined
    : kind === 'ranges' && Object.hasOwn(wordsOfType, set.type);
}

function hashType(type: string, family: 'ip' | 'ip6', count: number): string {
  return `${type} family ${family === 'ip' ? 'inet' : 'inet6'} maxelem ${maxelem(count)}`;
}

/** A limit, not an allocation; the next power of two where it doesn't suffice. */
function maxelem(count: number): number {
  return Math.max(2 ** 20, 2 ** Math.ceil(Math.log2(Math.max(count, 1))));
}

const wordsOfType: Readonly<Record<string, (range: Range) => readonly string[]>> = {
  [ipv4Address.name]: (range) => prefixes(range, 32, ipv4Address.format),
  [ipv6Address.name]: (range) => prefixes(range, 128, ipv6Address.format),
  [port.name]: ({ lo, hi }) => [lo === hi ? `${lo}` : `${lo}-${hi}`],
};

/** No network of a hash has a prefix of length 0: everything is two halves. */
function prefixes(range: Range, width: number, format: (value: bigint) => string): readonly string[] {
  const half = 1n << BigInt(width - 1);
  return toPrefixes(range, width)
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

function heldTuples(set: NamedSet, tuples: readonly Tuple[]): HeldSet | undefined {
  const shape = shapeOf(set);
  if (!shape) return undefined;
  const written = tuples.flatMap((tuple, at) => beside(tupleWords(tuple, shape), set, at));
  // Elements may overlap, and ipset takes ranges of ports apart.
  const elements = written.map((element) => `${element} -exist`);
  return { type: hashType(shape.type, shape.family, mostElements), elements };
}

/** Each part may be several words: an element for each way to choose one of each. */
function tupleWords(tuple: Tuple, { parts, places, family }: IpsetShape): readonly string[] {
  const hasProtocol = parts.includes('protocol');
  const choices = parts.map((part, at): readonly string[] => {
    const words = partWords(part, tuple[places[at] ?? 0], family);
    if (part !== 'port' || hasProtocol) return words;
    return words.flatMap((word) => [`tcp:${word}`, `udp:${word}`]);
  });
  return choices
    .reduce((all, words) => all.flatMap((start) => words.map((word) => `${start},${word}`)))
    .map((text) => text.replace(/,(tcp|udp|sctp|udplite),/, ',$1:'));
}

function partWords(part: IpsetPart, atom: Atom | undefined, family: 'ip' | 'ip6'): readonly string[] {
  if (atom === undefined || typeof atom === 'string') return atom === undefined ? [] : [atom];
  if (part === 'protocol') return [protocolWord(Number(atom.lo))];
  const words =
    wordsOfType[part === 'port' ? port.name : family === 'ip6' ? ipv6Address.name : ipv4Address.name];
  return words?.(atom) ?? [];
}

/** Only the first word of an element counts what the element counted. */
function beside(words: readonly string[], set: NamedSet, at: number): readonly string[] {
  const stays = set.timeout === undefined && set.flags?.includes('timeout') === true;
  const { statements = [], ...uncounted } = set.details?.[at] ?? {};
  const details = { ...uncounted, statements };
  return words.map((word, index) =>
    [word, ...wordsBehind(index === 0 ? details : uncounted, stays)].join(' '),
  );
}

/** What the elements of the set may have. */
export function extensionsOf(set: NamedSet): readonly string[] {
  const { timeout = 0, statements = [], details = [], flags = [] } = set;
  const hasTimes = timeout > 0 || flags.includes('timeout');
  return [
    ...(hasTimes ? [`timeout ${timeout}`] : []),
    ...(statements.length > 0 || details.some((one) => one.statements) ? ['counters'] : []),
    ...(details.some(({ comment }) => comment !== undefined) ? ['comment'] : []),
  ];
}

/** include/linux/netfilter/ipset/ip_set_timeout.h: IPSET_MAX_TIMEOUT. */
const longest = 2_147_483;

/** Why ipset can't hold what stands beside the elements. */
export function problemOf({ timeout = 0, statements = [], details = [] }: NamedSet): string | undefined {
  const all = [...statements, ...details.flatMap((one) => one.statements ?? [])];
  if (all.some((part) => part.kind !== 'statement' || part.key !== 'counter'))
    return 'its elements have limits, and those of ipset only counters';
  if (timeout > longest || details.some((one) => (one.timeout ?? 0) > longest))
    return `its elements stay for more than ${longest} seconds`;
  if (details.some(({ comment }) => comment?.includes('"'))) return 'a comment of its elements has a `"`';
  return undefined;
}
