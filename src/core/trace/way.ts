// What is left of a run when it is over: how the packet fared, and the connections behind it.
import type { ConntrackTable } from '../conntrack/table.ts';
import { isUnknown, type UnknownParts } from '../field/view.ts';
import { cut } from '../packet/reassemble.ts';
import { decidingOf } from './deciding.ts';
import { pathMtu } from './path-mtu.ts';
import { type End, known, type Run } from './run.ts';
import type { Supposition, Way } from './step.ts';

/** How the packet fared. */
export function wayOf(run: Run, end: End, suppositions: readonly Supposition[]): Way {
  const deciding = decidingOf(run, end);
  const out = end.fate === 'forwarded' || end.fate === 'sent' ? known(run.oif) : undefined;
  return {
    ...end,
    ...(out !== undefined && { out, ...gatewayOf(run) }),
    ...(out !== undefined && run.leftBy !== undefined && { port: run.leftBy }),
    ...(deciding && { deciding }),
    packet: run.packet,
    ...onWire(run, out),
    unknownParts: [...partsOf(run.unknown), ...partsOf(run.quoted).map((part) => `quoted ${part}`)],
    conntrack: run.ct,
    steps: run.steps,
    answers: run.answers,
    suppositions,
    assumptions: [...run.assumptions],
  };
}

function gatewayOf({ routed }: Run): Pick<Way, 'gateway'> {
  return routed?.kind === 'unicast' && routed.gateway !== undefined ? { gateway: routed.gateway } : {};
}

function partsOf(parts: UnknownParts): readonly string[] {
  return Object.entries(parts).map(([part, { unknown }]) => `${part}: ${unknown}`);
}

/** The fragments that leave (net/ipv4/ip_output.c: ip_finish_output, ip_do_fragment; net/ipv6/ip6_output.c: ip6_fragment). */
function onWire(run: Run, out: string | undefined): Pick<Way, 'pieces'> {
  const { packet, pieces } = run;
  const { host } = run.request;
  const device = host?.interfaces.find((one) => one.name === out);
  if (!device) return {};
  const cutInto = cut(packet, pathMtu(run, device), pieces);
  return cutInto.length > 1 ? { pieces: cutInto } : {};
}

/** What rules changed in a known connection stays, even if the packet itself was dropped. */
export function keepChanges(run: Run): ConntrackTable {
  const entry = run.ct?.entry;
  if (!entry || isUnknown(entry)) return run.connections;
  const isConfirmed = run.connections.lookup(entry.original, entry.zone) !== undefined;
  return isConfirmed ? run.connections.with(entry) : run.connections;
}
