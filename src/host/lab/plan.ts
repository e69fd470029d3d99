// What makes a network on this machine, as a value: namespaces, devices, what each host is given, and its rules.
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { Network, NetworkHost } from '../../core/network/network.ts';
import type { Host } from '../../core/topology/host.ts';
import type { Load, Loader } from '../kernel/load.ts';
import { compiledLoading } from '../kernel/loading.ts';
import { type DeviceLines, deviceLines } from './devices.ts';
import { type Furnishing, furnishing } from './furnish.ts';

/** A network to be made. */
export interface LabPlan {
  readonly name: string;
  readonly hosts: readonly PlannedHost[];
  /** The namespace of switches. */
  readonly switches: string;
  readonly devices: DeviceLines;
}

/** A host to be made. */
export interface PlannedHost extends Furnishing {
  readonly host: Host;
  readonly namespace: string;
  /** Programs that load its rules. */
  readonly loads: readonly Load[];
  /** Devices that carry in the end. */
  readonly carrying: readonly string[];
}

/** Plans a lab; what the loader can't say of the rules of some host is reported, and that host gets none. */
export function planLab(
  network: Network,
  { name, loader }: { readonly name: string; readonly loader: Loader },
): { readonly plan: LabPlan; readonly diagnostics: readonly Diagnostic[] } {
  const found: Diagnostic[] = [];
  const loadsOf = loadsBy(loader, found);
  // No host has a name like this.
  const switches = `hookline-${name}+switches`;
  const devices = deviceLines(network, { of: (host) => namespaceOf(name, host), switches });
  const hosts = network.hosts.map(({ host, ruleSet }: NetworkHost): PlannedHost => {
    const namespace = namespaceOf(name, host.name);
    const carrying = devices.carrying.get(host.name) ?? [];
    return { ...furnishing(host), host, namespace, loads: loadsOf(ruleSet), carrying };
  });
  return { plan: { name, hosts, switches, devices }, diagnostics: found };
}

function namespaceOf(lab: string, host: string): string {
  return `hookline-${lab}-${host}`;
}

/** Hosts that share their rules have them compiled once. */
function loadsBy(loader: Loader, found: Diagnostic[]): (ruleSet: RuleSet) => readonly Load[] {
  const known = new Map<RuleSet, readonly Load[]>();
  return (ruleSet) => {
    const before = known.get(ruleSet);
    if (before) return before;
    const { value, diagnostics } = compiledLoading(ruleSet, loader);
    found.push(...diagnostics);
    const loads = ruleSet.tables.length === 0 ? [] : (value?.loads ?? []);
    known.set(ruleSet, loads);
    return loads;
  };
}
