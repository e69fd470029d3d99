// A set of ipset as a set of the policy and back, where both say the same.
import { nameOfTypes, typesNamed } from '../datatype/by-name.ts';
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
const plain = new Set(['counters', 'comment', 'forceadd']);

/** A set that stays as it is. */
export interface Kept {
  /** What of it no set of ours does, completing "set … stays as it is: …". */
  readonly why: string;
}

type Options = ReadonlyMap<string, string>;

function optionsOf(words: string): Options | Kept {
  const options = new Map<string, string>();
  const [type = '', ...rest] = words.split(' ');
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (plain.has(word)) options.set(word, '');
    else if (valued.has(word) || (word === 'netmask' && isOneAddress(type)))
      options.set(word, rest.shift() ?? '');
    else return { why: `it has the option \`${word}\`` };
  }
  return options;
}

/** Each element is a network as long as the mask, which only its address stands for. */
function isOneAddress(type: string): boolean {
  return type === 'hash:ip' || type === 'bitmap:ip';
}

function typesOf(words: string, options: Options): readonly DataType[] | undefined {
  const address = options.get('family') === 'inet6' ? ipv6Address : ipv4Address;
  const types = { address, protocol, port, mark, interface: interfaceName } as const;
  return partsOfType(typeOfWords(words))?.map((part) => types[part]);
}

/** The set that holds the same, or why none of ours does. */
export function setOfIpset(dumped: DumpedSet): NamedSet | Kept {
  const { words, entries } = dumped;
  const type = typeOfWords(words);
  if (!partsOfType(type)) return { why: `no set of a policy is like \`${type}\`` };
  const options = optionsOf(words);
  if ('why' in options) return options;
  const types = typesOf(words, options) ?? [];
  const tuples = entries.map(({ value }) => tupleOf(types, value, options.get('netmask')));
  const details = entries.map((entry) => detailsOfEntry(entry, options));
  const strange = entries.find((_, at) => !tuples[at] || !details[at]);
  if (strange) return keptFor(strange);
  const set = newSet(dumped, { types, tuples: tuples.flatMap((one) => (one ? [one] : [])), options });
  const filled: NamedSet = { ...set, ...detailsOf(details) };
  const back = linesOfNamedSet(filled, dumped.name)?.slice(1) ?? [];
  const changed = entries.find(({ text }, at) => back[at] !== `add ${dumped.name} ${text}`);
  return changed ? keptFor(changed) : filled;
}

function keptFor({ text, words }: DumpedEntry): Kept {
  const what = words.includes('nomatch') ? 'is an exception' : 'is none that a set of a policy has';
  return { why: `its element \`${text}\` ${what}` };
}

interface Content {
  readonly types: readonly DataType[];
  readonly tuples: readonly Tuple[];
  readonly options: Options;
}

function newSet({ name, words, span }: DumpedSet, { types, tuples, options }: Content): NamedSet {
  const timeout = Number(options.get('timeout') ?? 0);
  return {
    name,
    type: nameOfTypes(types),
    elements: elementsOf(types, tuples),
    ...(options.has('timeout') && timeout === 0 && { flags: ['timeout'] }),
    ...(timeout > 0 && { timeout }),
    ...(options.has('maxelem') && { size: Number(options.get('maxelem')) }),
    ...(options.has('counters') && { statements: [counter(0n, 0n)] }),
    ipset: words,
    span,
  };
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
function tupleOf(types: readonly DataType[], value: string, netmask: string | undefined): Tuple | undefined {
  const left = value.split(',');
  const words = types.map((type) => {
    const word = left.shift() ?? '';
    const end = type === protocol ? word.indexOf(':') : -1;
    if (end !== -1) left.unshift(word.slice(end + 1));
    return end === -1 ? word : word.slice(0, end);
  });
  if (left.length > 0) return undefined;
  return complete(types.map((type, at) => atomOf(type, words[at] ?? '', netmask)));
}

function atomOf(type: DataType, word: string, netmask: string | undefined): Atom | undefined {
  if (type.text) return /[:*]|^$/.test(word) ? undefined : word;
  const [lo, hi] = type === mark || type === protocol ? [] : word.split('-').map((end) => type.parse(end));
  if (lo !== undefined && hi !== undefined) return lo <= hi ? { lo, hi } : undefined;
  const [base = '', length = netmask] = type.prefixes ? word.split('/') : [word];
  const value = type.parse(base);
  if (value === undefined) return undefined;
  if (length === undefined) return single(value);
  const isLength = /^\d{1,3}$/.test(length) && Number(length) <= type.width;
  return isLength ? prefixRange(value, Number(length), type.width) : undefined;
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
  if (given.get('timeout') === '0' && Number(options.get('timeout') ?? 0) > 0) return undefined;
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
  const isMasked = ipset.split(' ').includes('netmask');
  return [
    `create ${name} ${ipset}`,
    ...tuplesOf(set.elements).map((tuple, at) => {
      const behind = wordsBehind(set.details?.[at], hasTimes && set.timeout === undefined);
      const text = elementText(types, tuple);
      return ['add', name, isMasked ? text.replace(/\/\d+$/, '') : text, ...behind].join(' ');
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
  const length = type.prefixes ? prefixLength(atom, type.width) : undefined;
  return length === undefined
    ? `${type.format(atom.lo)}-${type.format(atom.hi)}`
    : `${type.format(atom.lo)}/${length}`;
}

/**
 * What stands behind an element. `stays`: where elements may go and the set does not say when, ipset says of one without
 * a timeout that it is 0.
 */
export function wordsBehind(details: ElementDetails = {}, stays = false): readonly string[] {
  const { comment, statements = [] } = details;
  const timeout = details.expires ?? details.timeout ?? (stays ? 0 : undefined);
  const counts = statements.flatMap((part) => countsOf(part) ?? []);
  return [
    ...(timeout === undefined ? [] : ['timeout', `${timeout}`]),
    ...counts,
    ...(comment === undefined ? [] : ['comment', `"${comment}"`]),
  ];
}

function countsOf(part: Part): readonly string[] | undefined {
  const { args } = part.kind === 'statement' ? part : {};
  if (typeof args !== 'object' || args === null || !('packets' in args && 'bytes' in args)) return undefined;
  return ['packets', String(args.packets), 'bytes', String(args.bytes)];
}
