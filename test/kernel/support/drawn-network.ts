// Networks by chance: machines on switches, with bridges that join these, and macvlans of every mode on all of it.
import { randomFrom } from './routing-host.ts';

/** What a drawn network is made of so far. */
interface Draft {
  readonly random: () => number;
  readonly hosts: string[];
  /** Ends of each switch. */
  readonly links: string[][];
  /** For each switch one that it is joined with, the least: no two ways lead from one to another. */
  readonly joined: number[];
  /** Switches with a bridge on them: where these, or another bridge on them, reflect, it learns stations where they are not. */
  readonly bridged: Set<number>;
  /** Switches with a bridge on them that reflects. */
  readonly reflected: Set<number>;
}

/** The text of a network that only depends on the seed. */
export function drawNetwork(seed: number): string {
  const random = randomFrom(seed);
  const count = 2 + upTo(random, 2);
  const draft: Draft = {
    random,
    hosts: [],
    links: Array.from({ length: count }, () => []),
    joined: Array.from({ length: count }, (_, at) => at),
    bridged: new Set(),
    reflected: new Set(),
  };
  const machines = 2 + upTo(random, 3);
  for (let at = 0; at < machines; at++) drawMachine(draft, `pc${at}`, at);
  // A cable needs two ends.
  for (const [at, ends] of draft.links.entries())
    while (ends.length < 2) drawCard(draft, `end${at}${ends.length}`, at);
  const links = draft.links.map(
    (ends, at) =>
      `link wire${at} { ${ends.join('; ')}${!draft.bridged.has(at) && random() < 0.5 ? '; hairpin' : ''} }`,
  );
  return `${[...draft.hosts, ...links].join('\n')}\n`;
}

/** A number below `limit`. */
function upTo(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<One>({ random }: Draft, list: readonly [One, ...One[]]): One {
  return list[upTo(random, list.length)] ?? list[0];
}

/** Mostly of one subnet, so that most could talk. */
function drawAddress({ random }: Draft, host: number): string {
  return `address 10.0.${random() < 0.8 ? 0 : 1}.${host}/${random() < 0.8 ? 16 : 24}`;
}

function drawCard(draft: Draft, name: string, link: number): void {
  draft.hosts.push(`host ${name} { interface "eth0" { ${drawAddress(draft, 200 + draft.hosts.length)} } }`);
  draft.links[link]?.push(`${name} "eth0"`);
}

function port(link: number): string {
  return `eth${link}`;
}

function drawMachine(draft: Draft, name: string, at: number): void {
  const { random } = draft;
  const isBridge = random() < 0.5;
  const cards = draft.links.flatMap((_, link) => (random() < 0.6 ? [link] : []));
  const taken = isBridge ? cards.filter((link) => join(draft, cards, link)) : cards.slice(0, 1);
  for (const link of taken) draft.links[link]?.push(`${name} "eth${link}"`);
  const lines = taken.map((link) =>
    isBridge
      ? `interface "${port(link)}" { master "br0"${reflection(draft, link)}${flag(draft, 'isolated')} }`
      : `interface "${port(link)}" { ${drawAddress(draft, 10 + at)} }`,
  );
  for (const link of isBridge ? taken : []) draft.bridged.add(link);
  const bridge = isBridge ? [`interface "br0" { type bridge; ${drawAddress(draft, 10 + at)} }`] : [];
  draft.hosts.push(`host ${name} {\n  ${[...bridge, ...lines].join('\n  ')}\n}`);
  const lower = isBridge ? 'br0' : taken.map(port)[0];
  if (lower !== undefined) drawMacvlans(draft, name, lower, 50 + at * 10);
}

/** Whether a bridge may join this switch with those before it, without a circle, and with nobody who reflects its frames. */
function join({ joined, reflected }: Draft, cards: readonly number[], link: number): boolean {
  if (reflected.has(link)) return false;
  const [first = link] = cards;
  const [one, other] = [joined[first], joined[link]];
  if (first === link) return true;
  if (one === undefined || other === undefined || one === other) return false;
  for (const [at, root] of joined.entries()) if (root === other) joined[at] = one;
  return true;
}

/** Only the first bridge on a switch may reflect, and is then the only one. */
function reflection(draft: Draft, link: number): string {
  const drawn = flag(draft, 'hairpin');
  if (drawn === '' || draft.bridged.has(link)) return '';
  draft.reflected.add(link);
  return drawn;
}

function flag({ random }: Draft, word: string): string {
  return random() < 0.3 ? `; ${word}` : '';
}

function drawMacvlans(draft: Draft, machine: string, lower: string, host: number): void {
  const { random } = draft;
  const alone = random() < 0.15;
  const count = alone ? 1 : upTo(random, 4);
  for (let at = 0; at < count; at++) {
    const mode = alone ? 'passthru' : pick(draft, ['bridge', 'bridge', 'vepa', 'private']);
    draft.hosts.push(
      `host ${machine}m${at} {\n  interface "m" { type macvlan mode ${mode} link ${machine} "${lower}"; ${drawAddress(draft, host + at)} }\n}`,
    );
  }
}
