// A device that leads nowhere.
import type { DeviceKind } from '../define.ts';
import { lost } from '../wire.ts';

/** drivers/net/dummy.c: dummy_xmit. */
export const dummy: DeviceKind = {
  kind: 'dummy',
  networkd: 'Dummy',
  netplan: 'dummy-devices',
  summary: 'a device for addresses alone: what is sent by it is thrown away',
  settings: [],
  made: 'link',
  lower: 'none',
  carries: 'frames',
  mac: 'own',
  transmit: (at) => [lost(at, `\`${at.device}\` is a dummy: what is sent by it is thrown away`)],
};
