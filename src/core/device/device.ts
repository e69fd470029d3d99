// What a device is beside its name and addresses: its kind, as ip-link(8) has it, and what is said of it.
import type { AddressFamily } from '../datatype/address.ts';

/** A kind of device with its settings; a plain network card has none. */
export interface DeviceType {
  /** As behind `type` in ip-link(8): `macvlan`. */
  readonly kind: string;
  /** The device that it stands on. */
  readonly lower?: LowerDevice;
  /** By the words of ip-link(8); what is not said is the kernel's default. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** WireGuard: whom it may talk to. */
  readonly peers?: readonly TunnelPeer[];
}

/** A device that another one stands on, of this host if no other is named: a namespace's macvlan stands on its parent's. */
export interface LowerDevice {
  readonly host?: string;
  readonly device: string;
}

/** A number, an address, a word or the name of a device, or `true` for a word that stands alone. */
export type SettingValue = number | string | true | DeviceAddress;

/** An address of IPv4 or IPv6. */
export interface DeviceAddress {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** wg(8): a `[Peer]`. */
export interface TunnelPeer {
  /** Not known until it speaks, if absent. */
  readonly endpoint?: DeviceAddress & { readonly port: number };
  /** What may come from it, and what goes to it. */
  readonly allowed: readonly (DeviceAddress & { readonly length: number })[];
}
