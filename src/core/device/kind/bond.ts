// Several devices as one link.
import type { DeviceKind } from '../define.ts';
import { trunkOf } from '../trunk.ts';

const modes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** drivers/net/bonding/bond_main.c: bond_handle_frame, bond_start_xmit. */
export const bond: DeviceKind = {
  kind: 'bond',
  networkd: 'Bond',
  netplan: 'bonds',
  summary: 'several devices as one link, to have one left when another fails, or for more speed',
  settings: [
    { word: 'mode', value: modes, networkd: 'Mode', netplan: 'parameters.mode', default: 'balance-rr' },
    { word: 'active_slave', value: 'device', set: 'with-ports' },
    { word: 'primary', value: 'device', netplan: 'parameters.primary' },
  ],
  made: 'link',
  lower: 'none',
  hasPorts: true,
  carries: 'frames',
  mac: 'first-port',
  ...trunkOf({
    setting: 'mode',
    usual: 'balance-rr',
    spares: 'active-backup',
    all: 'broadcast',
    active: ['active_slave', 'primary'],
  }),
};
