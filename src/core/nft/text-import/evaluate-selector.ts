// What a rule reads: each selector asks for the headers that it needs, and some have their type from them.
import { needNetwork, type RuleDraft, readField } from './dependency.ts';
import { fail } from './problem.ts';
import type { Payload, Reading, Selector } from './selector.ts';
import type { Place } from './syntax.ts';
import { types } from './types.ts';

/** Something that is read from the packet. */
export function evaluateSelector(rule: RuleDraft, selector: Selector, at: Place): Payload | Reading {
  if (selector.kind === 'payload') return evaluatePayload(rule, selector, at);
  const { group } = selector;
  if (group === 'exthdr') needNetwork(rule, 'ip6', at);
  if (group === 'ip option') needNetwork(rule, 'ip', at);
  if (group === 'ct') return evaluateCt(rule, selector, at);
  if (group === 'rt') return evaluateRoute(rule, selector, at);
  const { family } = rule.protocols;
  if (group === 'meta' && selector.key === 'nfproto' && family !== 'inet')
    fail('HK5605', '`meta nfproto` says something in tables of the family `inet` only', at);
  if ('ipsec' in selector.json && !['ip', 'ip6', 'inet'].includes(family))
    fail('HK5605', `a table of the family \`${family}\` has no \`ipsec\``, at);
  return selector.key === 'day' ? { ...selector, max: 6n } : selector;
}

/** No register holds more; nothing is read from no bits. */
const largestRead = 128;

function evaluatePayload(rule: RuleDraft, payload: Payload, at: Place): Payload {
  if (payload.bits < 1 || payload.bits > largestRead)
    fail('HK5604', `${payload.bits} bits cannot be read at once, 1 to ${largestRead} can`, at);
  return readField(rule, payload, at);
}

const addressTypes = { ip: types.ipv4, ip6: types.ipv6 } as const;

function networkOf({ protocols }: RuleDraft): 'ip' | 'ip6' | undefined {
  const { nh } = protocols.known;
  return nh === 'ip' || nh === 'ip6' ? nh : undefined;
}

/** Addresses are of the network protocol that the rule has, or that they name. */
function evaluateCt(rule: RuleDraft, selector: Reading, at: Place): Reading {
  const key = selector.key ?? '';
  const network = networkOf(rule);
  const named = /^(ip6?) [sd]addr$/.exec(key)?.[1];
  if (named !== undefined) {
    if (network !== undefined && network !== named)
      fail('HK5605', `this needs \`${named}\`, but the packet is \`${network}\` here`, at);
    return selector;
  }
  if (key.startsWith('proto-') && rule.protocols.known.th === undefined)
    fail(
      'HK5605',
      `\`ct ${key}\` needs to know the transport protocol`,
      at,
      'write `ct protocol tcp` or the like before',
    );
  if (key !== 'saddr' && key !== 'daddr') return selector;
  const { ct } = selector.json;
  if (typeof ct !== 'object' || ct === null || !('dir' in ct))
    fail('HK5601', `\`ct ${key}\` needs a direction, \`original\` or \`reply\``, at);
  if (!network)
    fail(
      'HK5605',
      `it is not known whether this is an IPv4 or an IPv6 address`,
      at,
      `write \`ip ${key}\` or \`ip6 ${key}\``,
    );
  const type = addressTypes[network];
  return { ...selector, type, bits: type.bits };
}

function evaluateRoute(rule: RuleDraft, selector: Reading, at: Place): Reading {
  const { rt } = selector.json;
  if (typeof rt !== 'object' || rt === null || !('key' in rt) || rt.key !== 'nexthop') return selector;
  const family = selector.key === 'ip' || selector.key === 'ip6' ? selector.key : networkOf(rule);
  if (!family)
    fail(
      'HK5605',
      'it is not known whether this is an IPv4 or an IPv6 address',
      at,
      'write `rt ip nexthop` or `rt ip6 nexthop`',
    );
  const other = rule.protocols.family;
  if ((other === 'ip' || other === 'ip6') && other !== family)
    fail('HK5605', `a table of the family \`${other}\` never sees \`${family}\``, at);
  const type = addressTypes[family];
  return { ...selector, json: { rt: { key: 'nexthop', family } }, type, bits: type.bits };
}
