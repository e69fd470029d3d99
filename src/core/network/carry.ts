// The way of a frame from the device that sends it to all that get it: over cables, through bridges, into namespaces.
import type { Frame, Passage, Place, Wiring } from '../device/frame.ts';
import { isForGroup } from '../device/frame.ts';
import { kindOf, resolvesAddresses } from '../device/registry.ts';
import { byCable, isSame, lost } from '../device/wire.ts';
import { keyOf } from './wiring.ts';

/** A frame where a host's stack gets it. */
export interface Arrival {
  readonly at: Place;
  readonly frame: Frame;
  /** The devices it came through, in order, from the one that sent it to this one. */
  readonly path: readonly Place[];
}

/** A copy of a frame that ends on its way. */
export interface Loss {
  readonly at: Place;
  readonly why: string;
  readonly path: readonly Place[];
}

/** A frame of which the rest of the way is that of a packet of the host. */
export type Wrapped = Arrival;

/** What became of all copies of a frame. */
export interface Carried {
  readonly arrivals: readonly Arrival[];
  readonly wrapped: readonly Wrapped[];
  readonly losses: readonly Loss[];
}

interface Copy {
  readonly passage: Passage;
  readonly path: readonly Place[];
}

/**
 * Sends a frame by a device. A switch sends every frame to all its ports, as long as it knows nothing of their stations;
 * those whose frame it is not throw it away, so that who gets it in the end is the same. Where wires make a circle, each
 * device has a frame once in each direction, as spanning trees have it.
 */
export function carry(wiring: Wiring, from: Place, frame: Frame): Carried {
  return follow(wiring, { kind: 'send', by: from, frame });
}

/** The rest of the way of a frame that a device has received, such as one that came out of a tunnel. */
export function carryFrom(wiring: Wiring, at: Place, frame: Frame): Carried {
  return follow(wiring, { kind: 'receive', at, frame });
}

function follow(wiring: Wiring, begin: Passage): Carried {
  const carried = { arrivals: [] as Arrival[], wrapped: [] as Wrapped[], losses: [] as Loss[] };
  const seen = new Set<string>();
  const copies: Copy[] = [{ passage: begin, path: [] }];
  for (let copy = copies.shift(); copy; copy = copies.shift()) {
    const { passage, path } = copy;
    const at = placeOf(passage);
    if (passage.kind === 'arrive') carried.arrivals.push({ at, frame: passage.frame, path });
    else if (passage.kind === 'wrap') carried.wrapped.push({ at, frame: passage.frame, path });
    else if (passage.kind === 'lost') carried.losses.push({ at, why: passage.why, path });
    else {
      const key = `${passage.kind} ${keyOf(at)} ${passage.frame.tags.join('.')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const last = path.at(-1);
      const further = last && isSame(last, at) ? path : [...path, at];
      for (const next of onward(passage, wiring)) copies.push({ passage: next, path: further });
    }
  }
  return carried;
}

function placeOf(passage: Passage): Place {
  return 'by' in passage ? passage.by : passage.at;
}

type Moving = Extract<Passage, { readonly kind: 'send' | 'cable' | 'receive' }>;

/** What one device does with it. */
function onward(passage: Moving, wiring: Wiring): readonly Passage[] {
  const at = placeOf(passage);
  const one = wiring.interfaceAt(at);
  if (!one) return [lost(at, `${at.host} has no interface \`${at.device}\``)];
  if (!one.up) return [lost(at, `\`${at.device}\` of ${at.host} is down`)];
  if (passage.kind === 'cable') return byCable(at, passage.frame, wiring);
  if (passage.kind === 'send') return kindOf(one).transmit(at, passage.frame, wiring);
  return received(at, passage.frame, wiring);
}

/**
 * A received frame goes to those that stand on the device, then to what it is a port of, and what none of them takes to
 * its own host (net/core/dev.c: __netif_receive_skb_core).
 */
function received(at: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  const one = wiring.interfaceAt(at);
  const kind = one && kindOf(one);
  const masters = one?.master === undefined ? [] : [{ host: at.host, device: one.master }];
  const found: Passage[] = [];
  for (const taker of [...wiring.above(at), ...masters]) {
    const other = wiring.interfaceAt(taker);
    const taken = other && kindOf(other).receiveFrom?.(taker, at, frame, wiring);
    if (!taken) continue;
    found.push(...taken.passages);
    if (!taken.goesOn) return found;
  }
  return [...found, ...(kind?.receive?.(at, frame, wiring) ?? own(at, frame, wiring))];
}

/** net/ethernet/eth.c: eth_type_trans: a frame for another station is of no use. */
function own(at: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  if (frame.tags.length > 0)
    return [lost(at, `no device of ${at.host} has VLAN ${frame.tags[0]} of \`${at.device}\``)];
  const isOwn = isForGroup(frame) || answersTo(at, frame, wiring);
  return isOwn ? [{ kind: 'arrive', at, frame }] : [lost(at, `${at.host} is not the station that it is for`)];
}

/** Ports of a bridge have addresses that are the bridge's, too. */
function answersTo(at: Place, { destination }: Frame, wiring: Wiring): boolean {
  const one = wiring.interfaceAt(at);
  if (one && !resolvesAddresses(one)) return true;
  return [at, ...wiring.portsOf(at)].some((place) => wiring.macOf(place) === destination);
}
