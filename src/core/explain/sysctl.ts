// What a sysctl means for a policy and its host: the value there, what hangs on it, and what other values would change.

import { ruleText } from '../ir/rule-text.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { dependences } from '../machine/depends/all.ts';
import type { Dependence } from '../machine/depends/define.ts';
import type { MachineNeeds } from '../machine/needs.ts';
import type { FoundSysctl } from '../sysctl/find.ts';
import { type SysctlName, sysctlTable } from '../sysctl/table.ts';
import { locationOf } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import { fullName, sysctlNumber, withSysctl } from '../topology/sysctl.ts';

/** What it means on one host. */
export interface SysctlOnHost {
  readonly host: string;
  /** The values in force, by interface where there is one for each. */
  readonly values: readonly ValueInForce[];
  readonly dependences: readonly ExplainedDependence[];
  /** What would be otherwise with other values. */
  readonly otherwise: readonly Otherwise[];
}

/** A value, and whether the host says it. */
export interface ValueInForce {
  readonly device?: string;
  /** Absent where the machine decides. */
  readonly value?: string;
  readonly said: boolean;
}

/** Something that hangs on it; `problem` with the value in force. */
export interface ExplainedDependence {
  readonly what: string;
  readonly rule?: string;
  /** `policy.hook:7`. */
  readonly place?: string;
  readonly device?: string;
  readonly needs: string;
  readonly problem?: string;
}

/** How many of the dependences another value, everywhere on the host, would contradict. */
export interface Otherwise {
  readonly value: string;
  readonly problems: readonly string[];
}

/** Tells what hangs on a sysctl. */
export function sysctlOnHost(found: FoundSysctl, ruleSet: RuleSet, host: Host): SysctlOnHost {
  const own = dependencesOn(found, ruleSet, host);
  const needed = (ruleSet.needs ?? []).flatMap((needs) => neededBy(needs, found));
  return {
    host: host.name,
    values: valuesOf(found, host),
    dependences: [...needed, ...own.map(explained)],
    otherwise: otherValues(found).map((value) => ({
      value,
      problems: problemsWith(value, found, ruleSet, host),
    })),
  };
}

/** Another name of the same switch counts, too. */
const same: Readonly<Record<string, readonly string[]>> = {
  'net.ipv4.ip_forward': ['net.ipv4.conf.*.forwarding'],
  'net.ipv4.conf.*.forwarding': ['net.ipv4.ip_forward'],
};

function dependencesOn(
  { name, device }: Pick<FoundSysctl, 'name' | 'device'>,
  ruleSet: RuleSet,
  host: Host,
): readonly Dependence[] {
  const names = [name, ...(same[name] ?? [])];
  return dependences(ruleSet, host).filter(
    (one) =>
      names.includes(one.sysctl) && (!isOne(device) || one.device === undefined || one.device === device),
  );
}

/** Not all of them. */
function isOne(device: string | undefined): device is string {
  return device !== undefined && device !== 'all' && device !== 'default';
}

function explained({ what, rule, device, needs, problem }: Dependence): ExplainedDependence {
  const place = rule?.rule.span && locationOf(rule.rule.span);
  return {
    what,
    ...(rule && { rule: ruleText(rule.rule) }),
    ...(place && { place: `${place.file}:${place.line}` }),
    ...(device !== undefined && { device }),
    needs,
    ...(problem !== undefined && { problem }),
  };
}

function neededBy({ owner, sysctls }: MachineNeeds, { name }: FoundSysctl): readonly ExplainedDependence[] {
  return sysctls
    .filter((need) => [name, ...(same[name] ?? [])].includes(need.name))
    .map((need) => ({
      what: `${owner} relies on it`,
      ...(need.device !== undefined && { device: need.device }),
      needs: `to be ${need.value}`,
    }));
}

function valuesOf({ name, entry, device }: FoundSysctl, host: Host): readonly ValueInForce[] {
  if (!entry.combine) return [valueInForce(name, host)];
  const names = host.interfaces.map((one) => one.name).filter((one) => one !== 'lo');
  return (isOne(device) ? [device] : names).map((one) => valueInForce(name, host, one));
}

function valueInForce(name: string, host: Host, device?: string): ValueInForce {
  const written = [device, ...(device === undefined ? [] : ['all'])].map((one) => fullName(name, one));
  const said = written.some((one) => host.sysctls.has(one));
  const { initial } = sysctlTable[name] ?? {};
  const value =
    typeof initial === 'number' && isNumbered(name)
      ? `${sysctlNumber(host, name, device)}`
      : (host.sysctls.get(name) ?? (initial === undefined ? undefined : `${initial}`));
  return { ...(device !== undefined && { device }), ...(value !== undefined && { value }), said };
}

/** Those of timeouts are asked for by other names. */
function isNumbered(name: string): name is SysctlName {
  return typeof sysctlTable[name]?.initial === 'number' && !/_timeout/.test(name);
}

/** Those whose meaning is known; of all numbers that mean the same one stands for them. */
function otherValues({ entry }: FoundSysctl): readonly string[] {
  return Object.keys(entry.values ?? {}).map((value) => (value === 'else' ? '1' : value));
}

function problemsWith(value: string, found: FoundSysctl, ruleSet: RuleSet, host: Host): readonly string[] {
  const devices = isOne(found.device) ? [found.device] : ['all', ...host.interfaces.map(({ name }) => name)];
  const names = found.entry.combine ? devices.map((one) => fullName(found.name, one)) : [found.name];
  const other = names.reduce((changed, name) => withSysctl(changed, { name, value }), host);
  const problems = dependencesOn(found, ruleSet, other).map(({ problem }) => problem);
  return [...new Set(problems.filter((one) => one !== undefined))];
}
