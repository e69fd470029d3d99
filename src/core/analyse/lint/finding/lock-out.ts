// Rules that would end the administration of the host by SSH.
import { type Address, type AddressFamily, addressWidth, formatAddress } from '../../../datatype/address.ts';
import { type Diagnostic, diagnostic } from '../../../diagnostic/diagnostic.ts';
import { formatPacket } from '../../../packet/format.ts';
import {
  type Injection,
  notFragmented,
  type Packet,
  protocolNumber,
  tcpFlag,
} from '../../../packet/packet.ts';
import { knownSize } from '../../../packet/size.ts';
import type { Host, Interface } from '../../../topology/host.ts';
import { addressesOf, interfaceWith } from '../../../topology/inventory.ts';
import { decidingText } from '../../../trace/deciding-text.ts';
import type { Deciding, Way } from '../../../trace/step.ts';
import { trace } from '../../../trace/trace.ts';
import type { Finding, LintSubject, Session } from '../define.ts';

export const lockOut: Finding = {
  code: 'HK7116',
  name: 'lock-out',
  *find(subject) {
    const { session, hosts, families } = subject;
    if (!session || !families.includes(session.client.family)) return;
    const about = hosts.filter((host) => isOn(host, session));
    for (const host of hosts.length === 0 ? [undefined] : about) {
      const found = lockedOut(subject, session, host);
      if (found) yield found;
    }
  },
};

/** A session that was not said is about the host that it goes to. */
function isOn(host: Host, { server, isSaid }: Session): boolean {
  return isSaid || server === undefined || interfaceWith(host, server.family, server.value) !== undefined;
}

function lockedOut(
  { ruleSet }: LintSubject,
  session: Session,
  host: Host | undefined,
): Diagnostic | undefined {
  const injection = firstPacket(session, host);
  if (!injection) return undefined;
  const { ways, complete } = trace({ ruleSet, injection, host });
  const stopped = ways.flatMap((way) => stoppedBy(way) ?? []);
  const [by] = stopped;
  if (!by || !complete || (stopped.length < ways.length && !session.isSaid)) return undefined;
  const from = formatAddress(session.client);
  const may = stopped.length < ways.length ? 'may be' : 'is';
  const on = host ? ` on host \`${host.name}\`` : '';
  return diagnostic('HK7116', `a new connection by SSH from ${from} ${may} dropped${on}`, {
    span: by.by === 'rule' ? by.rule.span : undefined,
    example: { packet: formatPacket(injection.packet), outcome: `dropped by ${decidingText(by)}` },
    ...(session.isSaid && stopped.length === ways.length && { severity: 'error' }),
  });
}

/** The rule or policy that stops it, where no part of the stack does. */
function stoppedBy({ verdict, reason, deciding }: Way): Deciding | undefined {
  return verdict === 'accept' || reason !== undefined ? undefined : deciding;
}

/** The packet that a new session begins with; undefined where the host has no address for it. */
export function firstPacket(
  { client, clientPort, server, serverPort }: Session,
  host: Host | undefined,
): Injection | undefined {
  const { family } = client;
  const device = host && deviceTo(host, client);
  const own = server?.family === family ? server.value : device && ownAddress(device, family);
  // Documentation stands for an address that nobody has said (RFC 5737, RFC 3849).
  const destination = own ?? (family === 4 ? 0xcb007101n : 0x20010db8n << 96n);
  if (host && own === undefined) return undefined;
  const packet: Omit<Packet, 'length'> = {
    family,
    source: client.value,
    destination,
    protocol: protocolNumber.tcp,
    ttl: 64,
    dscp: 0,
    fragment: notFragmented,
    transport: {
      kind: 'tcp',
      sport: clientPort,
      dport: serverPort,
      flags: tcpFlag.syn,
      seq: 0,
      ack: 0,
      window: 65535,
    },
  };
  const iif = device?.name;
  return {
    direction: 'in',
    local: true,
    ...(iif !== undefined && { iif }),
    packet: { ...packet, length: knownSize(packet) },
  };
}

function ownAddress(device: Interface, family: AddressFamily): bigint | undefined {
  return addressesOf(device, family).find(({ scope }) => scope === 'global')?.address.value;
}

/** The interface that the most specific route to an address is by. */
function deviceTo({ routes, interfaces }: Host, { family, value }: Address): Interface | undefined {
  const shift = (length: number) => BigInt(addressWidth(family) - length);
  const fitting = routes.filter(
    (route) =>
      route.family === family &&
      route.type === 'unicast' &&
      value >> shift(route.prefixLength) === route.destination >> shift(route.prefixLength),
  );
  const [best] = fitting.toSorted((one, other) => other.prefixLength - one.prefixLength);
  return interfaces.find(({ name }) => name === best?.device);
}
