// A set of ipset as a set of the policy and back, where both say the same.
import { typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { prefixLength, prefixRange, single } from '../datatype/range.ts';
import { interfaceName, ipv4Address, ipv6Address, mark, port, protocol } from '../datatype/types.ts';
import type { NamedSet, Part, SetElements } from '../ir/ruleset.ts';
import { detailsOf, type ElementDetails } from '../ir/set.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { partsOfType, typeOfWords } from '../match/ipset-type.ts';
import { complete } from '../match/tuple-json.ts';
import type { DumpedEntry, DumpedSet } from './ipset-dump.ts';

/** Options with a word behind them, and without; where there are others, the set does more than ours. */
const valued = new Set(['family', 'hashsize', 'maxelem', 'timeout', 'bucketsize', 'initval', 'range']);
const plain = new Set(['counters', 'comment']);

function optionsOf(words: string): ReadonlyMap<string, string> | undefined {
  const options = new Map<string, string>();
  const [, ...rest] = words.split(' ');
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (plain.has(word)) options.set(word, '');
    else if (valued.has(word)) options.set(word, rest.shift() ?? '');
    else return undefined;
  }
  return options;
}

function typesOf(words: string, options: ReadonlyMap<string, string>): readonly DataType[] | undefined {
  const address = options.get('family') === 'inet6' ? ipv6Address : ipv4Address;
  return partsOfType(typeOfWords(words))?.flatMap((kind) => {
    if (kind === 'address') return [address];
    if (kind === 'port') return [port];
    if (kind === 'protocol-port') return [protocol, port];
    return [kind === 'mark' ? mark : interfaceName];
  });
}

/** The set that holds the same; undefined where none of ours does. */
export function setOfIpset(dumped: DumpedSet): NamedSet | undefined {
  const { name, words, entries, span } = dumped;
  const options = optionsOf(words);
  const types = options && typesOf(words, options);
  const tuples = types && complete(entries.map(({ value }) => tupleOf(types, value)));
  const details = options && complete(entries.map((entry) => detailsOfEntry(entry, options)));
  if (!options || !types || !tuples || !details) return undefined;
  const timeout = Number(options.get('timeout') ?? 0);
  const set: NamedSet = {
    name,
    type: types.map((type) => type.name).join(' . '),
    elements: elementsOf(types, tuples),
    ...detailsOf(details),
    ...(options.has('timeout') && timeout === 0 && { flags: ['timeout'] }),
    ...(timeout > 0 && { timeout }),
    ...(options.has('maxelem') && { size: Number(options.get('maxelem')) }),
    ...(options.has('counters') && { statements: [counter(0n, 0n)] }),
    ipset: words,
    span,
  };
  const back = linesOfNamedSet(set, name)?.slice(1);
  return back?.every((line, at) => line === `add ${name} ${entries[at]?.text}`) ? set : undefined;
}

function counter(packets: bigint, bytes: bigint): Part {
  return { kind: 'statement', key: 'counter', args: { packets, bytes } };
}

function elementsOf([type, second]: readonly DataType[], tuples: readonly Tuple[]): SetElements {
  if (second || !type) return { kind: 'tuples', tuples };
  const atoms = tuples.flat();
  if (type.text) return { kind: 'names', names: atoms.filter((atom) => typeof atom === 'string') };
  return { kind: 'ranges', ranges: atoms.filter((atom) => typeof atom !== 'string') };
}

/** One atom for each type; undefined where a word is no value of its type. */
function tupleOf(types: readonly DataType[], value: string): Tuple | undefined {
  const isPort = types.includes(protocol);
  const words = value
    .split(',')
    .flatMap((word) => (isPort && /^[a-z0-9-]+:/.test(word) ? word.split(':') : [word]));
  if (words.length !== types.length) return undefined;
  return complete(types.map((type, at) => atomOf(type, words[at] ?? '')));
}

function atomOf(type: DataType, word: string): Atom | undefined {
  if (type.text) return word.includes(':') || word.endsWith('*') ? undefined : word;
  const [base = '', length] = type.prefixes ? word.split('/') : [word];
  const value = type.parse(base);
  if (value === undefined) return undefined;
  return length === undefined ? single(value) : prefixRange(value, Number(length), type.width);
}

/** The numbers behind an element; undefined where something else stands there. */
function detailsOfEntry(
  { words }: DumpedEntry,
  options: ReadonlyMap<string, string>,
): ElementDetails | undefined {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const word = words[at] ?? '';
    if (!['timeout', 'packets', 'bytes', 'comment'].includes(word)) return undefined;
    given.set(word, words[at + 1] ?? '');
  }
  const timeout = Number(given.get('timeout') ?? 0);
  // An element that stays in a set whose elements go has no like in nft.
  if (timeout === 0 && Number(options.get('timeout') ?? 0) > 0) return undefined;
  const comment = given.get('comment');
  return {
    ...(timeout > 0 && { timeout }),
    ...(comment !== undefined && { comment }),
    ...(given.has('packets') && {
      statements: [counter(BigInt(given.get('packets') ?? 0), BigInt(given.get('bytes') ?? 0))],
    }),
  };
}

/** What `ipset save` prints for the set; undefined where it has none of ipset's types. */
export function linesOfNamedSet(set: NamedSet, name: string): readonly string[] | undefined {
  const types = typesNamed(set.type);
  const { ipset } = set;
  if (ipset === undefined || !types) return undefined;
  const hasTimes = ipset.split(' ').includes('timeout');
  return [
    `create ${name} ${ipset}`,
    ...tuplesOf(set.elements).map((tuple, at) => {
      const behind = wordsBehind(set.details?.[at], hasTimes);
      return ['add', name, elementText(types, tuple), ...behind].join(' ');
    }),
  ];
}

function tuplesOf(elements: SetElements): readonly Tuple[] {
  if (elements.kind === 'tuples') return elements.tuples;
  return (elements.kind === 'names' ? elements.names : elements.ranges).map((atom: Atom) => [atom]);
}

/** The parts with commas between them, a protocol before its port. */
function elementText(types: readonly DataType[], tuple: Tuple): string {
  return types
    .map((type, at) => `${formatAtom(type, tuple[at])}${type === protocol ? ':' : ','}`)
    .join('')
    .replace(/,$/, '');
}

function formatAtom(type: DataType, atom: Atom | undefined): string {
  if (atom === undefined || typeof atom === 'string') return atom ?? '';
  if (type === mark) return `0x${atom.lo.toString(16).padStart(8, '0')}`;
  if (atom.lo === atom.hi) return type.format(atom.lo);
  const length = prefixLength(atom, type.width);
  return length === undefined
    ? `${type.format(atom.lo)}-${type.format(atom.hi)}`
    : `${type.format(atom.lo)}/${length}`;
}

function wordsBehind(details: ElementDetails = {}, hasTimes: boolean): readonly string[] {
  const { timeout = 0, comment, statements = [] } = details;
  const counts = statements.flatMap((part) => countsOf(part) ?? []);
  return [
    ...(hasTimes ? ['timeout', `${timeout}`] : []),
    ...counts,
    ...(comment === undefined ? [] : ['comment', `"${comment}"`]),
  ];
}

function countsOf(part: Part): readonly string[] | undefined {
  const { args } = part.kind === 'statement' ? part : {};
  if (typeof args !== 'object' || args === null || !('packets' in args && 'bytes' in args)) return undefined;
  return ['packets', String(args.packets), 'bytes', String(args.bytes)];
}
