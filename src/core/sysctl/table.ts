// All sysctls that hookline knows the meaning of.
import { bridgeSysctls } from './bridge.ts';
import { conntrackSysctls, timeoutEntries } from './conntrack.ts';
import type { SysctlEntry } from './define.ts';
import { ipv4Sysctls } from './ipv4.ts';
import { ipv4DeviceSysctls } from './ipv4-device.ts';
import { ipv6Sysctls } from './ipv6.ts';
import { tcpSysctls } from './tcp.ts';

/** Those that are asked for by name somewhere. */
export const namedSysctls = {
  ...ipv4Sysctls,
  ...ipv4DeviceSysctls,
  ...tcpSysctls,
  ...ipv6Sysctls,
  ...conntrackSysctls,
  ...bridgeSysctls,
};

type Named = typeof namedSysctls;

/** A sysctl with a number that every namespace begins with; with `*` in the place of an interface. */
export type SysctlName = {
  [Name in keyof Named]: Named[Name] extends { readonly initial: number } ? Name : never;
}[keyof Named];

/** All of them. */
export const sysctlTable: Readonly<Record<string, SysctlEntry>> = { ...namedSysctls, ...timeoutEntries };

/** `net.ipv4.conf.wan0.rp_filter` as `net.ipv4.conf.*.rp_filter` and `wan0`; a dot in an interface's name is a slash. */
export function splitDevice(name: string): { readonly name: string; readonly device?: string } {
  const [, before, device, after] = /^(net\.ipv[46]\.(?:conf|neigh)\.)([^.]+)(\..+)$/.exec(name) ?? [];
  if (before === undefined || device === undefined || after === undefined) return { name };
  return { name: `${before}*${after}`, device: device.replaceAll('/', '.') };
}

/** One of two names that mean the same: the one that the table has. */
export function canonicalName(name: string): string {
  return name === 'net.nf_conntrack_max' ? 'net.netfilter.nf_conntrack_max' : name;
}

/** Whether a sysctl of this name, that of an interface or of the host, may change what becomes of a packet. */
export function isKnownSysctl(name: string): boolean {
  return Object.hasOwn(sysctlTable, canonicalName(splitDevice(name).name));
}
