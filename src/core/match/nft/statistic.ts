// How iptables says numbers that count packets or are drawn: `statistic`, which matches one of so many, or by chance.
import { normalize } from '../../datatype/range.ts';
import type { FieldTest } from '../field-match.ts';
import { always, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition } from '../iptables-spelling.ts';

interface Generator {
  readonly mode: 'inc' | 'random';
  readonly mod: number;
  readonly offset: number;
}

const width = 32;

/** What of the generator's numbers is meant, counted from 0. */
export function statistic({ mode, mod, offset }: Generator, test: FieldTest): Condition {
  const plain = plainTest(test, width);
  if (!plain) return unsupported(`numgen ${mode} mod ${mod}`, test);
  const [first, last] = [BigInt(offset), BigInt(offset) + BigInt(mod) - 1n];
  const meant = normalize(plain.ranges)
    .map(({ lo, hi }) => ({ lo: lo < first ? first : lo, hi: hi > last ? last : hi }))
    .filter(({ lo, hi }) => lo <= hi);
  const inside = meant.reduce((sum, { lo, hi }) => sum + hi - lo + 1n, 0n);
  const share = plain.negated ? BigInt(mod) - inside : inside;
  if (share === 0n) return { kind: 'never' };
  if (share === BigInt(mod)) return always();
  if (mode === 'random') return byChance(share, BigInt(mod));
  return inTurn(BigInt(mod), (meant[0]?.lo ?? first) - first, inside, plain.negated);
}

/** net/netfilter/xt_statistic.c: statistic_mt keeps 31 bits of a chance. */
const whole = 0x80000000n;

function byChance(share: bigint, mod: bigint): Condition {
  if ((share * whole) % mod !== 0n) {
    const why = `iptables keeps 31 bits of a chance, so that it can't draw ${share} of ${mod} exactly`;
    return { kind: 'unsupported', why, help: 'take a power of two for the modulus' };
  }
  const chance = (Number((share * whole) / mod) / Number(whole)).toFixed(11);
  return one('--mode', 'random', '--probability', chance);
}

/** Each rule of iptables counts for itself, so that several of them do not take turns. */
function inTurn(mod: bigint, place: bigint, inside: bigint, negated: boolean): Condition {
  if (inside !== 1n) {
    const why = `iptables tells one of ${mod} packets, or all others, and this means ${inside} of them`;
    return { kind: 'unsupported', why, help: 'write a rule for each' };
  }
  const [every, packet] = [`${mod}`, `${place}`];
  return one('--mode', 'nth', ...(negated ? ['!'] : []), '--every', every, '--packet', packet);
}

/**
 * The first of `left` packets that come here, again and again: of what it leaves over, a next rule may take the first of
 * one fewer (net/netfilter/xt_statistic.c: statistic_mt).
 */
export function nextInTurn(left: number): Condition {
  return left === 1 ? always() : one('--mode', 'nth', '--every', `${left}`, '--packet', '0');
}

function one(...words: readonly string[]): Condition {
  return { kind: 'any', alternatives: [[moduleOption('statistic', false, ...words)]] };
}
