// Values of iptables' own options in the forms that people write: `10/8`, `10.1`, `a,b`.
import type { GivenOwn } from './given-rule.ts';

/** Missing parts of an IPv4 address are zeros (libxtables/xtables.c: xtables_numeric_to_ipaddr): `10/8` is `10.0.0.0/8`. */
export function withFullAddress(given: GivenOwn, family: 'ip' | 'ip6'): GivenOwn {
  const [value = ''] = given.words;
  const short = family === 'ip' && isAddress(given) && /^(\d+(?:\.\d+){0,2})(\/.*)?$/.exec(value);
  if (!short) return given;
  const [, address = '', mask = ''] = short;
  const missing = 4 - address.split('.').length;
  return { ...given, words: [`${address}${'.0'.repeat(missing)}${mask}`] };
}

function isAddress({ option }: GivenOwn): boolean {
  return option === '-s' || option === '-d';
}

/** `-s a,b -d c,d` are four rules, sources outermost; undefined where that can't be, with `!`. */
export function expandLists(own: readonly GivenOwn[]): readonly (readonly GivenOwn[])[] | undefined {
  if (!own.some((given) => isAddress(given) && given.words[0]?.includes(','))) return [own];
  let rules: readonly (readonly GivenOwn[])[] = [[]];
  for (const given of own.toSorted((a, b) => b.option.localeCompare(a.option))) {
    const values = isAddress(given) ? (given.words[0]?.split(',') ?? []) : [...given.words];
    if (isAddress(given) && values.length > 1 && given.negated) return undefined;
    const one = isAddress(given) ? values.map((value) => ({ ...given, words: [value] })) : [given];
    rules = rules.flatMap((rule) => one.map((choice) => [...rule, choice]));
  }
  return rules;
}
