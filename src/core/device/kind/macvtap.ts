// A macvlan whose stack is a program's, such as a virtual machine.
import type { DeviceKind } from '../define.ts';
import { macvlan } from './macvlan.ts';

/** drivers/net/tap.c: tap_handle_frame, tap_get_user. Its cable leads to the card of the machine. */
export const macvtap: DeviceKind = {
  ...macvlan,
  kind: 'macvtap',
  networkd: 'MACVTAP',
  summary: 'a macvlan whose other end is the network card of a virtual machine',
  hasCable: true,
  mac: 'across',
  receive: macvlan.transmit,
};
