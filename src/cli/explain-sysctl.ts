// `hookline explain SYSCTL`: what it does, its default and range, and what it means for a policy and its host.

import { nearestName } from '../core/diagnostic/meant.ts';
import { type ExplainedDependence, type SysctlOnHost, sysctlOnHost } from '../core/explain/sysctl.ts';
import type { Policy } from '../core/ir/policy.ts';
import { rulesOn } from '../core/ir/rules-on.ts';
import { type FoundSysctl, findSysctls } from '../core/sysctl/find.ts';
import { goneSysctls, otherSysctls } from '../core/sysctl/known-names.ts';
import { splitDevice, sysctlTable } from '../core/sysctl/table.ts';
import { type Context, readPolicy } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { wrongUsage } from './failure.ts';

/** Whether a text on the command line looks like the name of one. */
export function isSysctl(text: string): boolean {
  return (
    /^(?:\/?proc\/sys\/)?net[./]\S+$/.test(text) || (/^[\w.]+$/.test(text) && findSysctls(text).length > 0)
  );
}

/** Explains all that may be meant; with a policy, on each of its hosts. */
export async function explainSysctl(
  context: Context,
  text: string,
  path: string | undefined,
): Promise<ExitCode> {
  const found = findSysctls(text);
  if (found.length === 0) throw unknownSysctl(text);
  const policy = path === undefined ? undefined : await readPolicy(context, path);
  const all = found.map((one) => ({ one, hosts: policy ? onHosts(one, policy) : [] }));
  const { out, json } = context;
  if (json) out.write(`${JSON.stringify({ schema: 'hookline.sysctl/1', sysctls: all.map(toJson) })}\n`);
  else out.write(all.map(({ one, hosts }) => written(one, hosts, out.paint)).join('\n'));
  return exitCode.done;
}

interface Explained {
  readonly one: FoundSysctl;
  readonly hosts: readonly SysctlOnHost[];
}

function onHosts(found: FoundSysctl, policy: Policy): readonly SysctlOnHost[] {
  const { hosts } = policy;
  if (hosts.length === 0)
    throw wrongUsage('the policy has no host', 'write a `host` block with its interfaces and sysctls');
  return hosts.map((host) => sysctlOnHost(found, rulesOn(policy, host.name), host));
}

function unknownSysctl(text: string) {
  const { name } = splitDevice(text);
  const gone = goneSysctls.get(name);
  if (gone !== undefined) return wrongUsage(`there is no sysctl \`${text}\``, gone);
  if (otherSysctls.has(name))
    return wrongUsage(`\`${text}\` is a sysctl that changes nothing here`, 'hookline knows its name only');
  const help = nearestName(text, Object.keys(sysctlTable)) ?? 'a name looks like `net.ipv4.ip_forward`';
  return wrongUsage(`there is no sysctl \`${text}\``, help);
}

type Paint = Context['out']['paint'];

function written(found: FoundSysctl, hosts: readonly SysctlOnHost[], paint: Paint): string {
  const { name, entry } = found;
  const { meaning, initial, unit, range, values = {}, note, source, combine } = entry;
  const whole = name.replace('*', found.device ?? 'INTERFACE');
  const begins =
    initial === undefined ? 'what the machine makes of its memory' : `${initial === '' ? 'none' : initial}`;
  const width = Math.max(0, ...Object.keys(values).map((value) => value.length));
  return [
    paint('strong', whole),
    '',
    meaning,
    '',
    ...Object.entries(values).map(([value, what]) => `  ${value.padEnd(width)}  ${what}`),
    ...(Object.keys(values).length > 0 ? [''] : []),
    `default  ${begins}${unit === undefined ? '' : ` ${unit}`}`,
    ...(range ? [`range    ${range[0]} to ${range[1]}`] : []),
    ...(combine ? [`counts   ${counting[combine]}`] : []),
    `kernel   ${source}`,
    ...(note === undefined ? [] : ['', note]),
    '',
    ...hosts.flatMap((one) => hostLines(one, paint)),
  ].join('\n');
}

const counting = {
  greater: 'the greater of the value for `all` and that of the interface',
  either: 'where it is set for `all` or for the interface',
  both: 'where it is set for `all` and for the interface',
  device: 'the value of the interface',
  change: 'the value of the interface; a change of `all` sets that of each',
  'all-first': 'the value for `all`, and where that is 0 that of the interface',
} as const;

function hostLines({ host, values, dependences, otherwise }: SysctlOnHost, paint: Paint): readonly string[] {
  const inForce = values.map(({ device, value = 'not known', said }) =>
    [device, value, said ? '' : '(not said)'].filter(Boolean).join(' '),
  );
  return [
    paint('strong', `host ${host}: ${inForce.join(', ') || 'no interface'}`),
    ...(dependences.length === 0 ? ['  nothing here hangs on it'] : []),
    ...dependences.flatMap((one) => dependenceLines(one, paint)),
    ...(dependences.length === 0 ? [] : otherwise.map(otherwiseLine)),
    '',
  ];
}

function dependenceLines(
  { what, rule, place, needs, problem }: ExplainedDependence,
  paint: Paint,
): readonly string[] {
  const subject = rule === undefined ? what : `${place === undefined ? '' : `${place}  `}${rule}`;
  return [
    `  ${subject}`,
    `    ${rule === undefined ? '' : `${what}; `}needs it ${needs}`,
    ...(problem === undefined ? [] : [paint('bad', `    as it is: ${problem}`)]),
  ];
}

function otherwiseLine({ value, problems }: SysctlOnHost['otherwise'][number]): string {
  return `  with ${value}: ${problems.length === 0 ? 'nothing contradicts it' : problems.join('; ')}`;
}

function toJson({ one: { name, entry, device }, hosts }: Explained) {
  return { name, ...(device !== undefined && { device }), ...entry, hosts };
}
