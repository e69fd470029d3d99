// Devices with a program at the other end, a virtual machine or a tunnel; `link` says whose interface that is.
import type { DeviceKind } from '../define.ts';
import { card } from './card.ts';

/** drivers/net/tun.c: a program gets Ethernet frames. */
export const tap: DeviceKind = {
  ...card,
  kind: 'tap',
  networkd: 'Tap',
  made: 'tuntap',
  summary: 'a virtual network card: a program, such as a virtual machine, has the other end',
};

/** drivers/net/tun.c: a program gets packets of IP. */
export const tun: DeviceKind = {
  ...card,
  kind: 'tun',
  networkd: 'Tun',
  made: 'tuntap',
  summary: 'a point-to-point device: a program has the other end and gets packets of IP',
  carries: 'packets',
};
