// A packet as the kernel treated it beside what is foretold of it: lines that are equal where both say the same.

import type { TraceEvent, TraceVerdict } from '../../core/live/event.ts';
import type { LivePacket } from '../../core/live/gather.ts';
import { readHeaders, type SeenHeaders } from '../../core/live/headers.ts';
import type { Installed } from '../../core/live/installed.ts';
import type { Injection } from '../../core/packet/packet.ts';
import type { Step, Way } from '../../core/trace/step.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { packetText, stepLine } from '../kernel/account.ts';
import { adoptSeen } from '../kernel/drawn.ts';

/** How both accounts of a packet compare. */
export interface Compared {
  /** The way that the kernel went; the one that is most like it where it went none. */
  readonly way: Way;
  readonly agrees: boolean;
  /** What only one of them says, from the first such line on. */
  readonly kernel: readonly string[];
  readonly foretold: readonly string[];
}

/** What a trace is asked to foretell the way of a packet; a sentence where it can't be. Without host facts routing is what the kernel did. */
export function injectionOf(packet: LivePacket, isHostKnown: boolean): Injection | string {
  if (packet.isCut) return 'events of it were lost';
  if (packet.isFragment) return 'it is a fragment';
  const seen = readHeaders(packet.headers);
  if (typeof seen === 'string') return seen;
  const { direction, mark } = packet;
  return {
    packet: seen.packet,
    direction,
    ...(direction === 'in' && seen.iif !== undefined && { iif: seen.iif }),
    ...(mark !== 0 && { mark }),
    ...(!isHostKnown && routeOf(packet, seen)),
  };
}

function routeOf(packet: LivePacket, { oif }: SeenHeaders): Pick<Injection, 'oif' | 'local'> {
  if (packet.direction === 'out') return oif === undefined ? {} : { oif };
  if (packet.end === 'delivered') return { local: true };
  const last = readHeaders(packet.lastHeaders);
  const out = typeof last === 'string' ? undefined : last.oif;
  return out === undefined ? { local: true } : { oif: out };
}

/** Compares with each way that the packet may go by what is known. */
export function compare(packet: LivePacket, traced: Trace, installed: Installed): Compared {
  const kernel = kernelLines(packet, installed);
  const compared = traced.ways.map((way) => comparedWith(kernel, packet, way, installed));
  const [first] = compared;
  if (!first) throw new Error('a packet goes at least one way');
  const unlike = (one: Compared) => one.kernel.length + one.foretold.length;
  return compared.reduce((best, one) => (unlike(one) < unlike(best) ? one : best), first);
}

function comparedWith(
  kernel: readonly string[],
  packet: LivePacket,
  way: Way,
  installed: Installed,
): Compared {
  const foretold = foretoldLines(packet, way, installed);
  const at = kernel.findIndex((line, index) => line !== foretold[index]);
  const from = at < 0 ? kernel.length : at;
  const [more, other] = [kernel.slice(from), foretold.slice(from)];
  return { way, agrees: more.length === 0 && other.length === 0, kernel: more, foretold: other };
}

function kernelLines(packet: LivePacket, installed: Installed): readonly string[] {
  return [...packet.events.flatMap((event) => eventLine(event, installed)), ...kernelEnd(packet)];
}

function eventLine(event: TraceEvent, installed: Installed): readonly string[] {
  const place = `${event.family} ${event.table} ${event.chain}`;
  if (isUnseen({ family: event.family, table: event.table }, installed)) return [];
  if (event.kind === 'policy') return [`${place} policy ${event.policy}`];
  if (event.kind !== 'rule') return [];
  const { rule, foretold } = installed.find(event.family, event.table, event.handle) ?? {};
  const index =
    foretold?.index ?? (rule ? `handle ${event.handle}, not of the policy,` : `handle ${event.handle}`);
  return [`${place} ${index} ${verdictOf(event.verdict)}`];
}

function verdictOf({ kind, target }: TraceVerdict): string {
  return target === undefined ? kind : `${kind} ${target}`;
}

function kernelEnd({ end, lastHeaders }: LivePacket): readonly string[] {
  switch (end) {
    case 'delivered':
      return ['delivered'];
    case 'left': {
      const seen = readHeaders(lastHeaders);
      return typeof seen === 'string' ? [] : [`out ${seen.oif} ${packetText(seen.packet)}`];
    }
    case 'gone':
      return ['ended by the stack'];
    case 'dropped':
    case 'queued':
      return [];
  }
}

function foretoldLines({ end, lastHeaders }: LivePacket, way: Way, installed: Installed): readonly string[] {
  const steps = way.steps.flatMap((step) => (isShown(step, installed) ? stepLine(step, 'nft') : []));
  const { fate, reason, deciding } = way;
  if (fate === 'delivered-local') return [...steps, 'delivered'];
  if (fate === 'forwarded' || fate === 'sent') {
    const seen = end === 'left' ? readHeaders(lastHeaders) : undefined;
    const { oif, packet } = typeof seen === 'object' ? seen : {};
    const left = packet ? adoptSeen(way, packet) : way.packet;
    return [...steps, `out ${way.out ?? oif} ${packetText(left)}`];
  }
  const isByOthers = reason !== undefined || (deciding && isUnseen(deciding, installed));
  return isByOthers ? [...steps, 'ended by the stack'] : steps;
}

/** Chains at the ingress of a device come before a trace begins. */
function isShown(step: Step, installed: Installed): boolean {
  if (step.kind !== 'rule' && step.kind !== 'policy') return false;
  return step.hook !== 'ingress' && step.hook !== 'egress' && !isUnseen(step, installed);
}

function isUnseen(
  { family, table }: { readonly family: string; readonly table: string },
  { unseen }: Installed,
): boolean {
  return unseen.some((one) => one.family === family && one.name === table);
}
