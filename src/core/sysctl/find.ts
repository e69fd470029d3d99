// Which sysctl somebody means: by its whole name, as a path, or by the end of its name.
import type { SysctlEntry } from './define.ts';
import { canonicalName, splitDevice, sysctlTable } from './table.ts';

/** A sysctl that somebody named. */
export interface FoundSysctl {
  /** In the table. */
  readonly name: string;
  readonly entry: SysctlEntry;
  /** The interface in its name, `all` and `default` among them. */
  readonly device?: string;
}

/** The sysctls that a text may mean: a whole name, also with slashes, or the end of one such as `rp_filter`. */
export function findSysctls(text: string): readonly FoundSysctl[] {
  const dotted = canonicalName(dottedName(text));
  const { name, device } = splitDevice(dotted);
  const entry = Object.hasOwn(sysctlTable, name) ? sysctlTable[name] : undefined;
  if (entry) return [{ name, entry, ...(device !== undefined && device !== '*' && { device }) }];
  return Object.entries(sysctlTable)
    .filter(([whole]) => whole.endsWith(`.${dotted}`) || whole.endsWith(`.nf_conntrack_${dotted}`))
    .map(([whole, found]) => ({ name: whole, entry: found }));
}

/** `net/ipv4/conf/eth0.100/rp_filter`, with or without `/proc/sys`, as `net.ipv4.conf.eth0/100.rp_filter` (sysctl(8)). */
function dottedName(text: string): string {
  const path = text.replace(/^\/?proc\/sys\//, '');
  const isPath = /^[^.]*\//.test(path);
  return isPath ? path.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.')) : path;
}
