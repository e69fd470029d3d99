// Which ports of the addresses that source NAT translates to are in use.
import { untold } from '../conntrack/compact/compact-entry.ts';
import { protocolText } from '../conntrack/format.ts';
import { type AddressKey, addressKeyText, type Facts } from './facts.ts';

/** The ports, or ICMP identifiers, of one address that stand for those of others. */
export interface PortUse {
  readonly address: string;
  readonly protocol: string;
  readonly connections: number;
  /** Different ones: one port may serve connections to several destinations. */
  readonly ports: number;
  /** How many different ones of each 1024, from port 0 on. */
  readonly spread: readonly number[];
}

/** Counts ports. */
export interface PortsInUse {
  add(facts: Facts): void;
  /** The address with the most ports first. */
  uses(): readonly PortUse[];
}

/** So many addresses, each with its protocol, are looked at: the first ones. */
const mostAddresses = 256;

interface Used {
  readonly address: AddressKey;
  readonly protocol: number;
  connections: number;
  /** A bit for each port. */
  readonly bits: Uint32Array;
}

/** No ports yet. */
export function portsInUse(): PortsInUse {
  const used = new Map<string | number, Used>();
  return {
    add(facts) {
      const { translatedPort: port } = facts;
      const found = port === untold ? undefined : usedOf(used, facts);
      if (!found) return;
      found.connections++;
      found.bits[port >>> 5] = (found.bits[port >>> 5] ?? 0) | (1 << (port & 31));
    },
    uses: () => [...used.values()].map(useOf).toSorted((one, other) => other.ports - one.ports),
  };
}

function usedOf(
  used: Map<string | number, Used>,
  { protocol, translatedTo: address }: Facts,
): Used | undefined {
  const key = typeof address === 'number' ? protocol * 2 ** 32 + address : `${protocol} ${address}`;
  const known = used.get(key);
  if (known || used.size >= mostAddresses) return known;
  const fresh = { address, protocol, connections: 0, bits: new Uint32Array(2048) };
  used.set(key, fresh);
  return fresh;
}

function useOf({ address, protocol, connections, bits }: Used): PortUse {
  const spread = Array.from({ length: 64 }, (_, block) => {
    return bits.subarray(block * 32, block * 32 + 32).reduce((sum, word) => sum + ones(word), 0);
  });
  const ports = spread.reduce((sum, block) => sum + block, 0);
  return {
    address: addressKeyText(address),
    protocol: protocolText(protocol),
    connections,
    ports,
    spread,
  };
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
