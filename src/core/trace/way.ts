// What is left of a run when it is over: how the packet fared, and the connections behind it.
import type { ConntrackTable } from '../conntrack/table.ts';
import { isUnknown, type Unknown, type UnknownParts, type UnknownPort } from '../field/view.ts';
import { decidingOf } from './deciding.ts';
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
    ...(out !== undefined && run.left.length > 0 && { pieces: run.left }),
    unknownParts: unknownParts(run),
    conntrack: run.ct,
    translations: run.translations,
    steps: run.steps,
    answers: run.answers,
    suppositions,
    assumptions: [...run.assumptions],
  };
}

function gatewayOf({ routed }: Run): Pick<Way, 'gateway'> {
  return routed?.kind === 'unicast' && routed.gateway !== undefined ? { gateway: routed.gateway } : {};
}

/** The parts of a packet, and of what it quotes, that are not known: each with the reason. */
export function unknownParts({ unknown, quoted }: Pick<Run, 'unknown' | 'quoted'>): readonly string[] {
  return [...partsOf(unknown), ...partsOf(quoted).map((part) => `quoted ${part}`)];
}

function partsOf(parts: UnknownParts): readonly string[] {
  const named = Object.entries(parts).map(([part, one]) => [nameOf(part, one), one] as const);
  return named.map(([name, { unknown }]) => `${name}: ${unknown}`);
}

function nameOf(part: string, one: Unknown | UnknownPort): string {
  return ('called' in one ? one.called : undefined) ?? part;
}

/** What rules changed in a known connection stays, even if the packet itself was dropped. */
export function keepChanges(run: Run): ConntrackTable {
  const entry = run.ct?.entry;
  if (!entry || isUnknown(entry)) return run.connections;
  const isConfirmed = run.connections.lookup(entry.original, entry.zone) !== undefined;
  return isConfirmed ? run.connections.with(entry) : run.connections;
}
