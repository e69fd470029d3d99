// Which ports of the addresses that source NAT translates to are in use.
import { type Entry, hasStatus } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import { portKey } from '../conntrack/nat-port.ts';
import { type AddressFamily, formatAddress } from '../datatype/address.ts';

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
  add(entry: Entry): void;
  /** The address with the most ports first. */
  uses(): readonly PortUse[];
}

/** So many addresses, each with its protocol, are looked at: the first ones. */
const mostAddresses = 256;

interface Used {
  readonly family: AddressFamily;
  readonly value: bigint;
  readonly protocol: number;
  connections: number;
  /** A bit for each port. */
  readonly bits: Uint32Array;
}

/** No ports yet. */
export function portsInUse(): PortsInUse {
  const used = new Map<string | number, Used>();
  return {
    add(entry) {
      const port = hasStatus(entry, 'snat') ? portKey(entry.reply, 'destination') : undefined;
      const found = port === undefined ? undefined : usedOf(used, entry);
      if (port === undefined || !found) return;
      found.connections++;
      found.bits[port >>> 5] = (found.bits[port >>> 5] ?? 0) | (1 << (port & 31));
    },
    uses: () => [...used.values()].map(useOf).toSorted((one, other) => other.ports - one.ports),
  };
}

function usedOf(used: Map<string | number, Used>, { reply }: Entry): Used | undefined {
  const { family, destination: value, protocol } = reply;
  // Most are of IPv4, and numbers are found faster.
  const key = family === 4 ? protocol * 2 ** 32 + Number(value) : `${protocol} ${value}`;
  const known = used.get(key);
  if (known || used.size >= mostAddresses) return known;
  const fresh = { family, value, protocol, connections: 0, bits: new Uint32Array(2048) };
  used.set(key, fresh);
  return fresh;
}

function useOf({ family, value, protocol, connections, bits }: Used): PortUse {
  const spread = Array.from({ length: 64 }, (_, block) => {
    return bits.subarray(block * 32, block * 32 + 32).reduce((sum, word) => sum + ones(word), 0);
  });
  const ports = spread.reduce((sum, block) => sum + block, 0);
  return {
    address: formatAddress({ family, value }),
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
