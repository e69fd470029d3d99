// A frame on its way through devices and wires, and what a device may ask about those around it.
import type { Address } from '../datatype/address.ts';
import type { Interface } from '../topology/host.ts';

/** A device of a host. */
export interface Place {
  readonly host: string;
  readonly device: string;
}

/** What devices look at in a frame. */
export interface Frame {
  /** Ethernet addresses below 2^48. */
  readonly source: bigint;
  readonly destination: bigint;
  /** Ids of its VLANs, the outermost first. */
  readonly tags: readonly number[];
  /** Where its packet goes, or whom its ARP or neighbour discovery asks for or answers; ipvlan decides by it. */
  readonly target?: Address;
}

/** Whether it is for many: broadcast or multicast. */
export function isForGroup({ destination }: Pick<Frame, 'destination'>): boolean {
  return ((destination >> 40n) & 1n) === 1n;
}

/** What a device does with a frame; one for each copy. */
export type Passage =
  /** Another device is given it to send. */
  | { readonly kind: 'send'; readonly by: Place; readonly frame: Frame; readonly why?: string }
  /** It goes out by the cable of a device, past what the device does with frames of its host. */
  | { readonly kind: 'cable'; readonly by: Place; readonly frame: Frame }
  /** Another device has it as received. */
  | { readonly kind: 'receive'; readonly at: Place; readonly frame: Frame; readonly why?: string }
  /** The host's own stack has it as come in by this device. */
  | { readonly kind: 'arrive'; readonly at: Place; readonly frame: Frame }
  /** It travels on inside of a packet that the host sends: see `tunnel` of the device's kind. */
  | { readonly kind: 'wrap'; readonly at: Place; readonly frame: Frame }
  | { readonly kind: 'lost'; readonly at: Place; readonly why: string };

/** The devices around one, as far as kinds of devices ask for them. */
export interface Wiring {
  readonly interfaceAt: (place: Place) => Interface | undefined;
  /** Its Ethernet address, given or not. */
  readonly macOf: (place: Place) => bigint;
  /** The device that it stands on. */
  readonly lowerOf: (place: Place) => Place | undefined;
  /** Devices of any host that stand on it, in order. */
  readonly above: (place: Place) => readonly Place[];
  /** The ports of a bridge, bond or VRF that are up. */
  readonly portsOf: (place: Place) => readonly Place[];
  /** What is at the other ends of its cable; with `reflects`, itself, too. Undefined: no cable. */
  readonly acrossFrom: (place: Place) => readonly Place[] | undefined;
}
