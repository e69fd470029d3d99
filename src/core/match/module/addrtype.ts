// `addrtype`: what the routing tables say of an address.
import type { EvaluationContext, Truth } from '../define.ts';
import { refuse } from '../iptables-spelling.ts';
import { addressTypeTruth } from './address-type.ts';
import { defineModuleMatch, lacksInterface } from './define.ts';
import { addressTypes, interfaceFlag } from './nft-routing.ts';
import type { Settings } from './settings.ts';
import { listOf } from './value.ts';

/** In the order of the kernel's RTN_ numbers (extensions/libxt_addrtype.c: rtn_names). */
const types = listOf(
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
);

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
  knowledge: 'host',
});

/** The source is looked at first; what is not known only counts where the other side does not fail. */
function typesTruth(settings: Settings, { view }: EvaluationContext): Truth {
  const device = interfaceFlag(settings)[0];
  const truths = settings
    .filter(({ option }) => option.endsWith('-type'))
    .map(({ option, negated, value: [word = ''] }) => {
      const side = option === '--src-type' ? 'saddr' : 'daddr';
      const question = { side, device, noVrf: true } as const;
      return addressTypeTruth(view, { question, types: word.split(','), negated });
    });
  const deciding =
    truths.find(({ result }) => result === false) ?? truths.find(({ result }) => result !== true);
  return deciding ?? truths.at(-1) ?? { result: true, actual: 'no type' };
}
