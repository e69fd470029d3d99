// Connections as conntrack writes them: for reading (`-L -o extended,id`) and for loading into a kernel (`-R`).
import type { BenchConnection, BenchProtocol } from './connections.ts';

const protocolNumber: Readonly<Record<BenchProtocol, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

/** As `conntrack -L -o extended,id` lists them. */
export function* listed(connections: Iterable<BenchConnection>): Generator<string> {
  let number = 0;
  for (const connection of connections) yield listedLine(connection, ++number);
}

/** As `conntrack -R` loads them. */
export function* saved(connections: Iterable<BenchConnection>): Generator<string> {
  for (const connection of connections) yield savedLine(connection);
}

function listedLine(connection: BenchConnection, number: number): string {
  const { protocol, source, destination, replySource, replyDestination, counters, mark, zone } = connection;
  const [original, reply] = keysOf(connection);
  const [packets, bytes, answered, answeredBytes] = counters;
  const words = [
    source.includes(':') ? 'ipv6     10' : 'ipv4     2',
    protocol.padEnd(8),
    protocolNumber[protocol],
    connection.timeout,
    connection.state,
    `src=${source} dst=${destination} ${original} packets=${packets} bytes=${bytes}`,
    connection.answered ? undefined : '[UNREPLIED]',
    `src=${replySource} dst=${replyDestination} ${reply} packets=${answered} bytes=${answeredBytes}`,
    connection.assured ? '[ASSURED]' : undefined,
    `mark=${mark}`,
    zone === 0 ? undefined : `zone=${zone}`,
    `use=1 id=${Math.imul(number, 0x9e3779b1) >>> 0}\n`,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

function keysOf({ protocol, sport, dport }: BenchConnection): readonly [string, string] {
  if (protocol === 'icmp') return [`type=8 code=0 id=${sport}`, `type=0 code=0 id=${sport}`];
  return [`sport=${sport} dport=${dport}`, `sport=${dport} dport=${sport}`];
}

/** So that all stay there, each has a day left. */
function savedLine(connection: BenchConnection): string {
  const { protocol, source, destination, sport, dport, replySource, replyDestination, mark, zone } =
    connection;
  const status = [connection.answered && 'SEEN_REPLY', connection.assured && 'ASSURED'].filter(Boolean);
  const ports = `--sport ${sport} --dport ${dport} --reply-port-src ${dport} --reply-port-dst ${sport}`;
  const words = [
    '-A -t 86400',
    status.length > 0 && `-u ${status.join(',')}`,
    `-s ${source} -d ${destination} -r ${replySource} -q ${replyDestination} -p ${protocol}`,
    protocol === 'icmp' ? `--icmp-type 8 --icmp-code 0 --icmp-id ${sport}` : ports,
    connection.state !== undefined && `--state ${connection.state}`,
    mark !== 0 && `-m ${mark}`,
    zone !== 0 && `-w ${zone}`,
  ];
  return `${words.filter(Boolean).join(' ')}\n`;
}
