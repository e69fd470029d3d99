// What netplan has of a kind of device: its settings, in the maps that they stand in.
import { formatAddress } from '../../datatype/address.ts';
import type { SettingValue, TunnelPeer } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import type { InterfaceFacts } from '../../topology/facts.ts';
import { refuseIn, type Writing } from './refusal.ts';

/** The keys that make a device one of its kind. */
export function netplanType(
  kindName: string,
  { name, type }: InterfaceFacts,
  writing: Writing,
): Readonly<Record<string, unknown>> {
  const kind = deviceKinds.get(kindName);
  if (!kind?.netplan) refuseIn(writing, `that \`${name}\` is a ${kindName}`);
  const values: Record<string, unknown> = {};
  const said = type?.settings ?? {};
  if (kind?.netplan === 'tunnels')
    values['mode'] = kindName === 'ip6tnl' ? (said['mode'] ?? 'ip6ip6') : kindName;
  for (const { word, netplan } of kind?.settings ?? []) {
    const value = said[word];
    if (value === undefined || (kindName === 'ip6tnl' && word === 'mode')) continue;
    if (netplan !== undefined) put(values, netplan, plainValue(value, netplan));
    else if (word !== 'dev') refuseIn(writing, `\`${word}\` of \`${name}\``);
  }
  const below = type?.lower?.device ?? said['dev'];
  if (below !== undefined) values['link'] = below;
  if (type?.peers) values['peers'] = type.peers.map(peerValue);
  return values;
}

/** `a.b` stands in a map `a`. */
function put(values: Record<string, unknown>, path: string, value: unknown): void {
  const [outer = '', inner] = path.split('.');
  if (inner === undefined) values[outer] = value;
  else values[outer] = { ...Object(values[outer]), [inner]: value };
}

/** What the kernel has as a number is a switch there. */
function plainValue(value: SettingValue, path: string): unknown {
  if (path === 'parameters.stp') return value !== 0;
  return typeof value === 'object' ? formatAddress(value) : value;
}

function peerValue({ endpoint, allowed }: TunnelPeer): object {
  const host = endpoint && formatAddress(endpoint);
  const at = endpoint && `${endpoint.family === 6 ? `[${host}]` : host}:${endpoint.port}`;
  return {
    'allowed-ips': allowed.map((one) => `${formatAddress(one)}/${one.length}`),
    ...(at === undefined ? {} : { endpoint: at }),
  };
}
