// A routing table with interfaces of its own.
import type { DeviceKind } from '../define.ts';
import { lost } from '../wire.ts';

/** drivers/net/vrf.c. Frames are none of its business: its ports give packets to the host as they come. */
export const vrf: DeviceKind = {
  kind: 'vrf',
  networkd: 'VRF',
  netplan: 'vrfs',
  summary: 'a routing table of its own for the interfaces that are its ports',
  settings: [{ word: 'table', value: 'number', networkd: 'Table', netplan: 'table', needed: true }],
  made: 'link',
  lower: 'none',
  hasPorts: true,
  carries: 'packets',
  mac: 'own',
  transmit: (at) => [lost(at, `\`${at.device}\` is a VRF: packets leave by its ports`)],
};
