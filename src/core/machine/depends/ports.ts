// Ports that a policy gives to programs of the host, and `ip_local_port_range`, from which others speak.
import type { Range } from '../../datatype/range.ts';
import { tcpDport, tcpSport, udpDport, udpSport } from '../../field/transport.ts';
import type { Host } from '../../topology/host.ts';
import { localPorts } from '../../topology/sysctl.ts';
import { accepts, outcomesOf, type PlacedRule, wantedRanges } from '../placed-rules.ts';
import type { Dependence, Machine } from './define.ts';

const sysctl = 'net.ipv4.ip_local_port_range';

/** Whatever the range is by default, nobody chose it: only one that the host says can contradict. */
export function dependsOnLocalPorts({ rules, host }: Machine): readonly Dependence[] {
  const isSaid = host.sysctls.has(sysctl);
  const range = localPorts(host);
  const bounds = { lo: BigInt(range.first), hi: BigInt(range.last) };
  const place = { host, bounds, isSaid };
  return [
    ...rules.flatMap((placed) => [
      ...servedPorts(placed).flatMap((port) => served(place, port, placed)),
      ...spokenFrom(placed).flatMap((ports) => spoken(place, ports, placed)),
      ...sharedPorts(placed).flatMap((ports) => shared(place, ports, placed)),
    ]),
    ...(host.listening ?? []).flatMap(({ port }) => served(place, BigInt(port))),
  ];
}

interface Place {
  readonly host: Host;
  readonly bounds: Range;
  readonly isSaid: boolean;
}

/** Single ports at which a program has to listen for the rule to make sense. */
function servedPorts(placed: PlacedRule): readonly bigint[] {
  const handed = outcomesOf(placed).flatMap((one) => (one.kind === 'here' && one.ports ? [one.ports] : []));
  const letIn = placed.hooks.has('input') && accepts(placed) ? portsOf(placed, [tcpDport, udpDport]) : [];
  return [...handed, ...letIn].flatMap(({ lo, hi }) => (lo === hi ? [lo] : []));
}

function portsOf(placed: PlacedRule, fields: readonly (typeof tcpDport)[]): readonly Range[] {
  return fields.flatMap((field) => wantedRanges(placed, field) ?? []);
}

function served({ host, bounds, isSaid }: Place, port: bigint, rule?: PlacedRule): readonly Dependence[] {
  if (port < bounds.lo || port > bounds.hi || isReserved(host, port)) return [];
  return [
    {
      code: 'HK6116',
      sysctl,
      what: rule ? `is about a program that listens at port ${port}` : `a program listens at port ${port}`,
      ...(rule && { rule }),
      needs: 'to leave this port out',
      ...(isSaid && { problem: `any program may speak from port ${port}, and then nobody can listen there` }),
      help: `reserve it: \`sysctl net.ipv4.ip_local_reserved_ports = "${port}"\``,
    },
  ];
}

function isReserved({ sysctls }: Host, port: bigint): boolean {
  const text = sysctls.get('net.ipv4.ip_local_reserved_ports') ?? '';
  return text.split(',').some((part) => {
    const [first = '', last = first] = part.trim().split('-');
    return first !== '' && BigInt(first) <= port && port <= BigInt(last);
  });
}

/** Ranges of ports that what the host itself sends must come from. */
function spokenFrom(placed: PlacedRule): readonly Range[] {
  const isOwn = placed.hooks.has('output') && placed.hooks.size === 1;
  return isOwn && accepts(placed)
    ? portsOf(placed, [tcpSport, udpSport]).filter(({ lo, hi }) => lo < hi)
    : [];
}

function spoken({ bounds, isSaid }: Place, { lo, hi }: Range, rule: PlacedRule): readonly Dependence[] {
  const isApart = hi < bounds.lo || lo > bounds.hi;
  if (isApart) return [];
  const isPartly = bounds.lo < lo || bounds.hi > hi;
  return [
    {
      code: 'HK6116',
      sysctl,
      what: `is for what programs send from ports ${lo}-${hi}`,
      rule,
      needs: 'to be within these ports',
      ...(isSaid &&
        isPartly && {
          problem: `programs also speak from ports ${bounds.lo}-${bounds.hi} that the rule does not name`,
        }),
      help: `write ${bounds.lo}-${bounds.hi}, or \`sysctl ${sysctl} = "${lo} ${hi}"\``,
    },
  ];
}

/** The source ports that a translation gives. */
function sharedPorts(placed: PlacedRule): readonly Range[] {
  return outcomesOf(placed).flatMap((one) => (one.kind === 'source' && one.ports ? [one.ports] : []));
}

/** Conntrack keeps the two apart: a translated connection that would be like another one gets another port. */
function shared({ bounds }: Place, { lo, hi }: Range, rule: PlacedRule): readonly Dependence[] {
  if (hi < bounds.lo || lo > bounds.hi) return [];
  const what = `gives others source ports ${lo}-${hi}, which the host's own programs share`;
  return [
    { code: 'HK6116', sysctl, what, rule, needs: 'to be nothing special: conntrack keeps connections apart' },
  ];
}
