// What iptables itself knows of its targets: their names, which no chain may have, and where they load (iptables 1.8.9,
// iptables-extensions(8)).
import type { Hook } from '../hook/hook.ts';
import type { TableName } from './builtin.ts';

/** The names of all targets. */
export const targetNames: ReadonlySet<string> = new Set(
  [
    'ACCEPT DROP RETURN QUEUE AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DNAT DNPT DSCP ECN HL HMARK',
    'IDLETIMER LED LOG MARK MASQUERADE NAT NETMAP NFLOG NFQUEUE NOTRACK RATEEST REDIRECT REJECT SECMARK SET SNAT SNPT',
    'SYNPROXY TCPMSS TCPOPTSTRIP TEE TOS TPROXY TRACE TTL ULOG',
  ].flatMap((line) => line.split(' ')),
);

/** Where a target, or an option of one, loads; where nothing is said, everywhere. */
interface Limits {
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly Hook[];
}

const leaving: readonly Hook[] = ['forward', 'output', 'postrouting'];

/** .tables and .hooks of each struct xt_target, and what their .checkentry refuses. */
const limits: ReadonlyMap<string, Limits> = new Map([
  ...only('DNAT REDIRECT', { tables: ['nat'], hooks: ['prerouting', 'output'] }),
  ...only('SNAT', { tables: ['nat'], hooks: ['input', 'postrouting'] }),
  ...only('MASQUERADE', { tables: ['nat'], hooks: ['postrouting'] }),
  ...only('NETMAP', { tables: ['nat'] }),
  ...only('CT NOTRACK', { tables: ['raw'] }),
  ...only('REJECT', { tables: ['filter'] }),
  ...only('CLUSTERIP', { tables: ['filter'], hooks: ['input'] }),
  ...only('CHECKSUM DSCP ECN HL TCPOPTSTRIP TOS TTL', { tables: ['mangle'] }),
  ...only('TPROXY', { tables: ['mangle'], hooks: ['prerouting'] }),
  ...only('SNPT', { tables: ['mangle'], hooks: ['input', 'postrouting'] }),
  ...only('DNPT', { tables: ['mangle'], hooks: ['prerouting', 'output'] }),
  ...only('SYNPROXY', { tables: ['filter', 'mangle'], hooks: ['input', 'forward'] }),
  ...only('CLASSIFY --clamp-mss-to-pmtu --map-prio --map-queue', { hooks: leaving }),
  ...only('--map-set', { tables: ['mangle'] }),
  ...only('CONNSECMARK SECMARK', { tables: ['mangle', 'security'] }),
  ...only('DROP', { tables: ['filter', 'mangle', 'raw', 'security'] }),
]);

function only(names: string, limit: Limits): readonly (readonly [string, Limits])[] {
  return names.split(' ').map((name) => [name, limit]);
}

/** Where a rule stands; in a user chain the hooks from which it is reached are not looked at. */
export interface TargetPlace {
  readonly table: TableName;
  readonly hook?: Hook | undefined;
}

/** Why the kernel refuses a target, given with its options, in this place; undefined where it takes it. */
export function misplacement(words: readonly string[], { table, hook }: TargetPlace): string | undefined {
  for (const [at, word] of words.entries()) {
    const { tables, hooks } = (at === 0 || word.startsWith('--') ? limits.get(word) : undefined) ?? {};
    if (tables && !tables.includes(table))
      return `iptables has \`${word}\` in no table but ${tables.join(', ')}, and this is in ${table}`;
    if (hook && hooks && !hooks.includes(hook))
      return `iptables has \`${word}\` in no chain but ${hooks.join(', ').toUpperCase()}`;
  }
  return undefined;
}
