// The hosts that arguments name: host blocks of policies, or one host by the files of its configuration.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import { formatOf, readHostFiles } from '../core/host-config/read.ts';
import type { Policy, PolicyZone } from '../core/ir/policy.ts';
import { rulesOn } from '../core/ir/rules-on.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import { detectKind, loadPolicy } from '../core/load.ts';
import { loadSnapshotHost } from '../core/snapshot/policy.ts';
import { isSnapshot } from '../core/snapshot/snapshot.ts';
import type { Source } from '../core/text/source.ts';
import type { Host } from '../core/topology/host.ts';
import { isFolder, readConfiguration } from '../host/configuration.ts';
import type { Context } from './context.ts';
import { demand, Failure, wrongUsage } from './failure.ts';

/** What a host is called that no file gives a name. */
const unnamed = 'machine';

/** What the command line says of the host. */
export interface HostOptions {
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

/** The host that `--on` names, else the only one, else none; `--host` may bring it from other files. */
export async function readHost(
  context: Context,
  policy: Policy,
  options: HostOptions,
): Promise<Host | undefined> {
  const { host = [], on } = options;
  return host.length === 0 ? chooseHost(policy.hosts, on) : findHost(context, host, on);
}

/**
 * The host that {@link readHost} finds, with the rules and zones in force there; those that hosts of the policy have of their
 * own are for these only.
 */
export async function readInForce(
  context: Context,
  policy: Policy,
  options: HostOptions,
): Promise<RulesInForce> {
  const host = await readHost(context, policy, options);
  const name = host && policy.hosts.includes(host) ? host.name : undefined;
  const own = name === undefined ? undefined : policy.ownZones?.get(name);
  return { ruleSet: rulesOn(policy, name), host, zones: own ?? policy.zones };
}

/** What connections of a host are held against. */
export interface RulesInForce {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
  readonly zones: readonly PolicyZone[] | undefined;
}

/** One host, by its files or a policy; `on` chooses among the hosts of a policy, and names one that has no name. */
export async function findHost(
  context: Context,
  paths: readonly string[],
  on: string | undefined,
): Promise<Host> {
  const sources = await readAll(context, paths);
  const snapshot = sources.find(isSnapshot);
  if (snapshot && sources.length === 1) return demand(loadSnapshotHost(snapshot, on), context.report);
  const policy = sources.find(isPolicy);
  if (!policy) return demand(readHostFiles(sources, on ?? unnamed), context.report);
  if (sources.length > 1)
    throw wrongUsage(
      `\`${policy.name}\` stands beside other files`,
      'a policy has whole hosts: name it alone',
    );
  const { hosts } = demand(loadPolicy(policy, undefined, context.loading(policy)), context.report);
  return chooseHost(hosts, on) ?? noHost(policy.name);
}

async function readAll({ read, report }: Context, paths: readonly string[]): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (isFolder(path)) sources.push(...demand(await readConfiguration(path), report));
    else sources.push(demand(await read(path), report));
  }
  return sources;
}

function isPolicy(source: Source): boolean {
  if (source.name.endsWith('.hook')) return true;
  const saysHost = /^[ \t]*host[ \t]+[\w.-]+[ \t]*\{/m.test(source.text);
  return saysHost && !formatOf(source) && detectKind(source) === 'hook';
}

function noHost(name: string): never {
  throw new Failure([
    diagnostic('HK0011', `\`${name}\` has no host`, { help: 'write a `host` block with its interfaces' }),
  ]);
}

/** The host that `on` names, else the only one; undefined if there is none. */
function chooseHost(hosts: readonly Host[], on: string | undefined): Host | undefined {
  if (on === undefined) return onlyHost(hosts);
  const found = hosts.find((host) => host.name === on);
  if (found) return found;
  const names = hosts.map((host) => host.name);
  throw new Failure([diagnostic('HK0011', `there is no host \`${on}\``, { help: nearestName(on, names) })]);
}

function onlyHost(hosts: readonly Host[]): Host | undefined {
  const [first, second] = hosts;
  if (!second) return first;
  const names = hosts.map((host) => host.name).join(', ');
  throw new Failure([
    diagnostic('HK0011', `the policy has several hosts: ${names}`, { help: 'choose one with `--on NAME`' }),
  ]);
}
