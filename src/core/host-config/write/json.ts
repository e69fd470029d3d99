// The facts about a host as JSON, for other programs.
import { type AddressFamily, formatAddress } from '../../datatype/address.ts';
import type { DeviceType, SettingValue, TunnelPeer } from '../../device/device.ts';
import { formatMac } from '../../packet/link-text.ts';
import type {
  AddressFacts,
  HopFacts,
  HostFacts,
  InterfaceFacts,
  RouteFacts,
  RuleFacts,
} from '../../topology/facts.ts';
import { formatPrefix } from '../../topology/prefix.ts';

/** One line of JSON with a schema; addresses are text, and what is not said is absent. */
export function writeHostJson({ name, interfaces, routes = [], rules = [], ...facts }: HostFacts): string {
  const { sysctls = [], listening, within } = facts;
  const document = {
    schema: 'hookline.host/1',
    name,
    within,
    interfaces: interfaces.map(interfaceJson),
    routes: routes.map(routeJson),
    rules: rules.map(ruleJson),
    sysctls: sysctls.map((one) => ({ name: one.name, value: one.value })),
    listening,
  };
  return `${JSON.stringify(document)}\n`;
}

function interfaceJson({ addresses, mac, type, dhcp, span: _span, ...rest }: InterfaceFacts): object {
  return {
    ...rest,
    mac: mac === undefined ? undefined : formatMac(mac),
    type: type && typeJson(type),
    addresses: addresses.map(addressJson),
    dhcp: dhcp?.map(({ first, last }) => ({ first: textOf(4, first), last: textOf(4, last) })),
  };
}

function typeJson({ settings, peers, ...rest }: DeviceType): object {
  return {
    ...rest,
    settings: Object.fromEntries(Object.entries(settings).map(([word, value]) => [word, settingJson(value)])),
    peers: peers?.map(({ endpoint, allowed }) => ({
      endpoint: endpoint && { address: formatAddress(endpoint), port: endpoint.port },
      allowed: allowed.map(networkText),
    })),
  };
}

function networkText({ family, value, length }: TunnelPeer['allowed'][number]): string {
  return `${formatAddress({ family, value })}/${length}`;
}

function settingJson(value: SettingValue): string | number | true {
  return typeof value === 'object' ? formatAddress(value) : value;
}

function addressJson({ address, peer, span: _span, ...rest }: AddressFacts): object {
  return { address: formatAddress(address), ...rest, peer: textOf(address.family, peer) };
}

function routeJson({ span: _span, ...route }: RouteFacts): object {
  const { family, destination, prefixLength, source, hops, ...rest } = route;
  return {
    ...rest,
    family,
    destination: formatPrefix(family, destination, prefixLength),
    gateway: textOf(family, route.gateway),
    source: textOf(family, source),
    hops: hops?.map((hop) => hopJson(family, hop)),
  };
}

function hopJson(family: AddressFamily, hop: HopFacts): object {
  return { ...hop, gateway: textOf(family, hop.gateway) };
}

function ruleJson({ span: _span, from, to, ...rest }: RuleFacts): object {
  const prefix = (side: RuleFacts['from']): string | undefined =>
    side && formatPrefix(rest.family, side.value, side.length);
  return { ...rest, from: prefix(from), to: prefix(to) };
}

function textOf(family: AddressFamily, value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : formatAddress({ family, value });
}
