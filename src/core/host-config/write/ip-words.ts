// Routes and rules in the words of `ip`, which are those of a policy's `host` block, too.
import { type AddressFamily, formatAddress } from '../../datatype/address.ts';
import type { AddressFacts, HopFacts, RouteFacts, RuleFacts } from '../../topology/facts.ts';
import type { NumberRange } from '../../topology/host.ts';
import { formatPrefix } from '../../topology/prefix.ts';

/** How the name of an interface is written. */
export type SpellDevice = (name: string) => string;

type Words = readonly (string | false | undefined)[];

/** What stands behind `ip route add` for a route. */
export function routeWords(route: RouteFacts, spell: SpellDevice): string {
  const { family, type, destination, prefixLength, source, table, metric, tos, mtu, hops } = route;
  return joined([
    type,
    formatPrefix(family, destination, prefixLength),
    ...(hops ? [] : wayWords(family, route, spell)),
    source !== undefined && `src ${formatAddress({ family, value: source })}`,
    tos !== undefined && tos !== 0 && `tos ${hex(tos)}`,
    table !== undefined && `table ${table}`,
    metric !== undefined && `metric ${metric}`,
    mtu !== undefined && `mtu ${route.mtuLocked ? 'lock ' : ''}${mtu}`,
    route.preference && `pref ${route.preference}`,
    ...(hops ?? []).flatMap((hop) => [
      'nexthop',
      ...wayWords(family, hop, spell),
      hop.weight !== undefined && `weight ${hop.weight}`,
    ]),
  ]);
}

function wayWords(family: AddressFamily, { gateway, device, onlink }: HopFacts, spell: SpellDevice): Words {
  return [
    gateway !== undefined && `via ${formatAddress({ family, value: gateway })}`,
    device !== undefined && `dev ${spell(device)}`,
    onlink && 'onlink',
  ];
}

/** What stands behind `ip address add`, without the interface. */
export function addressWords({ address, prefixLength, ...facts }: AddressFacts): string {
  const { scope, peer, label, deprecated, metric, noPrefixRoute } = facts;
  const { family } = address;
  const preferred = deprecated ? 0 : facts.preferredLifetime;
  const text = formatAddress(address);
  const subnet = peer === undefined ? text : `${text} peer ${formatAddress({ family, value: peer })}`;
  return joined([
    `${subnet}/${prefixLength}`,
    scope && `scope ${scope}`,
    label !== undefined && `label ${label}`,
    facts.home && 'home',
    facts.validLifetime !== undefined && `valid_lft ${facts.validLifetime}`,
    preferred !== undefined && `preferred_lft ${preferred}`,
    metric !== undefined && `metric ${metric}`,
    noPrefixRoute && 'noprefixroute',
  ]);
}

/** What stands behind `ip rule add` for a rule. */
export function ruleWords(rule: RuleFacts, spell: SpellDevice): string {
  const { family, from, to, iif, oif, mark } = rule;
  const prefix = ({ value, length }: { value: bigint; length: number }): string =>
    `${formatAddress({ family, value })}/${length}`;
  return joined([
    rule.invert && 'not',
    from && `from ${prefix(from)}`,
    to && `to ${prefix(to)}`,
    iif !== undefined && `iif ${spell(iif)}`,
    oif !== undefined && `oif ${spell(oif)}`,
    mark && `fwmark ${markText(mark)}`,
    ...aboveAddresses(rule),
    rule.priority !== undefined && `priority ${rule.priority}`,
    actionText(rule),
    rule.suppressPrefixLength !== undefined && `suppress_prefixlength ${rule.suppressPrefixLength}`,
    rule.suppressGroup !== undefined && `suppress_ifgroup ${rule.suppressGroup}`,
  ]);
}

function actionText({ l3mdev, action, table }: RuleFacts): string {
  if (l3mdev) return 'l3mdev';
  return action === 'lookup' ? `lookup ${table}` : action;
}

function markText({ value, mask }: NonNullable<RuleFacts['mark']>): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}

function aboveAddresses({ tos, protocol, sports, dports, users }: RuleFacts): Words {
  return [
    tos !== undefined && tos !== 0 && `tos ${hex(tos)}`,
    protocol !== undefined && protocol !== 0 && `ipproto ${protocol}`,
    sports && `sport ${rangeText(sports)}`,
    dports && `dport ${rangeText(dports)}`,
    users && `uidrange ${users.first}-${users.last}`,
  ];
}

function rangeText({ first, last }: NumberRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function joined(words: Words): string {
  return words.filter(Boolean).join(' ');
}
