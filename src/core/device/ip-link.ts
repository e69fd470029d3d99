// Devices as the lines of ip(8) that make them, for `ip -batch` or behind `ip`.
import { formatAddress } from '../datatype/address.ts';
import { formatMac } from '../packet/link-text.ts';
import type { Interface } from '../topology/host.ts';
import type { Setting } from './define.ts';
import type { SettingValue } from './device.ts';
import { kindOf } from './registry.ts';

/** A device as far as it is made. */
type Made = Pick<Interface, 'name' | 'type'>;

export interface MakingOptions {
  /**
   * The namespace that the device comes to be in, as `ip netns` knows it; the line is for that of the device below, where
   * it stands on one. Absent: the one where the line is run.
   */
  readonly namespace?: string;
  /** Its number; the kernel chooses if absent. */
  readonly index?: number;
  /** Its Ethernet address, where no other is said. */
  readonly address?: bigint;
  /** What is taken for settings of which nothing is said. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
}

/**
 * Makes a device: `link add name m0 link eth0 type macvlan mode bridge`. Undefined for those that come with the machine or
 * as the end of a cable.
 */
export function makingLine({ name, type }: Made, options: MakingOptions = {}): string | undefined {
  const { made, kind, settings } = kindOf({ ...(type && { type }) });
  if (made === 'cable') return undefined;
  if (made === 'tuntap') return `tuntap add dev ${name} mode ${kind}`;
  const said = { ...options.settings, ...type?.settings };
  return [
    `link add name ${name}`,
    ...(type?.lower ? [`link ${type.lower.device}`] : []),
    ...(options.index === undefined ? [] : [`index ${options.index}`]),
    ...(options.address === undefined ? [] : [`address ${formatMac(options.address)}`]),
    ...(options.namespace === undefined ? [] : [`netns ${options.namespace}`]),
    `type ${kind}`,
    ...settings.filter(({ set }) => set === undefined).flatMap((one) => settingWords(one, said)),
  ].join(' ');
}

/** What is said of a device once it has its ports: `link set dev bond0 type bond active_slave eth0`. */
export function linesWithPorts({ name, type }: Made): readonly string[] {
  const { kind, settings } = kindOf({ ...(type && { type }) });
  const words = settings
    .filter(({ set }) => set === 'with-ports')
    .flatMap((one) => settingWords(one, type?.settings ?? {}));
  return words.length === 0 ? [] : [`link set dev ${name} type ${kind} ${words.join(' ')}`];
}

/** Makes it a port, as it is said to be one. */
export function portLines({
  name,
  master,
  hairpin,
  isolated,
}: Pick<Interface, 'name' | 'master' | 'hairpin' | 'isolated'>): readonly string[] {
  const flags = [...(hairpin ? ['hairpin on'] : []), ...(isolated ? ['isolated on'] : [])];
  return [
    ...(master === undefined ? [] : [`link set dev ${name} master ${master}`]),
    ...(flags.length === 0 ? [] : [`link set dev ${name} type bridge_slave ${flags.join(' ')}`]),
  ];
}

function settingWords(
  { word }: Setting,
  said: Readonly<Record<string, SettingValue | undefined>>,
): readonly string[] {
  const value = said[word];
  if (value === undefined) return [];
  if (value === true) return [word];
  return [`${word} ${typeof value === 'object' ? formatAddress(value) : value}`];
}
