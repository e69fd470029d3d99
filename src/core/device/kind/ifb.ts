// A device for traffic control: it has what `tc` sends there.
import type { DeviceKind } from '../define.ts';
import { lost } from '../wire.ts';

/** drivers/net/ifb.c: ifb_xmit: what no rule of tc put there is thrown away. */
export const ifb: DeviceKind = {
  kind: 'ifb',
  networkd: 'IFB',
  summary: 'a device for queues of `tc`: what is sent by it otherwise is thrown away',
  settings: [],
  made: 'link',
  lower: 'none',
  carries: 'packets',
  mac: 'own',
  transmit: (at) => [lost(at, `\`${at.device}\` is an ifb: it has what \`tc\` puts there, and nothing else`)],
};
