// Policies that differ from each other in everything but that they admit one port.
import { makeRandom, type Random } from '../../../src/core/policy-test/random.ts';

/** Draws policies; all of them admit TCP and UDP to the port, and nothing of it is ever met by another rule. */
export function policyMaker(seed: number, port: number): () => string {
  const random = makeRandom(seed);
  return () => drawnPolicy(random, port);
}

function drawnPolicy(random: Random, port: number): string {
  const admitted = [
    'ct state { established, related } accept',
    `tcp dport ${port} accept`,
    `udp dport ${port} accept`,
  ];
  const rules = shuffled(random, [...admitted, ...several(random, 8, () => otherRule(random))]);
  const tables = [
    `table inet filter {
  chain input hook input priority filter policy drop { ${['iif "lo" accept', ...rules].join(' ; ')} }
  chain more { ${several(random, 4, () => otherRule(random)).join(' ; ')} }
}
`,
    ...(random.below(2)
      ? [`table inet early { chain pre hook prerouting priority raw { ${otherRule(random)} } }\n`]
      : []),
    ...(random.below(2)
      ? ['table ip nat { chain post hook postrouting priority srcnat { oif "none0" masquerade } }\n']
      : []),
  ];
  const sets = ['one', 'two'].map((name) => `set ${name} : address = { ${addresses(random)} }\n`);
  return [...sets, ...shuffled(random, tables)].join('');
}

/** From addresses that nobody has, or to ports that nobody asks for. */
function otherRule(random: Random): string {
  const other = 10_000 + random.below(20);
  const rules = [
    `from @${random.below(2) ? 'one' : 'two'} drop`,
    `tcp dport ${other} counter accept`,
    `udp dport { ${other}, ${other + 100} } drop`,
    `from 192.0.2.${random.below(250)} log prefix "other: " drop`,
  ];
  return rules[random.below(rules.length)] ?? '';
}

function addresses(random: Random): string {
  const numbers = new Set([0, ...several(random, 30, () => random.below(250))]);
  return [...numbers].map((number) => `198.51.100.${number}`).join(', ');
}

function several<T>(random: Random, most: number, draw: () => T): readonly T[] {
  return Array.from({ length: random.below(most) }, draw);
}

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: random.below(1_000_000) }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
