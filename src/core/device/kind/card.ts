// Network cards and the ends of veth pairs: what is sent goes over the cable.
import type { DeviceKind } from '../define.ts';
import { byCable } from '../wire.ts';

/** What an interface is of which nothing else is said. */
export const card: DeviceKind = {
  kind: 'card',
  summary: 'a network card: what is sent goes over its cable',
  settings: [],
  hasCable: true,
  made: 'cable',
  lower: 'none',
  carries: 'frames',
  mac: 'own',
  transmit: byCable,
};

/** drivers/net/veth.c: veth_xmit. */
export const veth: DeviceKind = {
  ...card,
  kind: 'veth',
  networkd: 'Peer',
  summary: 'one end of a virtual cable between two hosts or namespaces',
};
