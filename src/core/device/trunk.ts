// Several ports as one link: what bonds and teams have in common.
import type { Interface } from '../topology/host.ts';
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
export function trunkOf(trunk: Trunk): Pick<DeviceKind, 'trunk' | 'transmit' | 'receiveFrom'> {
  return {
    trunk,
    transmit: (at, frame, wiring) => {
      const ports = sendingPorts(trunk, at, wiring);
      if (ports.length === 0) return [lost(at, `\`${at.device}\` has no port that is up`)];
      return ports.map((by) => ({ kind: 'send', by, frame }));
    },
    receiveFrom: (at, port, frame, wiring) => {
      const used = sendingPorts(trunk, at, wiring).some((one) => isSame(one, port));
      const isSpare = hasSpares(trunk, wiring.interfaceAt(at)) && !used;
      const passages: readonly Passage[] = isSpare
        ? [lost(port, `it is the spare port of \`${at.device}\``)]
        : [{ kind: 'receive', at, frame }];
      return { passages, goesOn: false };
    },
  };
}

/** Whether one port is in use and the others are spare. */
export function hasSpares(trunk: Trunk, one: Pick<Interface, 'type'> | undefined): boolean {
  return modeOf(trunk, one) === trunk.spares;
}

/** Of the ports that are up: the active one, any one, or all of them. */
export function portsInUse(
  trunk: Trunk,
  one: Pick<Interface, 'type'> | undefined,
  ports: readonly string[],
): readonly string[] {
  if (modeOf(trunk, one) === trunk.all) return ports;
  const said = trunk.active.flatMap((word) => ports.find((port) => port === one?.type?.settings[word]) ?? []);
  return [...said, ...ports].slice(0, 1);
}

function modeOf({ setting, usual }: Trunk, one: Pick<Interface, 'type'> | undefined): SettingValue {
  return one?.type?.settings[setting] ?? usual;
}

function sendingPorts(trunk: Trunk, at: Place, wiring: Wiring): readonly Place[] {
  const ports = wiring.portsOf(at);
  const used = portsInUse(
    trunk,
    wiring.interfaceAt(at),
    ports.map(({ device }) => device),
  );
  return ports.filter(({ device }) => used.includes(device));
}
