// Networks of a chosen size for the benchmarks: hosts in regions, each with some ten links to others, and routes by the
// shortest paths. The same seed gives the same network.
import { generator } from './generate.ts';

/** Links for each host. */
const linksEach = 10;
const regionSize = 32;
/** So many addresses ask each other. */
export const chosenAddresses = 200;

interface Cable {
  readonly ends: readonly [number, number];
  readonly number: number;
}

/** A policy file; hosts are called `h0`, `h1` …, and have their addresses on `stub0`. */
export function generateNetwork(count: number, seed: number): string {
  const cables = lay(count, seed);
  const byHost = Array.from({ length: count }, (_, host) => cables.filter(({ ends }) => ends.includes(host)));
  const routes = routesOf(count, byHost);
  const hosts = byHost.map((own, host) => hostText(host, count, own, routes[host] ?? []));
  return [rules, ...hosts, ...cables.map(cableText)].join('\n');
}

/** The addresses that are chosen, each with its host. */
export function chosenStations(
  count: number,
): readonly { readonly host: string; readonly address: string }[] {
  if (count === 0) return [];
  const each = Math.ceil(chosenAddresses / count);
  const hosts = Math.ceil(chosenAddresses / each);
  return Array.from({ length: hosts }, (_, at) => Math.floor((at * count) / hosts)).flatMap((host) =>
    Array.from({ length: each }, (_, number) => ({
      host: `h${host}`,
      address: `${stub(host)}.${number + 1}`,
    })),
  );
}

const rules = `table inet filter {
  chain forward type filter hook forward priority 0 policy drop {
    ct state established,related accept
    ip saddr 10.0.0.0/8 ip daddr 10.0.0.0/8 accept
  }
}
`;

/** A ring through each region, a ring through all, and the rest by chance. */
function lay(count: number, seed: number): readonly Cable[] {
  const random = generator(seed);
  const pairs: [number, number][] = [];
  for (let host = 0; host < count; host++) {
    pairs.push([host, (host + 1) % count]);
    const first = host - (host % regionSize);
    const last = Math.min(first + regionSize, count) - 1;
    if (host === last && last - first > 1) pairs.push([last, first]);
  }
  while (pairs.length < linksEach * count) {
    const [one, other] = [random(0, count - 1), random(0, count - 1)];
    if (one !== other) pairs.push([one, other]);
  }
  return pairs.filter(([one, other]) => one !== other).map((ends, number) => ({ ends, number }));
}

function stub(host: number): string {
  return `10.${Math.floor(host / regionSize)}.${host % regionSize}`;
}

function farEnd({ ends: [one, two] }: Cable, host: number): number {
  return one === host ? two : one;
}

/** An address of a cable's end: 172.16.0.0/12, two for each. */
function endAddress({ ends, number }: Cable, host: number): string {
  const value = 2 * number + (ends[0] === host ? 0 : 1);
  return `172.${16 + (value >> 16)}.${(value >> 8) & 255}.${value & 255}`;
}

/** Lines for each host: to the hosts of its region, and to the other regions as a whole. */
function routesOf(count: number, byHost: readonly (readonly Cable[])[]): readonly (readonly string[])[] {
  const lines = Array.from({ length: count }, () => [] as string[]);
  const regions = Math.ceil(count / regionSize);
  for (let region = 0; region < regions; region++) {
    const members = Array.from({ length: regionSize }, (_, at) => region * regionSize + at).filter(
      (one) => one < count,
    );
    for (const [host, cable] of towards(byHost, members, () => true))
      lines[host]?.push(`  route 10.${region}.0.0/16 via ${endAddress(cable, farEnd(cable, host))}`);
    for (const target of members)
      for (const [host, cable] of towards(byHost, [target], (one) => members.includes(one)))
        lines[host]?.push(`  route ${stub(target)}.0/24 via ${endAddress(cable, farEnd(cable, host))}`);
  }
  return lines;
}

/** The cable that each host takes to the nearest of some. */
function towards(
  byHost: readonly (readonly Cable[])[],
  goals: readonly number[],
  within: (host: number) => boolean,
): ReadonlyMap<number, Cable> {
  const found = new Map<number, Cable>();
  const known = new Set(goals);
  const queue = [...goals];
  for (let host = queue.shift(); host !== undefined; host = queue.shift())
    for (const cable of byHost[host] ?? []) {
      const next = farEnd(cable, host);
      if (known.has(next) || !within(next)) continue;
      known.add(next);
      found.set(next, cable);
      queue.push(next);
    }
  return found;
}

function hostText(host: number, count: number, cables: readonly Cable[], routes: readonly string[]): string {
  const own = chosenStations(count).flatMap((one) => (one.host === `h${host}` ? [one.address] : []));
  const addresses = own.length > 0 ? own : [`${stub(host)}.1`];
  return `host h${host} {
  interface "stub0" { type dummy; ${addresses.map((one) => `address ${one}/24`).join('; ')} }
${cables.map((cable) => `  interface "c${cable.number}" { address ${endAddress(cable, host)}/31 }`).join('\n')}
${routes.join('\n')}
  sysctl net.ipv4.ip_forward = 1
}
`;
}

function cableText({ ends: [one, two], number }: Cable): string {
  return `link c${number} { h${one} "c${number}"; h${two} "c${number}" }`;
}
