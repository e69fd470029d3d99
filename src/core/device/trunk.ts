// Several ports as one link: what bonds and teams have in common.
import type { DeviceKind } from './define.ts';
import type { SettingValue } from './device.ts';
import type { Passage, Place, Wiring } from './frame.ts';
import { isSame, lost } from './wire.ts';

/** How one kind says what its ports are for. */
export interface Trunk {
  /** The setting that says it, and its value where nothing is said. */
  readonly setting: string;
  readonly usual: SettingValue;
  /** One port is in use, the others are spare. */
  readonly spares: string;
  /** Every port sends everything. */
  readonly all: string;
  /** Settings that name the port in use, the strongest first. */
  readonly active: readonly string[];
}

/** What they do with frames. All ports lead to the same partner, so that of those that share the load any may stand for all. */
export function trunkOf(trunk: Trunk): Pick<DeviceKind, 'transmit' | 'receiveFrom'> {
  return {
    transmit: (at, frame, wiring) => {
      const ports = sendingPorts(trunk, at, wiring);
      if (ports.length === 0) return [lost(at, `\`${at.device}\` has no port that is up`)];
      return ports.map((by) => ({ kind: 'send', by, frame }));
    },
    receiveFrom: (at, port, frame, wiring) => {
      const isSpare =
        modeOf(trunk, at, wiring) === trunk.spares &&
        !sendingPorts(trunk, at, wiring).some((one) => isSame(one, port));
      const passages: readonly Passage[] = isSpare
        ? [lost(port, `it is the spare port of \`${at.device}\``)]
        : [{ kind: 'receive', at, frame }];
      return { passages, goesOn: false };
    },
  };
}

function modeOf({ setting, usual }: Trunk, at: Place, { interfaceAt }: Wiring): SettingValue {
  return interfaceAt(at)?.type?.settings[setting] ?? usual;
}

/** The active port, any port, or all of them. */
function sendingPorts(trunk: Trunk, at: Place, wiring: Wiring): readonly Place[] {
  const ports = wiring.portsOf(at);
  if (modeOf(trunk, at, wiring) === trunk.all) return ports;
  const settings = wiring.interfaceAt(at)?.type?.settings ?? {};
  const said = trunk.active.flatMap((word) => ports.find(({ device }) => device === settings[word]) ?? []);
  return [...said, ...ports].slice(0, 1);
}
