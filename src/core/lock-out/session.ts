// What becomes of a session of SSH, and of a new one from the same place, under the rules of a machine.

import type { Session } from '../analyse/lint/define.ts';
import { firstPacket } from '../analyse/lint/finding/lock-out.ts';
import { formatAddress } from '../datatype/address.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { type Injection, type Packet, tcpFlag } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { hasAddress } from '../topology/inventory.ts';
import { decidingText } from '../trace/deciding-text.ts';
import type { Way } from '../trace/step.ts';
import { trace } from '../trace/trace.ts';

/** Something of a session that does not get through, or of which that is not known. */
export interface LockOut {
  /** For people: `a new connection by SSH from 192.0.2.9`. */
  readonly what: string;
  /** Whether it is known to be stopped. */
  readonly sure: boolean;
  /** The rule or policy that stops it, with its place; or what it depends on. */
  readonly why: string;
}

/** What of a session is stopped; nothing where it goes to another machine. */
export function lockOuts(ruleSet: RuleSet, host: Host | undefined, session: Session): readonly LockOut[] {
  const { client, server } = session;
  if (host && server && !hasAddress(host, server)) return [];
  const first = firstPacket(session, host);
  if (!first) return [];
  const from = formatAddress(client);
  const packets: readonly (readonly [string, Injection])[] = [
    [`a new connection by SSH from ${from}`, first],
    [`what comes by the present connection from ${from}`, established(first)],
    [`what goes by the present connection to ${from}`, reply(first)],
  ];
  return packets.flatMap(([what, injection]) => stopped(what, { ruleSet, host, injection }) ?? []);
}

function stopped(
  what: string,
  request: { readonly ruleSet: RuleSet; readonly host: Host | undefined; readonly injection: Injection },
): LockOut | undefined {
  const { ways, complete } = trace(request);
  const dropped = ways.filter(isStopped);
  const [by] = dropped;
  if (!by) return complete ? undefined : { what, sure: false, why: 'it may go more ways than are followed' };
  const why = by.deciding ? decidingText(by.deciding) : (by.reason ?? by.fate);
  return { what, sure: complete && dropped.length === ways.length, why };
}

/** By a rule; what the stack itself does was so before. */
function isStopped({ verdict, reason }: Way): boolean {
  return verdict !== 'accept' && reason === undefined;
}

/** A segment with data of a connection that is there. */
function established(first: Injection): Injection {
  return { ...first, state: 'established', packet: withFlags(first.packet) };
}

function reply(first: Injection): Injection {
  const { packet, iif } = first;
  const { source, destination, transport } = packet;
  const turned =
    transport.kind === 'tcp' ? { ...transport, sport: transport.dport, dport: transport.sport } : transport;
  const back = { ...packet, source: destination, destination: source, transport: turned };
  return {
    direction: 'out',
    state: 'established',
    packet: withFlags(back),
    ...(iif !== undefined && { oif: iif }),
  };
}

function withFlags(packet: Packet): Packet {
  const { transport } = packet;
  if (transport.kind !== 'tcp') return packet;
  return { ...packet, transport: { ...transport, flags: tcpFlag.ack | tcpFlag.psh } };
}
