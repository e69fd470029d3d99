// The way of a frame where tunnels are between: who might get it, before the packets around it have travelled.
import type { Frame, Place } from '../device/frame.ts';
import { framePacket } from '../packet/frame.ts';
import { hasAddress } from '../topology/inventory.ts';
import { isMulticast } from '../topology/prefix.ts';
import { type Carried, carry, carryFrom } from './carry.ts';
import type { Surroundings } from './neighbour.ts';
import { tunnelFor, wrapPacket } from './tunnelled.ts';

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

/** The tunnels of other hosts that get what one sends. */
function otherEnds(
  { wiring, hostOf, hosts }: Surroundings,
  at: Place,
  { source, destination }: Frame,
): readonly Place[] {
  const [host, device] = [hostOf(at.host), wiring.interfaceAt(at)];
  const inner = framePacket({ kind: 'other', type: 0x0806 }, { link: { source, destination } });
  const outer = host && device ? wrapPacket(host, device, inner) : undefined;
  if (outer?.kind !== 'tunnelled') return [];
  const { family, destination: far } = outer.packet;
  return hosts.flatMap((one) => {
    const isFor = isMulticast(family, far) ? one !== host : hasAddress(one, { family, value: far });
    const end = isFor ? tunnelFor(one, outer.packet, inner) : undefined;
    return end ? [{ host: one.name, device: end.name }] : [];
  });
}
