// Whether a routing rule is for a flow.
import type { Flow } from './decision.ts';
import type { NumberRange, RoutingRule } from './host.ts';
import { sharesPrefix } from './prefix.ts';

/** `net/core/fib_rules.c: fib_rule_match` with `net/ipv4/fib_rules.c: fib4_rule_match`, without `not`. */
export function ruleMatches(rule: RoutingRule, flow: Flow): boolean {
  const { from, to, mark } = rule;
  const within = (prefix: { value: bigint; length: number }, address: bigint): boolean =>
    sharesPrefix(flow.family, address, prefix.value, prefix.length);
  return (
    (!from || within(from, flow.source ?? 0n)) &&
    (!to || within(to, flow.destination)) &&
    (!mark || (((flow.mark ?? 0) ^ mark.value) & mark.mask) === 0) &&
    (rule.iif === undefined || rule.iif === (flow.iif ?? 'lo')) &&
    (rule.oif === undefined || rule.oif === (flow.oif ?? flow.preferredOif)) &&
    isFor(rule, flow)
  );
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
