// `fib saddr type`, `fib daddr type`: what the routing tables say of the packet's addresses.
import { addressType } from '../../datatype/nft-types.ts';
import { fibType as readFibType } from '../../field/routing.ts';
import type { FieldTest } from '../field-match.ts';
import { fewValues, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition } from '../iptables-spelling.ts';
import { nftFieldMatch } from './define.ts';

const sides = {
  saddr: { words: 'source', option: '--src-type' },
  daddr: { words: 'destination', option: '--dst-type' },
} as const;

function fibType(side: keyof typeof sides) {
  const { words, option } = sides[side];
  const key = `fib ${side} type`;
  return nftFieldMatch({
    key,
    summary: `The type that the routing tables give the ${words} address: \`local\`, \`unicast\`, \`broadcast\`.`,
    type: addressType,
    nft: { fib: { result: 'type', flags: [side] } },
    read: (view) => readFibType(view, { side }),
    iptables: (test) => addrtype(test, key, option),
  });
}

/** net/netfilter/xt_addrtype.c asks the same as net/ipv4/netfilter/nft_fib_ipv4.c: nft_fib4_eval_type. */
function addrtype(test: FieldTest, key: string, option: string): Condition {
  const plain = plainTest(test, addressType.width);
  const values = plain && fewValues(plain.ranges, addressType.constants?.size ?? 0);
  if (!plain || !values) return unsupported(key, test);
  const names = values.map((value) => addressType.format(value).toUpperCase()).join(',');
  return { kind: 'any', alternatives: [[moduleOption('addrtype', plain.negated, option, names)]] };
}

export const fibMatches = [fibType('saddr'), fibType('daddr')];
