// `SET`: adds the packet's addresses and ports to an ipset, deletes them there, or takes what the set keeps beside them
// (net/netfilter/xt_set.c, extensions/libxt_SET.c).
import { integer32 } from '../datatype/types.ts';
import { type GivenOption, isRefusal, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { defineStatement } from './define.ts';
import { isGiven, negation, numberWord, wordOf } from './option-words.ts';
import { anything, passing } from './symbolic.ts';

/** An ipset by its own name, and which side each part of its elements comes from. */
interface Reference {
  readonly set: string;
  readonly sides: readonly Side[];
}

type Side = 'src' | 'dst';

interface SetChange {
  readonly add?: Reference;
  readonly del?: Reference;
  readonly map?: Reference;
  /** The element may be there already: its timeout begins anew. */
  readonly exist?: true;
  /** Seconds; the set's own where absent. */
  readonly timeout?: bigint;
  readonly flags: readonly MapFlag[];
}

const actions = ['add', 'del', 'map'] as const;
const mapFlags = ['mark', 'prio', 'queue'] as const;
type MapFlag = (typeof mapFlags)[number];

const options: Readonly<Record<string, number>> = {
  ...Object.fromEntries(actions.map((action) => [`--${action}-set`, 2])),
  '--exist': 0,
  '--timeout': 1,
  ...Object.fromEntries(mapFlags.map((flag) => [`--map-${flag}`, 0])),
};

/** include/uapi/linux/netfilter/ipset/ip_set.h: IPSET_DIM_MAX and IPSET_MAXNAMELEN. */
const mostSides = 6;
const nameLimit = 31;

function problemOf(change: SetChange): string | undefined {
  const { add, del, map, exist, timeout, flags } = change;
  if (!add && !del && !map) return '`SET` needs one of add, del, map';
  if ((exist || timeout !== undefined) && !add) return '`exist` and `timeout` go with `add` only';
  return flags.length > 0 === (map !== undefined) ? undefined : '`map` goes with one of mark, prio, queue';
}

function readReference([set = '', sides = '']: readonly string[]): Reference | Refusal {
  const words = sides.split(',');
  const known = words.filter((word): word is Side => word === 'src' || word === 'dst');
  if (known.length < words.length) return refuse(`\`${sides}\` is no list of \`src\` and \`dst\``);
  if (words.length > mostSides) return refuse(`an ipset has no more than ${mostSides} sides`);
  return set.length > nameLimit ? refuse(`\`${set}\` is too long for an ipset`) : { set, sides: known };
}

function readTarget(given: readonly GivenOption[]): SetChange | Refusal {
  const references: { -readonly [Key in (typeof actions)[number]]?: Reference } = {};
  for (const action of actions) {
    const found = given.find(({ option }) => option === `--${action}-set`);
    const reference = found && readReference(found.words);
    if (reference && isRefusal(reference)) return reference;
    if (reference) references[action] = reference;
  }
  const text = wordOf(given, '--timeout');
  const timeout = text === undefined ? undefined : numberWord('--timeout', text, 0xfffffffen);
  if (timeout !== undefined && isRefusal(timeout)) return timeout;
  const change: SetChange = {
    ...references,
    ...(isGiven(given, '--exist') && { exist: true }),
    ...(timeout !== undefined && { timeout }),
    flags: mapFlags.filter((flag) => isGiven(given, `--map-${flag}`)),
  };
  const problem = problemOf(change);
  return negation(given) ?? (problem === undefined ? change : refuse(problem));
}

function targetWords(change: SetChange): readonly string[] {
  const { exist, timeout, flags } = change;
  return [
    ...actions.flatMap((action) => {
      const reference = change[action];
      if (!reference) return [];
      const words = [`--${action}-set`, reference.set, reference.sides.join(',')];
      return action === 'add'
        ? [
            ...words,
            ...(exist ? ['--exist'] : []),
            ...(timeout === undefined ? [] : ['--timeout', `${timeout}`]),
          ]
        : words;
    }),
    ...flags.map((flag) => `--map-${flag}`),
  ];
}

function readLanguage(reader: TermReader): SetChange | undefined {
  let change: SetChange = { flags: [] };
  const words = [...actions, ...mapFlags, 'exist', 'timeout'] as const;
  for (let word = reader.word(...words); word; word = reader.word(...words)) {
    const next = readPart(reader, word, change);
    if (!next) return undefined;
    change = next;
  }
  const problem = problemOf(change);
  return problem === undefined ? change : reader.refuse('HK3017', problem);
}

function readPart(
  reader: TermReader,
  word: (typeof actions)[number] | MapFlag | 'exist' | 'timeout',
  change: SetChange,
): SetChange | undefined {
  switch (word) {
    case 'exist':
      return { ...change, exist: true };
    case 'timeout': {
      const timeout = reader.single(integer32);
      return timeout === undefined ? undefined : { ...change, timeout };
    }
    case 'mark':
    case 'prio':
    case 'queue':
      return { ...change, flags: mapFlags.filter((flag) => flag === word || change.flags.includes(flag)) };
    case 'add':
    case 'del':
    case 'map': {
      const reference = readSides(reader);
      return reference && { ...change, [word]: reference };
    }
  }
}

function readSides(reader: TermReader): Reference | undefined {
  const set = reader.text();
  if (set === undefined) return undefined;
  const sides: Side[] = [];
  do {
    const side = reader.word('src', 'dst');
    if (!side) return reader.fail('HK3009', 'expected `src` or `dst`');
    sides.push(side);
  } while (reader.mark(','));
  return { set, sides };
}

function write(change: SetChange): string {
  const { exist, timeout, flags } = change;
  const references = actions.flatMap((action) => {
    const reference = change[action];
    return reference ? [`${action} ${quote(reference.set)} ${reference.sides.join(', ')}`] : [];
  });
  return [
    'SET',
    ...references,
    ...(exist ? ['exist'] : []),
    ...(timeout === undefined ? [] : [`timeout ${timeout}`]),
    ...flags,
  ].join(' ');
}

export const set = defineStatement<SetChange>({
  key: 'SET',
  summary:
    'Adds the packet to an ipset, deletes it there, or takes what is kept beside it: `SET add "seen" src exist`.',
  terminal: false,
  changesPacket: true,
  read: readLanguage,
  write,
  nft: {
    write: () => ({
      unsupported: "this ipset is none of the policy's sets; nft has `add @set` and `delete @set`",
    }),
    read: () => undefined,
  },
  iptables: {
    write: (change) => ({ kind: 'target', words: ['SET', ...targetWords(change)] }),
    readers: [{ module: 'SET', options, takes: 'together', complete: true, read: readTarget }],
  },
  knowledge: { unknown: 'with `map-set` it takes over what the ipset keeps' },
  execute: ({ map, add, del }) =>
    map
      ? { kind: 'unknown', why: `what the ipset ${quote(map.set)} keeps for the packet is not known` }
      : { kind: 'none', note: `the ipset ${quote((add ?? del)?.set ?? '')} changes` },
  symbolic: ({ map }, context) =>
    map ? anything(context, `what the ipset ${quote(map.set)} keeps for packets is not known`) : passing(),
});
