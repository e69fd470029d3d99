// The sections and keys of NetworkManager's profiles (nm-settings(5)).
import type { InterfaceDraft } from '../draft.ts';
import { type Entry, lastOf } from '../ini.ts';
import { ignored, type KeyTable } from '../keys.ts';
import { booleanOf, macOf, numberOf } from '../value.ts';

/** What has nothing to do with packets. */
export const silentSections: ReadonlySet<string> = new Set([
  'connection',
  'proxy',
  'user',
  'wifi',
  'wifi-security',
  '802-11-wireless',
  '802-11-wireless-security',
  '802-1x',
  'ethtool',
  'match',
  'gsm',
  'cdma',
  'serial',
  'ppp',
  'pppoe',
  'adsl',
  'bluetooth',
  'dcb',
  'sriov',
  'tc',
  'link',
  'hostname',
  'bond-port',
  'team-port',
  'vpn',
  'vpn-secrets',
  'loopback',
  'dummy',
  'infiniband',
  'wireguard',
  'generic',
  'veth',
  'team',
  'wpan',
  'ovs-bridge',
]);

/** Of `[connection]`; the interface and its controller are read apart. */
export const connectionKeys: KeyTable<InterfaceDraft> = {
  ...ignored(
    'id',
    'uuid',
    'type',
    'interface-name',
    'master',
    'controller',
    'slave-type',
    'port-type',
    'autoconnect',
    'stable-id',
  ),
  ...ignored(
    'autoconnect-priority',
    'autoconnect-slaves',
    'autoconnect-ports',
    'autoconnect-retries',
    'permissions',
    'timestamp',
  ),
  ...ignored(
    'zone',
    'lldp',
    'llmnr',
    'mdns',
    'metered',
    'multi-connect',
    'read-only',
    'secondaries',
    'wait-activation-delay',
  ),
  ...ignored(
    'wait-device-timeout',
    'auth-retries',
    'dns-over-tls',
    'gateway-ping-timeout',
    'mud-url',
    'mptcp-flags',
    'down-on-poweroff',
  ),
};

const mtu: KeyTable<InterfaceDraft> = {
  mtu: (value, link, draft) => {
    const number = numberOf(value, draft);
    if (number) link.mtu = number;
  },
};

const card: KeyTable<InterfaceDraft> = {
  ...mtu,
  ...ignored(
    'mac-address',
    'mac-address-blacklist',
    'mac-address-denylist',
    'auto-negotiate',
    'duplex',
    'speed',
    'port',
    'wake-on-lan',
  ),
  ...ignored(
    'generate-mac-address-mask',
    's390-nettype',
    's390-options',
    's390-subchannels',
    'wake-on-lan-password',
    'accept-all-mac-addresses',
  ),
  'cloned-mac-address': (value, link, draft) => {
    const mac = /^(?:permanent|preserve|random|stable|stable-ssid)$/.test(value.text)
      ? undefined
      : macOf(value, draft);
    if (mac !== undefined) link.mac = mac;
  },
};

/** Sections that change the interface itself. */
export const linkSections: Readonly<Record<string, KeyTable<InterfaceDraft>>> = {
  ethernet: card,
  '802-3-ethernet': card,
  'bridge-port': {
    ...ignored('path-cost', 'priority', 'vlans'),
    'hairpin-mode': (value, link, draft) => {
      if (booleanOf(value, draft)) link.hairpin = true;
    },
  },
};

/** How a type is told and which of its keys are settings, by the words of ip-link(8). */
interface KindSection {
  readonly kind: (entries: readonly Entry[]) => string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** A value in the words of the kernel. */
  readonly translate?: (key: string, value: string) => string | undefined;
}

const modes = ['', 'vepa', 'bridge', 'private', 'passthru', 'source'];
const tunnels = [
  '',
  'ipip',
  'gre',
  'sit',
  'isatap',
  'vti',
  'ip6tnl',
  'ip6tnl',
  'ip6gre',
  'vti6',
  'gretap',
  'ip6gretap',
];

function always(kind: string): KindSection['kind'] {
  return () => kind;
}

/** Types of connections that make a device. */
export const kindSections: Readonly<Record<string, KindSection>> = {
  bridge: { kind: always('bridge'), settings: { stp: 'stp_state', 'vlan-filtering': 'vlan_filtering' } },
  bond: { kind: always('bond'), settings: { mode: 'mode', primary: 'primary' } },
  vlan: { kind: always('vlan'), settings: { id: 'id', protocol: 'protocol' } },
  vrf: { kind: always('vrf'), settings: { table: 'table' } },
  dummy: { kind: always('dummy'), settings: {} },
  veth: { kind: always('veth'), settings: {} },
  wireguard: { kind: always('wireguard'), settings: { 'listen-port': 'listen-port' } },
  vxlan: {
    kind: always('vxlan'),
    settings: { id: 'id', remote: 'remote', local: 'local', 'destination-port': 'dstport' },
  },
  macvlan: {
    kind: (entries) => (lastOf(entries, 'tap')?.text === 'true' ? 'macvtap' : 'macvlan'),
    settings: { mode: 'mode' },
    translate: (_key, value) => modes[Number(value)],
  },
  tun: { kind: (entries) => (lastOf(entries, 'mode')?.text === '2' ? 'tap' : 'tun'), settings: {} },
  'ip-tunnel': {
    kind: (entries) => tunnels[Number(lastOf(entries, 'mode')?.text)] ?? undefined,
    settings: { local: 'local', remote: 'remote' },
  },
};
