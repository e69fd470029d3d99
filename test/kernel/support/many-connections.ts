// A gateway between two hosts with thousands of real connections of all kinds, and packets that are sent once more.
import { fileURLToPath } from 'node:url';
import { networkOf } from '../../../src/core/network/network.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import type { Packet } from '../../../src/core/packet/packet.ts';
import { type Running, start } from '../../../src/host/exec.ts';
import type { LabHost } from '../../../src/host/lab/lab.ts';
import { policyOf } from '../../support/policy.ts';

/** `lan` — `gw` — `wan`; timeouts are long, so that nothing is forgotten meanwhile, and windows are not judged. */
export const gatewayText = `
host gw {
  interface "lan0" { address 10.0.0.1/24; address 2001:db8:1::1/64 }
  interface "wan0" { address 203.0.113.1/24; address 203.0.113.5/24; address 2001:db8:2::1/64 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
  sysctl net.netfilter.nf_conntrack_tcp_be_liberal = 1
  sysctl net.netfilter.nf_conntrack_udp_timeout = 900
  sysctl net.netfilter.nf_conntrack_udp_timeout_stream = 900
  sysctl net.netfilter.nf_conntrack_icmp_timeout = 900
  sysctl net.netfilter.nf_conntrack_icmpv6_timeout = 900
  sysctl net.netfilter.nf_conntrack_tcp_timeout_time_wait = 900
  sysctl net.netfilter.nf_conntrack_tcp_timeout_last_ack = 900
  sysctl net.netfilter.nf_conntrack_tcp_timeout_fin_wait = 900
  sysctl net.netfilter.nf_conntrack_tcp_timeout_close_wait = 900
  sysctl net.netfilter.nf_conntrack_tcp_timeout_close = 900
}
`;

/** The three hosts. */
export const threeHosts = networkOf(
  policyOf(`
${gatewayText}
host lan {
  interface "eth0" { address 10.0.0.2/24; address 10.0.0.3/24; address 2001:db8:1::2/64 }
  route default via 10.0.0.1 dev "eth0"
  route 2001:db8:2::/64 via 2001:db8:1::1 dev "eth0"
}
host wan {
  interface "eth0" { address 203.0.113.254/24; address 2001:db8:2::2/64 }
  interface "lo" { address 198.51.100.9/32 }
  route 2001:db8:1::/64 via 2001:db8:2::1 dev "eth0"
}
link inside { gw "lan0"; lan "eth0" }
link outside { gw "wan0"; wan "eth0" }
`),
);

const program = fileURLToPath(new URL('many.ts', import.meta.url));
const sender = fileURLToPath(new URL('raw-sender.ts', import.meta.url));

/** Answers at these ports, until it is stopped. */
export async function serve(host: LabHost, ports: readonly number[]): Promise<Running> {
  const server = await start(process.execPath, [program, 'serve', ...ports.map(String)], {
    namespace: host.name,
  });
  await server.lines[Symbol.asyncIterator]().next();
  return server;
}

/** What is said by programs of a host; the result is how many connections were answered. */
export async function talk(host: LabHost, batches: readonly unknown[]): Promise<number> {
  return Number(await host.run(process.execPath, [program, 'talk'], { input: JSON.stringify(batches) }));
}

/** Sends packets from a host, with the addresses that they have. */
export async function sendFrom(host: LabHost, packets: readonly Packet[]): Promise<void> {
  const lines = packets.map((packet) => `${Buffer.from(encodePacket(packet)).toString('hex')}\n`);
  await host.run(process.execPath, [sender], { input: lines.join('') });
}

/** Numbers from one to another. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
