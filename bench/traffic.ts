// Packets for the generated policies, and the host that they pass. The same seed gives the same.
import { generator, type Random } from './generate.ts';

/** A host that forwards from 10.0.0.0/8 to everywhere else, as a block of a policy. */
export const host = `host gw {
  interface "eth0.1" { address 10.0.0.1/8 }
  interface "eth1.1" { address 203.0.113.1/24 }
  route default via 203.0.113.254 dev "eth1.1"
  sysctl net.ipv4.ip_forward = 1
}
`;

/** A packet that no rule of a generated chain is about. */
export const stranger = 'in eth1.1 tcp 192.0.2.3:40000 -> 198.51.100.1:80 syn';

interface Flow {
  readonly source: string;
  readonly sport: number;
  readonly destination: string;
  readonly dport: number;
}

/** First packets of TCP connections, one a line. */
export function generatePackets(count: number, seed: number): string {
  return lines(count, seed, ({ source, sport, destination, dport }) => {
    return `in eth0.1 tcp ${source}:${sport} -> ${destination}:${dport} syn`;
  });
}

function lines(count: number, seed: number, line: (flow: Flow) => string): string {
  const random = generator(seed);
  return Array.from({ length: count }, () => `${line(flow(random))}\n`).join('');
}

function flow(random: Random): Flow {
  return {
    source: `10.${random(0, 255)}.${random(0, 255)}.${random(1, 254)}`,
    sport: random(1024, 65_000),
    destination: `198.51.${random(0, 255)}.${random(1, 254)}`,
    dport: random(20, 3000),
  };
}
