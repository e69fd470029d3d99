// `addrtype`: what the routing tables say of an address.
import type { Node } from '../../bdd/bdd.ts';
import { ofVersion } from '../../field/parts.ts';
import { fieldIs, heldByRouting } from '../../field/symbolic.ts';
import type { EvaluationContext, SymbolicContext, Truth } from '../define.ts';
import { refuse } from '../iptables-spelling.ts';
import { fibTypeField } from '../nft/fib.ts';
import { allOf, anyOf } from '../symbolic.ts';
import { addressTypeTruth, type TypeTest } from './address-type.ts';
import { defineModuleMatch, lacksInterface } from './define.ts';
import { addressTypes, interfaceFlag } from './nft-routing.ts';
import type { Setting, Settings } from './settings.ts';
import { listOf } from './value.ts';

/** In the order of the kernel's RTN_ numbers (extensions/libxt_addrtype.c: rtn_names). */
const names = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
];
const types = listOf(...names);
const numbers = new Map(names.map((name, number) => [name, BigInt(number)]));

/** net/netfilter/xt_addrtype.c: addrtype_mt_checkentry_v1. */
const onlyIpv4 = ['BROADCAST', 'BLACKHOLE', 'PROHIBIT', 'THROW', 'NAT', 'XRESOLVE'];

export const addrtypeMatch = defineModuleMatch({
  module: 'addrtype',
  summary: 'The type that the routing tables give the source or destination: `addrtype dst-type LOCAL`.',
  options: [
    { option: '--src-type', word: 'src-type', value: types, negatable: true },
    { option: '--dst-type', word: 'dst-type', value: types, negatable: true },
    { option: '--limit-iface-in', word: 'limit-iface-in' },
    { option: '--limit-iface-out', word: 'limit-iface-out' },
  ],
  needs: [['--src-type', '--dst-type']],
  excludes: [['--limit-iface-in', '--limit-iface-out']],
  misplaced: (settings, hook) =>
    lacksInterface(settings, hook, { in: '--limit-iface-in', out: '--limit-iface-out' }),
  check: (settings, family) => {
    const foreign = settings
      .flatMap(({ value: [word = ''] }) => word.split(','))
      .find((word) => family === 'ip6' && onlyIpv4.includes(word));
    return foreign === undefined ? settings : refuse(`IPv6 has no addresses of type \`${foreign}\``);
  },
  nft: addressTypes,
  truth: typesTruth,
  symbolic: symbolicTypes,
  knowledge: 'host',
});

/**
 * As `fib` asks, which for IPv4 is the same, and for IPv6 where the tables alone tell the type. Only `fib` looks at the
 * VRFs of a host, which are not known here.
 */
function symbolicTypes(settings: Settings, symbols: SymbolicContext): Node {
  const { bdd } = symbols;
  const sides = settings.filter(({ option }) => option.endsWith('-type'));
  const told = sides.flatMap((one) => toldSide(settings, one, symbols) ?? []);
  if (told.length === sides.length) return allOf(bdd, told);
  const asked = allOf(
    bdd,
    sides.map((one) => symbolicSide(one, interfaceFlag(settings), symbols)),
  );
  if (sides.every((one) => typesOf(one).every((type) => ofTables.has(type)))) return asked;
  const others = symbols.free(`addrtype of IPv6 ${sides.map(sideText).join(' ')}`);
  return bdd.ite(ofVersion(6)(symbols), others, asked);
}

/** Where the tables are known. */
function toldSide(settings: Settings, one: Setting, symbols: SymbolicContext): Node | undefined {
  const test = testOf(settings, one);
  return heldByRouting(symbols, test.question.side, (view) => {
    const truth = addressTypeTruth(view, test);
    return truth.result === 'unknown' ? { unknown: truth.why } : truth.result === true;
  });
}

function symbolicSide(setting: Setting, flag: readonly ('iif' | 'oif')[], symbols: SymbolicContext): Node {
  const { bdd } = symbols;
  const field = fibTypeField([setting.option === '--src-type' ? 'saddr' : 'daddr', ...flag]);
  const found = anyOf(
    bdd,
    typesOf(setting).map((type) => fieldIs(symbols, field, numbers.get(type) ?? 0n)),
  );
  return setting.negated ? bdd.minus(symbols.read(field).present, found) : found;
}

function typesOf({ value: [word = ''] }: Setting): readonly string[] {
  return word.split(',');
}

function sideText(one: Setting): string {
  return `${one.negated ? '! ' : ''}${one.option} ${typesOf(one).join(',')}`;
}

/** What the tables of IPv6 say in the same words (net/netfilter/xt_addrtype.c: match_lookup_rt6). */
const ofTables: ReadonlySet<string> = new Set(['LOCAL', 'ANYCAST']);

/** The source is looked at first; what is not known only counts where the other side does not fail. */
function typesTruth(settings: Settings, { view }: EvaluationContext): Truth {
  const truths = settings
    .filter(({ option }) => option.endsWith('-type'))
    .map((one) => addressTypeTruth(view, testOf(settings, one)));
  const deciding =
    truths.find(({ result }) => result === false) ?? truths.find(({ result }) => result !== true);
  return deciding ?? truths.at(-1) ?? { result: true, actual: 'no type' };
}

function testOf(settings: Settings, one: Setting): TypeTest {
  const side = one.option === '--src-type' ? 'saddr' : 'daddr';
  const question = { side, device: interfaceFlag(settings)[0], noVrf: true } as const;
  return { question, types: typesOf(one), negated: one.negated };
}
