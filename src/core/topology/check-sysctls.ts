// Checks of the sysctls of a host: whether there are such, and whether the kernel takes the values.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { SysctlEntry } from '../sysctl/define.ts';
import { goneSysctls, isOfKnownFolder, otherSysctls } from '../sysctl/known-names.ts';
import { canonicalName, splitDevice, sysctlTable } from '../sysctl/table.ts';
import type { SysctlFact } from './facts.ts';

/** What is wrong with some of them; `devices` are the host's. */
export function checkSysctls(
  sysctls: readonly SysctlFact[],
  devices: readonly string[],
): readonly Diagnostic[] {
  return sysctls.flatMap((one) => {
    const { name, device } = splitDevice(canonicalName(one.name));
    const entry = Object.hasOwn(sysctlTable, name) ? sysctlTable[name] : undefined;
    if (!entry && !otherSysctls.has(name)) return unknown(one, name, device);
    return [...checkDevice(one, device, devices), ...(entry ? checkValue(one, entry) : [])];
  });
}

function unknown({ name: written, span }: SysctlFact, name: string, device = 'all'): readonly Diagnostic[] {
  if (!isOfKnownFolder(name)) return [];
  const why = goneSysctls.get(name);
  const names = [...Object.keys(sysctlTable), ...otherSysctls].map((one) => one.replace('*', device));
  const help = why ?? nearestName(written, names);
  return [
    diagnostic('HK6110', `there is no sysctl \`${written}\``, { span, ...(help !== undefined && { help }) }),
  ];
}

const everywhere: readonly (string | undefined)[] = [undefined, 'all', 'default'];

function checkDevice(
  { name, span }: SysctlFact,
  device: string | undefined,
  devices: readonly string[],
): readonly Diagnostic[] {
  if (everywhere.includes(device) || device === undefined || devices.includes(device)) return [];
  const help = nearestName(device, devices) ?? `declare it: \`interface "${device}" { … }\``;
  return [diagnostic('HK6110', `this host has no interface \`${device}\` for \`${name}\``, { span, help })];
}

function checkValue({ name, value, span }: SysctlFact, entry: SysctlEntry): readonly Diagnostic[] {
  const problem = typeof entry.initial === 'string' ? listProblem(name, value) : numberProblem(value, entry);
  return problem === undefined ? [] : [diagnostic('HK6111', `\`${name}\` ${problem}`, { span })];
}

/** kernel/sysctl.c: proc_dointvec, proc_dou8vec_minmax. */
function numberProblem(
  value: string,
  { range = [-(2 ** 31), 2 ** 31 - 1] }: SysctlEntry,
): string | undefined {
  if (!/^-?(?:\d+|0x[\da-f]+)$/i.test(value)) return `takes a number, not \`${value}\``;
  const number = Number(value);
  const [least, most] = range;
  return number < least || number > most ? `takes ${least} to ${most}, not \`${value}\`` : undefined;
}

/** net/ipv4/sysctl_net_ipv4.c: ipv4_local_port_range; kernel/sysctl.c: proc_do_large_bitmap. */
function listProblem(name: string, value: string): string | undefined {
  if (!name.endsWith('_range'))
    return /^[\d,\s-]*$/.test(value) ? undefined : 'takes ports: `8080,9000-9010`';
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(value) ?? [];
  const isRange = first !== undefined && last !== undefined && Number(first) <= Number(last);
  return isRange && Number(last) <= 65535 ? undefined : 'takes the first port and the last: `"32768 60999"`';
}
