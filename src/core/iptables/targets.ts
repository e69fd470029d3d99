// What iptables itself knows of its targets: their names, which no chain may have, in which tables they load, and
// which of them never end a packet's way through the table (iptables 1.8.9, iptables-extensions(8)).
import type { TableName } from './builtin.ts';

/** Targets that always let the packet go on to the next rule. */
const passing = [
  'AUDIT CHECKSUM CLASSIFY CONNMARK CONNSECMARK DSCP ECN HL HMARK IDLETIMER LED LOG MARK NFLOG NOTRACK CT RATEEST',
  'SECMARK SET TCPMSS TCPOPTSTRIP TEE TOS TRACE TTL ULOG DNPT SNPT',
].flatMap((line) => line.split(' '));

const deciding = [
  'ACCEPT DROP RETURN QUEUE CLUSTERIP DNAT MASQUERADE NETMAP NFQUEUE REDIRECT REJECT SNAT SYNPROXY TPROXY NAT',
].flatMap((line) => line.split(' '));

/** The names of all targets. */
export const targetNames: ReadonlySet<string> = new Set([...passing, ...deciding]);

/** Targets after which the next rule is always looked at. */
export const passingTargets: ReadonlySet<string> = new Set(passing);

/** The tables in which a target loads; the others load everywhere (.tables of each struct xt_target). */
const tablesOfTargets: Readonly<Record<string, readonly TableName[]>> = {
  ...only(['nat'], 'DNAT MASQUERADE NETMAP REDIRECT SNAT'),
  ...only(['raw'], 'CT NOTRACK'),
  ...only(['filter'], 'REJECT'),
  ...only(['mangle'], 'CHECKSUM DSCP ECN HL TOS TPROXY TTL'),
  ...only(['mangle', 'security'], 'CONNSECMARK SECMARK'),
  ...only(['filter', 'mangle', 'raw', 'security'], 'DROP'),
};

function only(tables: readonly TableName[], targets: string): Record<string, readonly TableName[]> {
  return Object.fromEntries(targets.split(' ').map((target) => [target, tables]));
}

/** The tables in which a target loads, or undefined where every table has it. */
export function tablesOf(target: string): readonly TableName[] | undefined {
  return Object.hasOwn(tablesOfTargets, target) ? tablesOfTargets[target] : undefined;
}
