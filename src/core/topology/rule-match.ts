// Whether a routing rule is for a flow.
import type { Flow } from './decision.ts';
import type { Host, NumberRange, RoutingRule } from './host.ts';
import { sharesPrefix } from './prefix.ts';
import { type Domain, tableFor, vrfOf } from './vrf.ts';

/** `net/core/fib_rules.c: fib_rule_match` with `net/ipv4/fib_rules.c: fib4_rule_match`, without `not`. */
export function ruleMatches(host: Host, rule: RoutingRule, flow: Flow, domain: Domain): boolean {
  const { from, to, mark } = rule;
  const within = (prefix: { value: bigint; length: number }, address: bigint): boolean =>
    sharesPrefix(flow.family, address, prefix.value, prefix.length);
  return (
    (!from || within(from, flow.source ?? 0n)) &&
    (!to || within(to, flow.destination)) &&
    (!mark || (((flow.mark ?? 0) ^ mark.value) & mark.mask) === 0) &&
    (rule.iif === undefined || comesBy(host, rule.iif, flow, domain)) &&
    (rule.oif === undefined || leavesBy(host, rule.oif, domain)) &&
    tableFor(host, rule, domain) !== undefined &&
    isFor(rule, flow)
  );
}

/** One that names a VRF is for all that comes in by its ports (`include/net/l3mdev.h: l3mdev_fib_rule_iif_match`). */
function comesBy(host: Host, name: string, { iif = 'lo' }: Flow, { vrf, byOutput }: Domain): boolean {
  return isVrfNamed(host, name) ? !byOutput && vrf === name : name === iif;
}

/** One that names a VRF is for all that must leave by it or a port of it (`l3mdev_fib_rule_oif_match`). */
function leavesBy(host: Host, name: string, { vrf, byOutput, oif, preferredOif }: Domain): boolean {
  return isVrfNamed(host, name) ? byOutput && vrf === name : name === (oif ?? preferredOif);
}

function isVrfNamed(host: Host, name: string): boolean {
  return vrfOf(host, name)?.name === name;
}

/** What is above the addresses. */
function isFor({ tos, protocol, sports, dports, users }: RoutingRule, flow: Flow): boolean {
  return (
    (!tos || (flow.family === 4 ? isLegacyTos(tos, flow) : tos === ((flow.tos ?? 0) & 0xfc))) &&
    (!protocol || protocol === flow.protocol) &&
    (!sports || contains(sports, flow.sport)) &&
    (!dports || contains(dports, flow.dport)) &&
    (!users || contains(users, flow.user))
  );
}

function contains({ first, last }: NumberRange, number = 0): boolean {
  return first <= number && number <= last;
}

/** `include/net/ip_fib.h: fib_dscp_masked_match`: IPv4 looks at three bits of it (RFC 1349). */
export function isLegacyTos(tos: number, flow: Flow): boolean {
  return tos === ((flow.tos ?? 0) & 0x1c);
}
