// Tables of connections of a chosen size, as a gateway has them: clients behind NAT and without, servers that the world
// and the clients reach, services and hosts by how well they are liked (Zipf's law). The same seed gives the same table,
// and its first entries are those of a smaller one.
import { generator, type Random } from './generate.ts';

/** One connection; a reply tuple that is not the original one turned round was translated. */
export interface BenchConnection {
  readonly protocol: BenchProtocol;
  readonly source: string;
  readonly destination: string;
  /** Of ICMP the identifier, twice. */
  readonly sport: number;
  readonly dport: number;
  readonly replySource: string;
  readonly replyDestination: string;
  readonly state?: string;
  readonly timeout: number;
  readonly answered: boolean;
  readonly assured: boolean;
  readonly mark: number;
  readonly zone: number;
  /** Packets and bytes of both directions. */
  readonly counters: readonly [number, number, number, number];
}

export type BenchProtocol = 'tcp' | 'udp' | 'icmp' | 'icmpv6';

/** Servers that are published, and as many addresses: the policy of ./gateway.ts has them, too. */
export const publishedServers = 50;
/** Clients are in one of four networks, each with a public address of its own. */
export const clientNetworks = 4;

/** Of a thousand connections those up to a number are of a kind. */
const mixture = [
  [760, outward],
  [860, outwardV6],
  [940, inward],
  [970, toOwnServers],
  [990, outwardPing],
  [1000, fromServers],
] as const;

/** All connections of a table. */
export function* generateConnections(count: number, seed: number): Generator<BenchConnection> {
  const random = generator(seed);
  for (let number = 0; number < count; number++) yield connection(random, number);
}

function connection(random: Random, number: number): BenchConnection {
  const drawn = random(0, 999);
  const [, kind] = mixture.find(([below]) => drawn < below) ?? mixture[0];
  return kind(random, number);
}

/** Ports and addresses go with the number, so that no two of 250,000 connections have a tuple in common. */
function portOf(number: number): number {
  return 1024 + (Math.floor(number / clientNetworks) % 64_000);
}

/** A rank from 0 to below `count`: each is drawn about as much less often as it is higher. */
function rank(random: Random, count: number): number {
  return Math.floor(count ** (random(0, 2 ** 24 - 1) / 2 ** 24)) - 1;
}

function client(random: Random, number: number): string {
  const host = rank(random, 16_000);
  return `10.${16 * (number % clientNetworks) + (host & 15)}.${(host >> 4) & 255}.${2 + ((host >> 12) & 127)}`;
}

function stranger(random: Random, number: number): string {
  const host = rank(random, 6000);
  return `198.${18 + (number % clientNetworks)}.${host >> 6}.${1 + (host & 63)}`;
}

const services = [
  ['tcp', 443],
  ['udp', 443],
  ['udp', 53],
  ['tcp', 80],
  ['tcp', 993],
  ['udp', 123],
  ['tcp', 22],
  ['tcp', 5223],
  ['udp', 3478],
  ['tcp', 8443],
  ['tcp', 25],
  ['tcp', 6881],
] as const;

function service(random: Random): readonly ['tcp' | 'udp', number] {
  return services[rank(random, services.length)] ?? services[0];
}

/** TCP states and their timeouts. */
const states = [
  ['ESTABLISHED', 431_999],
  ['TIME_WAIT', 119],
  ['ESTABLISHED', 86_000],
  ['CLOSE', 9],
  ['FIN_WAIT', 119],
  ['CLOSE_WAIT', 59],
  ['LAST_ACK', 29],
  ['SYN_SENT', 119],
] as const;

type Ends = Pick<
  BenchConnection,
  'source' | 'destination' | 'sport' | 'dport' | 'replySource' | 'replyDestination'
>;

function finish(random: Random, protocol: BenchProtocol, ends: Ends): BenchConnection {
  const [state, most] =
    protocol === 'tcp' ? (states[rank(random, states.length)] ?? states[0]) : [undefined, 179];
  const answered = state === undefined ? random(1, 10) > 1 : state !== 'SYN_SENT';
  const packets = 1 + rank(random, 100_000);
  return {
    protocol,
    ...ends,
    ...(state && { state }),
    timeout: random(Math.floor(most / 2), most),
    answered,
    assured: answered && packets > 3 && protocol !== 'icmp' && protocol !== 'icmpv6',
    mark: random(1, 20) === 1 ? 16 * random(1, 4) : 0,
    zone: random(1, 50) === 1 ? random(1, 3) : 0,
    counters: [
      packets,
      packets * random(40, 1500),
      answered ? packets : 0,
      answered ? packets * random(40, 1500) : 0,
    ],
  };
}

function direct(source: string, sport: number, destination: string, dport: number): Ends {
  return { source, sport, destination, dport, replySource: destination, replyDestination: source };
}

function outward(random: Random, number: number): BenchConnection {
  const [protocol, dport] = service(random);
  const ends = direct(client(random, number), portOf(number), stranger(random, number), dport);
  return finish(random, protocol, { ...ends, replyDestination: publicOf(number) });
}

/** What clients are translated to. */
function publicOf(number: number): string {
  return `203.0.113.${2 + (number % clientNetworks)}`;
}

function outwardV6(random: Random, number: number): BenchConnection {
  const [protocol, dport] = service(random);
  const source = `fd00:1:0:0:${number % clientNetworks}::${(2 + rank(random, 2000)).toString(16)}`;
  const destination = `2001:db8:a::${(1 + rank(random, 3000)).toString(16)}`;
  return finish(random, protocol, direct(source, portOf(number), destination, dport));
}

function outwardPing(random: Random, number: number): BenchConnection {
  const id = portOf(number);
  const ends = direct(client(random, number), id, stranger(random, number), id);
  return finish(random, 'icmp', { ...ends, replyDestination: publicOf(number) });
}

function inward(random: Random, number: number): BenchConnection {
  const server = rank(random, publishedServers);
  const ends = direct(stranger(random, number), portOf(number), `203.0.113.${10 + server}`, 443);
  return finish(random, 'tcp', { ...ends, replySource: `172.16.0.${10 + server}` });
}

function toOwnServers(random: Random, number: number): BenchConnection {
  const [protocol, dport] = service(random);
  const server = `172.16.0.${10 + rank(random, publishedServers)}`;
  return finish(random, protocol, direct(client(random, number), portOf(number), server, dport));
}

function fromServers(random: Random, number: number): BenchConnection {
  const [protocol, dport] = service(random);
  const server = rank(random, publishedServers);
  const ends = direct(`172.16.0.${10 + server}`, portOf(number), stranger(random, number), dport);
  return finish(random, protocol, { ...ends, replyDestination: `203.0.113.${10 + server}` });
}
