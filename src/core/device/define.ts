// What one kind of device is. A kind is defined once, in a file of its own: how it is spelt, and what it does with frames.
import type { DeviceType, SettingValue } from './device.ts';
import type { Frame, Passage, Place, Wiring } from './frame.ts';
import type { Trunk } from './trunk.ts';
import type { Tunnel } from './tunnel.ts';

/** A setting of a kind, by its word in ip-link(8), which the language has, too. */
export interface Setting {
  readonly word: string;
  /** What stands behind the word: nothing for a flag, a number or `inherit`; a list says all words that may. */
  readonly value: 'flag' | 'number' | 'inheritable' | 'address' | 'device' | readonly string[];
  /** Its key in `linkinfo.info_data` of `ip -d -j link`; the word itself if absent. */
  readonly json?: string;
  /** Its key in a .netdev file of systemd-networkd (systemd.netdev(5)). */
  readonly networkd?: string;
  /** Its key in netplan, with the maps that it stands in before it: `parameters.mode`. */
  readonly netplan?: string;
  /** Without it the device can't be made. */
  readonly needed?: true;
  /** What the kernel takes where nothing is said. */
  readonly default?: SettingValue;
  /** `ip link` has it only once the device has its ports; `other`: not `ip link`, but another program sets it. */
  readonly set?: 'with-ports' | 'other';
}

/** A kind of device. */
export interface DeviceKind {
  readonly kind: string;
  /** One line for people. */
  readonly summary: string;
  readonly settings: readonly Setting[];
  /** Its section in a .netdev file of systemd-networkd, which is the key by which the device below names it, too. */
  readonly networkd?: string;
  /** Its section of netplan. */
  readonly netplan?: string;
  /** How ip(8) makes it: `ip link add`, `ip tuntap add`, or by no line of its own, as cards and the ends of cables. */
  readonly made: 'link' | 'tuntap' | 'cable';
  /** Settings that keep it from speaking by itself, and from waiting, where nothing else is said. */
  readonly quiet?: Readonly<Record<string, SettingValue>>;
  /** Whether it stands on another device, said by `link`. */
  readonly lower: 'needed' | 'allowed' | 'none';
  /** Whether other devices of its host may be its ports, by `master`. */
  readonly hasPorts?: true;
  /** Whether a `link` connects it with interfaces of others. */
  readonly hasCable?: true;
  /** What it carries: Ethernet frames, or packets of IP alone, which need no address resolution. */
  readonly carries: 'frames' | 'packets' | ((settings: DeviceType['settings']) => 'frames' | 'packets');
  /** Whose Ethernet address it has, where none was given: of ports the lowest, or that of the first. */
  readonly mac: MacOrigin | ((settings: DeviceType['settings']) => MacOrigin);
  /** Its ports are one link. */
  readonly trunk?: Trunk;
  /** What it sends travels inside of packets of its host. */
  readonly tunnel?: Tunnel;
  /** What becomes of a frame that its host sends by it. */
  readonly transmit: (at: Place, frame: Frame, wiring: Wiring) => readonly Passage[];
  /** What becomes of a frame that the device below it, or a port of it, has received; undefined: nothing here. */
  readonly receiveFrom?: (at: Place, below: Place, frame: Frame, wiring: Wiring) => Taken | undefined;
  /** What becomes of a frame that came in by it for its own host; without it, the stack gets it. */
  readonly receive?: (at: Place, frame: Frame, wiring: Wiring) => readonly Passage[];
}

/** One of its own, that of the device below, of its ports, or of the card at the other end of its cable. */
export type MacOrigin = 'own' | 'lower' | 'ports' | 'first-port' | 'across';

/** What a device takes of what one below it received. */
export interface Taken {
  readonly passages: readonly Passage[];
  /** Others have it, too, and the stack behind the device below. */
  readonly goesOn: boolean;
}
