// .netdev files (systemd.netdev(5)): the devices that systemd-networkd makes.
import type { DeviceKind } from '../../device/define.ts';
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import { nearestName } from '../../diagnostic/meant.ts';
import { settingOf } from '../device.ts';
import { complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { type Entry, lastOf } from '../ini.ts';
import { applyKeys, ignored, type KeyTable } from '../keys.ts';
import { deviceOf } from '../value.ts';
import type { Unit } from './format.ts';
import { setMac } from './link.ts';
import { checkSections, entriesOf } from './sections.ts';
import { bytesOf } from './value.ts';
import { wireguardPeers } from './wireguard.ts';

const keys: KeyTable<InterfaceDraft> = {
  ...ignored('Description', 'Name', 'Kind'),
  MTUBytes: (value, link, draft) => {
    const mtu = bytesOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
  MACAddress: (value, link, draft) => {
    if (value.text !== 'none') setMac(value, link, draft);
  },
};

/** Reads one; which device it stands on is said by the .network file of that one. */
export function readNetDev(unit: Unit, draft: HostDraft): void {
  const entries = entriesOf(unit, 'NetDev');
  const named = lastOf(entries, 'Name');
  const said = lastOf(entries, 'Kind');
  const [{ name: place } = { name: undefined }] = unit.sections;
  if (!named || !said) {
    if (place) complain(draft, 'HK8002', '`[NetDev]` needs `Name=` and `Kind=`', place.span);
    return;
  }
  const name = deviceOf(named, draft);
  if (name === undefined) return;
  const link = interfaceIn(draft, name, named.span);
  applyKeys(entries, keys, link, draft);
  const kind = deviceKinds.get(said.text);
  if (kind) readKind(unit, kind, link, draft);
  else {
    const help = nearestName(said.text, deviceKinds.keys());
    complain(draft, 'HK8004', `that \`${name}\` is of kind \`${said.text}\` is left out`, said.span, help);
  }
}

function readKind(unit: Unit, kind: DeviceKind, link: InterfaceDraft, draft: HostDraft): void {
  const section = kind.networkd ?? '';
  const parts = ['WireGuardPeer', 'BareUDP', 'Peer', 'TrunkVLAN'];
  checkSections(unit, ['Match', 'NetDev', section, ...parts], [], draft);
  const entries = entriesOf(unit, section);
  const settings: Record<string, SettingValue> = {};
  for (const setting of kind.settings) {
    const found = entries.find(({ key }) => key.text === setting.networkd);
    const value = found && settingValue(found, setting, draft);
    if (value !== undefined) settings[setting.word] = value;
  }
  const peers = wireguardPeers(unit, draft);
  link.type = { kind: kind.kind, settings, ...(peers.length > 0 && { peers }) };
}

/** Ends of tunnels may be left to routing, and what is `no` is not said. */
function settingValue(
  { value }: Entry,
  setting: DeviceKind['settings'][number],
  draft: HostDraft,
): SettingValue | undefined {
  if (value.text === 'any' || value.text === '') return undefined;
  if (setting.value === 'flag') return /^(?:1|yes|true|on)$/i.test(value.text) ? true : undefined;
  return settingOf(value, setting, draft);
}
