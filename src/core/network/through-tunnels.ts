// The way of a frame where tunnels are between: who might get it, before the packets around it have travelled.
import type { Address } from '../datatype/address.ts';
import { type Frame, isForGroup, type Place } from '../device/frame.ts';
import { addressOf, type Endpoint, type Handed, type Refused, refused, sentFrom } from '../device/tunnel.ts';
import { framePacket } from '../packet/frame.ts';
import type { Packet } from '../packet/packet.ts';
import type { Interface } from '../topology/host.ts';
import { hasAddress } from '../topology/inventory.ts';
import { isMulticast } from '../topology/prefix.ts';
import { type Carried, carry, carryFrom } from './carry.ts';
import type { Surroundings } from './neighbour.ts';
import { type Tunnelled, tunnelFor, wrapPacket } from './tunnelled.ts';

/** So many tunnels inside of each other. */
const deepest = 4;

/** As carry() does, also through tunnels, whose outer packets are taken to arrive. */
export function carryThrough(around: Surroundings, by: Place, frame: Frame): Carried {
  let carried = carry(around.wiring, by, frame);
  let inside = carried.wrapped;
  for (let depth = 0; depth < deepest && inside.length > 0; depth++) {
    const found = inside.flatMap(({ at, path }) =>
      otherEnds(around, at, frame).map((end) => ({ end, path, more: carryFrom(around.wiring, end, frame) })),
    );
    inside = found.flatMap(({ more }) => more.wrapped);
    carried = {
      ...carried,
      arrivals: [
        ...carried.arrivals,
        ...found.flatMap(({ path, more }) =>
          more.arrivals.map((one) => ({ ...one, path: [...path, ...one.path] })),
        ),
      ],
      losses: [...carried.losses, ...found.flatMap(({ more }) => more.losses)],
    };
  }
  return carried;
}

/**
 * The packet around what a tunnel sends for a station; a tunnel to a group sends what is for one station to the end that it
 * is behind.
 */
export function wrapFrame(
  around: Surroundings,
  { stations, ...at }: Place & { readonly stations: Pick<Frame, 'source' | 'destination'> },
  inner: Packet,
  heard: Endpoint | undefined,
): Tunnelled | Handed | Refused {
  const [host, device] = [around.hostOf(at.host), around.wiring.interfaceAt(at)];
  if (!host || !device) return refused('it has no such tunnel');
  const outer = wrapPacket(host, device, inner, heard);
  if (outer.kind !== 'tunnelled' || isForGroup(stations)) return outer;
  if (!isMulticast(outer.packet.family, outer.packet.destination)) return outer;
  const end = learnedEnd(around, at, { ...stations, tags: [] });
  return end ? wrapPacket(host, device, inner, heard, end) : outer;
}

/** The tunnels of other hosts that get what one sends. */
function otherEnds(around: Surroundings, at: Place, { source, destination }: Frame): readonly Place[] {
  const { wiring, hostOf, hosts } = around;
  const [host, device] = [hostOf(at.host), wiring.interfaceAt(at)];
  const inner = framePacket({ kind: 'other', type: 0x0806 }, { link: { source, destination } });
  const outer = host && device ? wrapPacket(host, device, inner) : undefined;
  if (outer?.kind !== 'tunnelled') return [];
  const { family, destination: far } = outer.packet;
  if (isMulticast(family, far))
    return groupEnds(around, { host: at.host, device: outer.oif ?? '' }, outer, inner);
  return hosts.flatMap((one) => {
    const end = hasAddress(one, { family, value: far }) ? tunnelFor(one, outer.packet, inner) : undefined;
    return end ? [{ host: one.name, device: end.name }] : [];
  });
}

/** Those that have joined the group by a device on the same link (drivers/net/vxlan/vxlan_multicast.c: vxlan_igmp_join). */
function groupEnds(
  { wiring, hosts }: Surroundings,
  by: Place,
  { packet }: Tunnelled,
  inner: Packet,
): readonly Place[] {
  const frame = { source: wiring.macOf(by), destination: everybody, tags: [] };
  return carry(wiring, by, frame).arrivals.flatMap(({ at }) => {
    const host = hosts.find(({ name }) => name === at.host);
    const joined = (host?.interfaces ?? []).filter(
      (one) => sentFrom(one).device === at.device && groupOf(one) === packet.destination,
    );
    const end = host && tunnelFor({ ...host, interfaces: joined }, packet, inner);
    return end ? [{ host: at.host, device: end.name }] : [];
  });
}

const everybody = 0xffff_ffff_ffffn;

function groupOf(one: Interface): bigint | undefined {
  return (addressOf(one, 'group') ?? addressOf(one, 'remote'))?.value;
}

/**
 * Where the tunnel of a station is that a frame is for: who was asked over a group has learned it from the answer
 * (drivers/net/vxlan/vxlan_core.c: vxlan_snoop).
 */
function learnedEnd(around: Surroundings, at: Place, frame: Frame): Address | undefined {
  const end = otherEnds(around, at, frame).find(
    (one) => carryFrom(around.wiring, one, frame).arrivals.length > 0,
  );
  const [host, device] = end ? [around.hostOf(end.host), around.wiring.interfaceAt(end)] : [];
  const { source, destination } = frame;
  const back = framePacket(
    { kind: 'other', type: 0x0806 },
    { link: { source: destination, destination: source } },
  );
  const outer = host && device ? wrapPacket(host, device, back) : undefined;
  return outer?.kind === 'tunnelled'
    ? { family: outer.packet.family, value: outer.packet.source }
    : undefined;
}
