// Several devices as one link.
import type { DeviceKind } from '../define.ts';
import type { SettingValue } from '../device.ts';
import type { Passage, Place, Wiring } from '../frame.ts';
import { isSame, lost } from '../wire.ts';

const modes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/**
 * drivers/net/bonding/bond_main.c: bond_handle_frame, bond_start_xmit. Modes that balance are one logical link: any port
 * may carry a frame, and all lead to the same partner.
 */
export const bond: DeviceKind = {
  kind: 'bond',
  summary: 'several devices as one link, to have one left when another fails, or for more speed',
  settings: [
    { word: 'mode', value: modes, default: 'balance-rr' },
    { word: 'active_slave', value: 'device', set: 'with-ports' },
    { word: 'primary', value: 'device' },
  ],
  made: 'link',
  lower: 'none',
  hasPorts: true,
  carries: 'frames',
  mac: 'ports',
  transmit: (at, frame, wiring) => {
    const ports = sendingPorts(at, wiring);
    if (ports.length === 0) return [lost(at, `\`${at.device}\` has no port that is up`)];
    return ports.map((by) => ({ kind: 'send', by, frame }));
  },
  receiveFrom: (at, port, frame, wiring) => {
    const isBackup =
      modeOf(at, wiring) === 'active-backup' && !sendingPorts(at, wiring).some((one) => isSame(one, port));
    const passages: readonly Passage[] = isBackup
      ? [lost(port, `it is the spare port of \`${at.device}\``)]
      : [{ kind: 'receive', at, frame }];
    return { passages, goesOn: false };
  },
};

function modeOf(at: Place, { interfaceAt }: Wiring): SettingValue {
  return interfaceAt(at)?.type?.settings['mode'] ?? 'balance-rr';
}

/** The active port, any port, or all of them. */
function sendingPorts(at: Place, wiring: Wiring): readonly Place[] {
  const ports = wiring.portsOf(at);
  if (modeOf(at, wiring) === 'broadcast') return ports;
  const { active_slave, primary } = wiring.interfaceAt(at)?.type?.settings ?? {};
  const chosen =
    ports.find(({ device }) => device === active_slave) ??
    ports.find(({ device }) => device === primary) ??
    ports[0];
  return chosen ? [chosen] : [];
}
