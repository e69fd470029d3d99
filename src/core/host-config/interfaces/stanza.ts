// A stanza `iface` of /etc/network/interfaces: its options one by one, and what they make together.
import type { AddressFamily } from '../../datatype/address.ts';
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import { readCommand } from '../command.ts';
import { settingOf } from '../device.ts';
import { addAddress, complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import type { Entry } from '../ini.ts';
import { atRunTime, ignored, type KeyEffect, type KeyTable } from '../keys.ts';
import { deviceOf, lengthOf, macOf, numberOf } from '../value.ts';
import { partOf, type Word, wordsIn } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readRoute } from '../words/route.ts';

/** While one is read. */
export interface Stanza {
  readonly link: InterfaceDraft;
  readonly name: Word;
  readonly family: AddressFamily | undefined;
  readonly method: Word | undefined;
  readonly label?: string;
  readonly entries: readonly Entry[];
  /** Options that count together with others, the last of each name. */
  readonly said: Map<string, Word>;
}

const keep: KeyEffect<Stanza> = (value, { said }, _draft, { text }) =>
  void said.set(text.replaceAll('_', '-'), value);

/** Lines of a shell; several commands have `;` or `&&` between them. */
const command: KeyEffect<Stanza> = ({ text, span }, { link }, draft) => {
  const whole = span.source.text.slice(span.start, span.end);
  const place = text === whole ? span : { ...span };
  const words = wordsIn(place).map((word) => ({
    ...word,
    text: word.text.replace(/\$\{?IFACE\}?|"\$IFACE"/g, link.name).replace(/^["']|["']$/g, ''),
  }));
  let part: Word[] = [];
  for (const word of words) {
    const isEnd = /^(?:;|&&|\|\|)$/.test(word.text) || word.text.endsWith(';');
    const bare = { ...word, text: word.text.replace(/;$/, '') };
    if (!/^(?:;|&&|\|\|)$/.test(word.text) && bare.text !== '') part.push(bare);
    if (!isEnd) continue;
    readCommand(part, draft);
    part = [];
  }
  readCommand(
    part.filter((word) => word.text !== '||' && word.text !== 'true'),
    draft,
  );
};

function enslave(kind: 'bridge' | 'bond'): KeyEffect<Stanza> {
  return ({ span }, { link }, draft) => {
    link.type ??= { kind, settings: {} };
    for (const word of wordsIn(span)) {
      if (word.text === 'none' || word.text === 'regex' || word.text === 'all') continue;
      const port = deviceOf(word, draft);
      if (port !== undefined) interfaceIn(draft, port, word.span).master = link.name;
    }
  };
}

function setting(kindName: 'bridge' | 'bond', word: string): KeyEffect<Stanza> {
  return (value, { link }, draft) => {
    const known = deviceKinds.get(kindName)?.settings.find((one) => one.word === word);
    const read: SettingValue | undefined = known && settingOf(value, known, draft);
    const before = link.type?.kind === kindName ? link.type.settings : {};
    if (read !== undefined) link.type = { kind: kindName, settings: { ...before, [word]: read } };
  };
}

const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
];

const basic: KeyTable<Stanza> = {
  ...ignored(
    'dns-nameservers',
    'dns-nameserver',
    'dns-search',
    'dns-domain',
    'broadcast',
    'network',
    'client',
    'hostname',
    'leasehours',
  ),
  ...ignored(
    'leasetime',
    'vendor',
    'accept_ra',
    'autoconf',
    'privext',
    'dad-attempts',
    'dad-interval',
    'media',
    'provider',
    'preferred-lifetime',
  ),
  ...ignored(
    'pre-down',
    'down',
    'post-down',
    'wpa-conf',
    'wpa-ssid',
    'wpa-psk',
    'wireless-essid',
    'ethernet-wol',
    'link-speed',
    'link-duplex',
  ),
  ...ignored(
    'bridge_fd',
    'bridge_maxwait',
    'bridge_ageing',
    'bridge_hello',
    'bridge_maxage',
    'bridge_bridgeprio',
    'bridge_waitport',
  ),
  ...ignored(
    'bridge_pathcost',
    'bridge_portprio',
    'bridge_gcint',
    'bridge_hw',
    'bridge-fd',
    'bridge-maxwait',
    'bridge-vids',
    'bridge-pvid',
  ),
  ...ignored(
    'bond-miimon',
    'bond-updelay',
    'bond-downdelay',
    'bond-lacp-rate',
    'bond-xmit-hash-policy',
    'bond-min-links',
    'bond-arp-interval',
  ),
  ...ignored(
    'bond-arp-ip-target',
    'bond-use-carrier',
    'bond-give-a-chance',
    'bond-fail-over-mac',
    'bond-primary-reselect',
    'ifmetric',
  ),
  ...ignored(
    'bond-ad-select',
    'request-prefix',
    'll-attempts',
    'll-interval',
    'tunnel-physdev',
    'alias',
    'description',
    'inherits',
  ),
  up: command,
  'post-up': command,
  'pre-up': command,
  address: keep,
  netmask: keep,
  gateway: keep,
  metric: keep,
  pointopoint: keep,
  scope: keep,
  mode: keep,
  endpoint: keep,
  local: keep,
  ttl: keep,
  'vlan-raw-device': keep,
  vlan_raw_device: keep,
  'vlan-id': keep,
  mtu: (value, { link }, draft) => {
    const mtu = numberOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
  hwaddress: ({ span }, { link }, draft) => {
    const mac = macOf(wordsIn(span).at(-1) ?? { text: '', span }, draft);
    if (mac !== undefined) link.mac = mac;
  },
  bridge_ports: enslave('bridge'),
  bridge_stp: setting('bridge', 'stp_state'),
  bridge_vlan_aware: setting('bridge', 'vlan_filtering'),
  'bond-slaves': enslave('bond'),
  'bond-mode': (value, stanza, draft, key) =>
    setting('bond', 'mode')(partOf(value, bondModes[Number(value.text)] ?? value.text), stanza, draft, key),
  'bond-primary': (value, stanza, draft, key) => {
    const [first = value] = wordsIn(value.span);
    setting('bond', 'primary')(first, stanza, draft, key);
  },
  'bond-master': (value, { link }, draft) => {
    const master = deviceOf(value, draft);
    if (master === undefined) return;
    link.master = master;
    interfaceIn(draft, master, value.span).type ??= { kind: 'bond', settings: {} };
  },
  vrf: (value, { link }, draft) => {
    const master = deviceOf(value, draft);
    if (master !== undefined) link.master = master;
  },
};

/** Both spellings of what has several words. */
export const stanzaKeys: KeyTable<Stanza> = {
  ...basic,
  ...Object.fromEntries(
    Object.entries(basic)
      .filter(([name]) => /^(?:bridge|bond)[_-]/.test(name))
      .flatMap(([name, effect]) => [
        [name.replaceAll('_', '-'), effect],
        [name.replaceAll('-', '_'), effect],
      ]),
  ),
};

/** What the options make together: the address with its route, and the VLAN that a name shows. */
export function finishStanza(stanza: Stanza, draft: HostDraft): void {
  const { method, family, said } = stanza;
  readVlan(stanza, draft);
  switch (method?.text) {
    case 'static':
    case 'v4tunnel':
      readStatic(stanza, family ?? 4, draft);
      return;
    case undefined:
      if (said.has('address')) readStatic(stanza, family ?? 4, draft);
      return;
    case 'manual':
    case 'loopback':
    case 'none':
      return;
    default:
      atRunTime(draft, `what the method \`${method?.text}\` gives is`, method ?? stanza.name);
  }
}

function readStatic({ link, name, said, label }: Stanza, family: AddressFamily, draft: HostDraft): void {
  const address = said.get('address');
  if (!address) {
    complain(draft, 'HK8002', 'the stanza has no `address`', name.span);
    return;
  }
  const mask = said.get('netmask');
  const isWhole = address.text.includes('/') || !mask;
  const length = isWhole ? undefined : lengthOf(mask, draft, address.text.includes(':') ? 6 : 4);
  const peer = said.get('pointopoint');
  const own = length === undefined ? address : partOf(address, `${address.text}/${length}`);
  const words = [
    peer ? partOf(own, own.text.replace(/\/.*/, '')) : own,
    ...(peer ? [partOf(peer, 'peer'), partOf(peer, `${peer.text}${/\/.*/.exec(own.text)?.[0] ?? ''}`)] : []),
    ...(label === undefined ? [] : [partOf(name, 'label'), partOf(name, label)]),
  ];
  const read = readAddress({ all: words, at: 0, span: address.span }, draft);
  if (read) addAddress(link, read.facts);
  const gateway = said.get('gateway');
  if (gateway && gateway.text !== 'none') addGateway(gateway, said.get('metric'), link, family, draft);
}

function addGateway(
  gateway: Word,
  metric: Word | undefined,
  { name }: InterfaceDraft,
  family: AddressFamily,
  draft: HostDraft,
): void {
  const all = [
    ...['default', 'via', gateway.text, 'dev', name].map((text) => partOf(gateway, text)),
    ...(metric ? [partOf(metric, 'metric'), metric] : []),
  ];
  const route = readRoute({ all, at: 0, span: gateway.span }, draft, family);
  if (route) draft.routes.push(route);
}

/** `eth0.7`, or `vlan7` with `vlan-raw-device` (vlan-interfaces(5)). */
function readVlan({ link, name, said }: Stanza, draft: HostDraft): void {
  const raw = said.get('vlan-raw-device');
  const [, base, dotted] = /^(.+)\.(\d{1,4})$/.exec(link.name) ?? [];
  const [, named] = /^vlan(\d{1,4})$/.exec(link.name) ?? [];
  const written = said.get('vlan-id');
  const below = raw?.text ?? base;
  const id = written?.text ?? dotted ?? named;
  if (below === undefined || id === undefined || link.type) return;
  const device = deviceOf(raw ?? partOf(name, below), draft);
  const number = numberOf(written ?? partOf(name, id), draft, 12);
  if (device === undefined || number === undefined) return;
  interfaceIn(draft, device, (raw ?? name).span);
  link.type = { kind: 'vlan', settings: { id: number }, lower: { device } };
}
