// The example as it is used in life: its policy, the network around its gateway, and what people do in that network.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import type { Policy } from '../../../src/core/ir/policy.ts';
import { type Network, networkOf } from '../../../src/core/network/network.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { policyOf } from '../../support/policy.ts';
import type { Flow, Outcome } from './traffic.ts';

export const policyText = readFileSync(
  fileURLToPath(new URL('../../../examples/nat-gateway/policy.hook', import.meta.url)),
  'utf8',
);

export const policy = policyOf(policyText);

export const gatewayHost = onlyHost(policy);

function onlyHost({ hosts: [host] }: Policy): Host {
  if (!host) throw new Error('the policy describes no host');
  return host;
}

/** Desks, the web server and an administrator inside; outside, whoever has these addresses. */
const surroundings = networkOf(
  policyOf(`
host lan {
  interface "eth0" { address 10.0.0.2/24; address 10.0.0.5/24; address 10.0.0.10/24; address 10.0.0.20/24 }
  route default via 10.0.0.1 dev "eth0"
}
host gw { interface "lan0"; interface "wan0" }
host wan {
  interface "eth0" { address 203.0.113.254/24 }
  interface "lo" { address 198.51.100.7/32; address 198.51.100.9/32; address 198.51.100.25/32 }
}
link inside { gw "lan0"; lan "eth0" }
link outside { gw "wan0"; wan "eth0" }
`),
);

/** The gateway of the example among them, without its rules. */
export const office: Network = {
  ...surroundings,
  hosts: surroundings.hosts.map((one) =>
    one.host.name === gatewayHost.name ? { ...one, host: gatewayHost } : one,
  ),
};

/** Programs that answer whoever reaches them. */
export const services = [
  { host: 'wan', transport: 'tcp', address: '198.51.100.7', port: 443 },
  { host: 'wan', transport: 'tcp', address: '198.51.100.25', port: 25 },
  { host: 'lan', transport: 'tcp', address: '10.0.0.2', port: 80 },
  { host: 'gw', transport: 'tcp', address: '0.0.0.0', port: 22 },
  { host: 'gw', transport: 'udp', address: '10.0.0.1', port: 53 },
] as const;

/** Something that somebody does, and what comes of it. */
export interface Deed {
  readonly name: string;
  /** Its first packet as the gateway receives it. */
  readonly packet: string;
  readonly outcome: Extract<Outcome, 'success' | 'timeout' | 'refused'>;
  /** Who the far end takes them for. */
  readonly seenAs?: string;
  /** The chain that decides, and the line of the policy or that chain's own policy. */
  readonly by: string;
}

export const deeds: readonly Deed[] = [
  {
    name: 'a desk reads the web',
    packet: 'in lan0 tcp 10.0.0.5:51000 -> 198.51.100.7:443 syn',
    outcome: 'success',
    seenAs: '203.0.113.1:51000',
    by: 'outbound: accept',
  },
  {
    name: 'somebody outside reads our web server',
    packet: 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn',
    outcome: 'success',
    seenAs: '198.51.100.9:40000',
    by: 'forward: iif "wan0" oif "lan0" to web_server tcp dport http ct status dnat accept',
  },
  {
    name: 'an administrator logs in',
    packet: 'in lan0 tcp 10.0.0.10:49822 -> 10.0.0.1:22 syn',
    outcome: 'success',
    seenAs: '10.0.0.10:49822',
    by: 'input: iif "lan0" from @admins tcp dport ssh limit 10/minute burst 5 accept',
  },
  {
    name: 'a desk asks for a name',
    packet: 'in lan0 udp 10.0.0.5:40113 -> 10.0.0.1:53',
    outcome: 'success',
    seenAs: '10.0.0.5:40113',
    by: 'input: iif "lan0" udp dport { domain, bootps } accept',
  },
  {
    name: 'a desk that is no administrator tries to log in',
    packet: 'in lan0 tcp 10.0.0.5:49823 -> 10.0.0.1:22 syn',
    outcome: 'timeout',
    by: 'input: policy',
  },
  {
    name: 'somebody outside tries to log in',
    packet: 'in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:22 syn',
    outcome: 'timeout',
    by: 'input: policy',
  },
  {
    name: 'a desk sends mail past the relay',
    packet: 'in lan0 tcp 10.0.0.5:51001 -> 198.51.100.25:25 syn',
    outcome: 'refused',
    by: 'outbound: tcp dport smtp reject with tcp reset',
  },
];

/** What one more desk does: the port that it has is taken already under the public address. */
export const collision = 'in lan0 tcp 10.0.0.20:51000 -> 198.51.100.7:443 syn';

/** A packet from its text. */
export function injectionOf(packet: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text: packet });
  if (!value) throw new Error(`no packet: ${packet}`);
  return value;
}

/** Where that packet comes from, and how to have it sent; `patience` as in {@link Flow}. */
export function attemptOf(
  packet: string,
  patience: number,
): { readonly host: 'lan' | 'wan'; readonly flow: Flow } {
  const { iif, packet: first } = injectionOf(packet);
  const { family, source, destination, transport } = first;
  if (transport.kind !== 'tcp' && transport.kind !== 'udp') throw new Error(`no program sends: ${packet}`);
  const flow: Flow = {
    transport: transport.kind,
    to: formatAddress({ family, value: destination }),
    port: transport.dport,
    from: formatAddress({ family, value: source }),
    fromPort: transport.sport,
    patience,
  };
  return { host: iif === 'wan0' ? 'wan' : 'lan', flow };
}
