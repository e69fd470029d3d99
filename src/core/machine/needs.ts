// What a rule set needs of its machine beside the rules: sysctls, and routing by marks.

import type { SysctlName } from '../sysctl/table.ts';
import type { RouteFacts, RuleFacts } from '../topology/facts.ts';
import type { Host } from '../topology/host.ts';
import { sysctlNumber } from '../topology/sysctl.ts';

export interface MachineNeeds {
  /** Who needs it, as a person calls it: `gateway \`home\``. */
  readonly owner: string;
  /** The interfaces by which a host is known to be the one that is meant. */
  readonly devices: readonly string[];
  readonly sysctls: readonly SysctlNeed[];
  readonly routes: readonly RouteFacts[];
  readonly rules: readonly (RuleFacts & { readonly priority: number })[];
}

export interface SysctlNeed {
  /** With `*` in the place of the device. */
  readonly name: SysctlName;
  readonly device?: string;
  readonly value: number;
  /** The value that would not do; others may. */
  readonly unfit: number;
}

/** The name as `sysctl` takes it; a dot in the name of an interface is a slash (sysctl(8)). */
export function sysctlText({ name, device = 'all' }: SysctlNeed): string {
  return name.replace('*', device.replaceAll('.', '/'));
}

/** Whether the host's value would not do. */
export function isUnfit({ name, device, unfit }: SysctlNeed, host: Host): boolean {
  return sysctlNumber(host, name, device) === unfit;
}
