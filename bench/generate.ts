// Policies of a chosen size for the benchmarks: a forward chain that sends packets by source to user chains of some
// hundred rules each, as grown rule sets do. The same seed gives the same policy.

/** A rule, free of any syntax: all conditions must hold. */
export interface BenchRule {
  readonly input?: string;
  readonly output?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly state?: readonly string[];
  readonly service?: BenchService;
  readonly comment?: string;
  readonly verdict: BenchVerdict;
}

/** Destination ports of a transport protocol: disjoint, ascending, inclusive ranges. */
export interface BenchService {
  readonly transport: 'tcp' | 'udp';
  readonly ports: readonly (readonly [number, number])[];
}

export type BenchVerdict = 'accept' | 'drop' | 'return' | { readonly jump: string };

/** The first chain is the forward chain, with the policy drop; the others are user chains, in order of the jumps. */
export type BenchPolicy = readonly { readonly name: string; readonly rules: readonly BenchRule[] }[];

/** One table of several, with sets of addresses that its rules refer to as `@NAME`. */
export interface BenchTable {
  readonly name: string;
  readonly sets: readonly { readonly name: string; readonly elements: readonly string[] }[];
  readonly chains: BenchPolicy;
}

/** Tables for the departments of a company, which share the rules and, where there are enough, 1,000 sets. */
export function generateCompany(count: number, seed: number): readonly BenchTable[] {
  return Array.from({ length: 20 }, (_, number) =>
    generateTable(`department_${number + 1}`, count / 20, seed + number),
  );
}

function generateTable(name: string, count: number, seed: number): BenchTable {
  const random = generator(seed);
  const names = Array.from(
    { length: Math.min(50, Math.floor(count / 10)) },
    (_, number) => `hosts_${number + 1}`,
  );
  let turn = 0;
  const address = (length: number): string => {
    const set = random(1, 2) === 1 ? names[turn++ % names.length] : undefined;
    return set ? `@${set}` : prefix(random, length);
  };
  const chains = generateChains(count, random, address);
  return { name, sets: names.map((set) => ({ name: set, elements: elements(random) })), chains };
}

/** Hosts and small networks, which lie apart. */
function elements(random: Random): readonly string[] {
  const site = `10.${random(0, 255)}`;
  return Array.from({ length: random(4, 20) }, (_, number) =>
    random(1, 3) === 1 ? `${site}.${number}.${16 * random(0, 15)}/28` : `${site}.${number}.${random(1, 254)}`,
  );
}

/** A policy with exactly so many rules: none, or at least two. */
export function generatePolicy(count: number, seed: number): BenchPolicy {
  const random = generator(seed);
  return generateChains(count, random, (length) => prefix(random, length));
}

function generateChains(count: number, random: Random, address: Address): BenchPolicy {
  if (count === 0) return [{ name: 'FORWARD', rules: [] }];
  const chains: { name: string; rules: BenchRule[] }[] = [];
  const forward: BenchRule[] = [{ state: ['established', 'related'], verdict: 'accept' }];
  for (let left = count - 1; left > 0; ) {
    const name = `group_${chains.length + 1}`;
    const length = Math.min(left - 1, random(80, 160));
    forward.push({ source: prefix(random, 16), verdict: { jump: name } });
    chains.push({ name, rules: Array.from({ length }, () => rule(random, address)) });
    left -= length + 1;
  }
  return [{ name: 'FORWARD', rules: forward }, ...chains];
}

/** A policy of one chain, every rule of which is about 10.0.0.0/8: other packets pass all of them. */
export function generateChain(count: number, seed: number): BenchPolicy {
  const random = generator(seed);
  return [
    {
      name: 'FORWARD',
      rules: Array.from({ length: count }, () => rule(random, (length) => prefix(random, length))),
    },
  ];
}

/** A policy of lists as people keep them: the same few shapes of rules, in each chain for other hosts and services. */
export function generateLists(count: number, seed: number): BenchPolicy {
  const random = generator(seed);
  if (count === 0) return [{ name: 'FORWARD', rules: [] }];
  const forward: BenchRule[] = [{ state: ['established', 'related'], verdict: 'accept' }];
  const chains: { name: string; rules: BenchRule[] }[] = [];
  for (let left = count - 1; left > 0; left -= (chains.at(-1)?.rules.length ?? 0) + 1) {
    const name = `list_${chains.length + 1}`;
    const length = left <= 400 ? left - 1 : random(200, 390);
    forward.push({ source: prefix(random, 16), verdict: { jump: name } });
    chains.push({ name, rules: Array.from({ length }, () => listed(random)) });
  }
  return [{ name: 'FORWARD', rules: forward }, ...chains];
}

function listed(random: Random): BenchRule {
  const kind = random(1, 10);
  const destination = prefix(random, 32);
  if (kind <= 2) return { source: prefix(random, 32), verdict: 'accept' };
  const port = [22, 25, 80, 443, 993, 8080][random(0, 5)] ?? 80;
  const asked: BenchService = { transport: 'tcp', ports: [[port, port]] };
  return { ...(kind <= 5 && { source: prefix(random, 32) }), destination, service: asked, verdict: 'accept' };
}

/** A whole number from the first to the second, both included. */
export type Random = (from: number, to: number) => number;

/** mulberry32, by Tommy Ettinger (public domain): small, and the same on every machine. */
export function generator(seed: number): Random {
  let state = seed | 0;
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return from + Math.floor(fraction * (to - from + 1));
  };
}

/** What a rule compares an address with: a prefix of a length, or something else. */
type Address = (length: number) => string;

function rule(random: Random, address: Address): BenchRule {
  const often = (percent: number) => random(1, 100) <= percent;
  return {
    ...(often(25) && { input: interfaceName(random) }),
    ...(often(15) && { output: interfaceName(random) }),
    ...addresses(random, address),
    ...(often(20) && { state: ['new'] }),
    ...(often(75) && { service: service(random) }),
    ...(often(30) && { comment: `ticket ${random(1000, 99_999)}: asked for by team ${random(1, 40)}` }),
    verdict: often(70) ? 'accept' : often(80) ? 'drop' : 'return',
  };
}

/** One of the two at least, so that no rule matches everything. */
function addresses(random: Random, address: Address): Pick<BenchRule, 'source' | 'destination'> {
  const source = address(random(20, 32));
  const destination = address(random(20, 32));
  const which = random(1, 3);
  return { ...(which !== 1 && { source }), ...(which !== 2 && { destination }) };
}

function interfaceName(random: Random): string {
  return `eth${random(0, 7)}.${random(1, 200)}`;
}

function prefix(random: Random, length: number): string {
  const value = ((10 << 24) | random(0, 2 ** 24 - 1)) & (-1 << (32 - length));
  const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return `${bytes.join('.')}${length === 32 ? '' : `/${length}`}`;
}

/**
 * One port or range, seldom a list of up to seven of both, which is what multiport can hold in the worst case. Seldom,
 * because each list is an anonymous set to nft, and the time that the kernel takes grows with the square of their
 * number (net/netfilter/nf_tables_api.c: nf_tables_set_alloc_name): were they in a third of the rules, 100,000 rules
 * would take nft some nine minutes and the comparison would be about nothing else.
 */
function service(random: Random): BenchService {
  const transport = random(1, 3) === 1 ? 'udp' : 'tcp';
  const length = random(1, 50) === 1 ? random(2, 7) : 1;
  let lowest = random(20, 1000);
  const ports = Array.from({ length }, (): readonly [number, number] => {
    const first = lowest + random(0, 500);
    const last = first + (random(1, 4) === 1 ? random(1, 2000) : 0);
    lowest = last + 2;
    return [first, last];
  });
  return { transport, ports };
}
