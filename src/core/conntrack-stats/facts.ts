// What a machine says of its table of connections, beside the counters and the connections themselves.

import { type Timeouts, timeoutsFrom } from '../conntrack/timeouts.ts';
import type { PortRange } from './refusal.ts';

/** What is not told is absent. */
export interface TableFacts {
  /** Connections in the table. */
  readonly count?: number;
  /** The most that fit. */
  readonly max?: number;
  /** Chains of the hash table, in which every connection stands twice. */
  readonly buckets?: number;
  /** Those that are told, and the kernel's defaults for the others. */
  readonly timeouts: Timeouts;
  /** The ports that programs of the machine get for connections of their own. */
  readonly ownPorts?: PortRange;
  /** Seconds since the machine began. */
  readonly uptime?: number;
}

/** From sysctls by their whole name; `net.ipv4.ip_local_port_range` has two numbers. */
export function tableFacts(read: (name: string) => string | undefined): TableFacts {
  const number = (name: string): number | undefined => {
    const value = Number(read(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const conntrack = (name: string) => number(`net.netfilter.nf_conntrack_${name}`);
  const [lo, hi] = (read('net.ipv4.ip_local_port_range') ?? '').trim().split(/\s+/).map(Number);
  const count = conntrack('count');
  const max = conntrack('max') ?? number('net.nf_conntrack_max');
  const buckets = conntrack('buckets');
  return {
    ...(count !== undefined && { count }),
    ...(max !== undefined && { max }),
    ...(buckets !== undefined && { buckets }),
    ...(lo !== undefined && hi !== undefined && { ownPorts: { lo, hi } }),
    timeouts: timeoutsFrom(conntrack),
  };
}
