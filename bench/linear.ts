// Chains of rules one behind the other, as packet classifiers are measured with, and packets for them. The same seed gives
// the same.
import { type PacketColumns, packetColumns } from 'hookline';
import { type BenchPolicy, type BenchRule, generator, type Random } from './generate.ts';

/** What the rules are on: a source; the port of UDP; source, destination, protocol and port, interface and state. */
export type LinearKind = 'address' | 'port' | 'mixed';

/** A rule, and the packets that it is on, as numbers: first and last of each. */
interface Drawn {
  readonly rule: BenchRule;
  readonly source: Ends;
  readonly destination: Ends;
  readonly dport: Ends;
  readonly protocol: number;
}

type Ends = readonly [number, number];

const everywhere: Ends = [0x0a00_0000, 0x0aff_ffff];
const anyPort: Ends = [1, 65_535];
const usualPorts = [22, 25, 53, 80, 110, 143, 443, 993, 3306, 5432, 8080, 8443] as const;
const interfaces = 8;

/** A forward chain of so many rules. */
export function generateLinear(kind: LinearKind, count: number, seed: number): BenchPolicy {
  return [{ name: 'FORWARD', rules: drawRules(kind, count, seed).map(({ rule }) => rule) }];
}

function drawRules(kind: LinearKind, count: number, seed: number): readonly Drawn[] {
  const random = generator(seed);
  const draw = { address: drawByAddress, port: drawByPort, mixed: drawMixed }[kind];
  return Array.from({ length: count }, () => draw(random));
}

function verdict(random: Random): Pick<BenchRule, 'verdict'> {
  return { verdict: random(0, 1) === 0 ? 'accept' : 'drop' };
}

function drawByAddress(random: Random): Drawn {
  const [text, source] = drawPrefix(random);
  const rule = { source: text, ...verdict(random) };
  return { rule, source, destination: everywhere, dport: anyPort, protocol: random(0, 1) === 0 ? 6 : 17 };
}

function drawByPort(random: Random): Drawn {
  const port = random(1, 65_535);
  const rule: BenchRule = { service: { transport: 'udp', ports: [[port, port]] }, ...verdict(random) };
  return { rule, source: everywhere, destination: everywhere, dport: [port, port], protocol: 17 };
}

/** One address at least, prefixes of every length, ports that many rules share: in the manner of ClassBench (Taylor, Turner 2005). */
function drawMixed(random: Random): Drawn {
  const which = random(1, 20);
  const source = which <= 14 ? drawPrefix(random) : undefined;
  const destination = which > 7 ? drawPrefix(random) : undefined;
  const dport = drawPorts(random);
  const transport = random(1, 10) <= 3 ? 'udp' : 'tcp';
  const rule: BenchRule = {
    ...(source && { source: source[0] }),
    ...(destination && { destination: destination[0] }),
    ...(random(1, 5) === 1 && { input: `eth${random(0, interfaces - 1)}` }),
    ...(dport && { service: { transport, ports: [dport] } }),
    ...(random(1, 5) === 1 && { state: ['new'] }),
    ...verdict(random),
  };
  return {
    rule,
    source: source?.[1] ?? everywhere,
    destination: destination?.[1] ?? everywhere,
    dport: dport ?? anyPort,
    protocol: transport === 'udp' ? 17 : 6,
  };
}

function drawPorts(random: Random): Ends | undefined {
  const turn = random(1, 10);
  const port = turn <= 4 ? (usualPorts[random(0, usualPorts.length - 1)] ?? 80) : random(1, 65_535);
  if (turn <= 7) return [port, port];
  return turn === 8 ? [1024, 65_535] : undefined;
}

function drawPrefix(random: Random): readonly [string, Ends] {
  const length = random(16, 32);
  const size = 2 ** (32 - length);
  const first = Math.floor((everywhere[0] + random(0, 2 ** 24 - 1)) / size) * size;
  const bytes = [24, 16, 8, 0].map((shift) => (first >>> shift) & 0xff);
  return [`${bytes.join('.')}/${length}`, [first, first + size - 1]];
}

/** So many different packets: seven in ten are what some rule is on, the others anything in 10.0.0.0/8. */
export function linearPackets(kind: LinearKind, rules: number, count: number, seed: number): PacketColumns {
  const drawn = drawRules(kind, rules, seed);
  const random = generator(seed + 1);
  const columns = packetColumns(count);
  columns.count = count;
  for (let at = 0; at < interfaces; at++) columns.names.push(`eth${at}`);
  const among = ([first, last]: Ends) => random(first, last);
  for (let row = 0; row < count; row++) {
    const near = random(1, 10) <= 7 ? drawn[random(0, drawn.length - 1)] : undefined;
    const isUdp = (near?.protocol ?? (random(0, 1) === 0 ? 6 : 17)) === 17;
    columns.family[row] = 4;
    columns.protocol[row] = isUdp ? 17 : 6;
    columns.transport[row] = isUdp ? 2 : 1;
    columns.entry[row] = 3;
    columns.source[4 * row] = among(near?.source ?? everywhere);
    columns.destination[4 * row] = among(near?.destination ?? everywhere);
    columns.sport[row] = random(1024, 65_535);
    columns.dport[row] = among(near?.dport ?? anyPort);
    columns.plain.flags[row] = 2;
    columns.plain.ttl[row] = 64;
    columns.plain.size[row] = 60;
    columns.plain.iif[row] = random(1, interfaces);
    columns.plain.oif[row] = random(1, interfaces);
  }
  return columns;
}
