// Packets of which everything is told that a packet spec and a connection can tell: what a match leaves unknown of them,
// it never knows.
import type { PacketView } from '../../src/core/field/view.ts';
import { viewFrom } from './packet-view.ts';

const addresses = [
  ['10.0.0.9', '192.0.2.9'],
  ['[2001:db8::9]', '[2001:db8:1::9]'],
] as const;

const connection = 'ct established mark 0x1 status assured';
const surroundings = 'host; at 2030-01-31 09:30 +01:00';
const common = 'mark 0x1 ttl 9';

function specs([source, destination]: readonly [string, string], index: number): readonly string[] {
  const ports = `${source}:1000 -> ${destination}:443`;
  const hosts = `${source} -> ${destination}`;
  const icmp = index === 0 ? 'icmp' : 'icmpv6';
  return [
    `in eth0 out eth1 tcp ${ports} syn ${common}`,
    `in eth0 out eth1 udp ${ports} ${common}`,
    `in eth0 out eth1 ${icmp} ${hosts} echo-request ${common}`,
    ...[136].map((number) => `in eth0 out eth1 proto ${number} ${ports} ${common}`),
    ...[2, 33, 50, 51, 108, 132, 135].map((number) => `in eth0 out eth1 proto ${number} ${hosts} ${common}`),
    `out eth1 tcp ${ports} syn mark 0x1 uid 0 gid 0`,
  ];
}

/** IANA's protocol numbers. */
const mobility = 135;
const destinationOptions = 60;

/** With what no packet spec says. */
function told(view: PacketView): PacketView {
  const link = { source: 0x020000000001n, destination: 0x020000000002n };
  const nextHeader = view.packet.protocol === mobility ? { nextHeader: destinationOptions } : {};
  return {
    ...view,
    ports: { in: 'eth0', out: 'eth1', inBridge: true },
    packet: { ecn: 0, ...nextHeader, identification: 1, link, payload: new Uint8Array(8), ...view.packet },
  };
}

function withoutHost({ ports: _ports, ...view }: PacketView): PacketView {
  return { ...view, routing: undefined };
}

/** The same packets with all that is known, or without the facts of the host, or without the time. */
export function fullPackets(chain: string, without?: 'host' | 'time'): readonly PacketView[] {
  return addresses.flatMap(specs).map((spec) => {
    const view = told(viewFrom(`${spec}; ${connection}; ${surroundings}`, chain));
    if (without === 'host') return withoutHost(view);
    return without === 'time' ? { ...view, clock: undefined } : view;
  });
}
