// `reject`: what it answers with by itself, and which packets can be answered so (nftables: src/evaluate.c:
// stmt_evaluate_reject).
import { needForReject } from './dependency.ts';
import { asConstant } from './evaluate-constant.ts';
import { type Evaluation, evaluate } from './evaluate-expression.ts';
import { fail } from './problem.ts';
import type { Place, RejectType, Statement } from './syntax.ts';
import type { Constant } from './term.ts';
import { types } from './types.ts';

const codeTypes = { icmp: types.icmpCode, icmpv6: types.icmpv6Code, icmpx: types.icmpxCode } as const;
/** `port-unreachable` in each. */
const usualCodes = { icmp: 3n, icmpv6: 4n, icmpx: 1n } as const;

/** Adds the statement, after what it needs to know of the packet. */
export function evaluateReject(
  rule: Evaluation,
  { type = usualType(rule), code, at }: Extract<Statement, { kind: 'reject' }>,
): void {
  if (type === 'tcp reset') checkTransport(rule, at);
  checkFamily(rule, type, at);
  rule.steps.push({ kind: 'reject', type, code: codeOf(rule, type, code) });
}

function codeOf(
  rule: Evaluation,
  type: RejectType,
  node: Extract<Statement, { kind: 'reject' }>['code'],
): Constant {
  const slot = { type: codeTypes[type === 'tcp reset' ? 'icmp' : type], bits: 8 };
  if (node) return asConstant(evaluate(rule, node, [slot]), node.at);
  return { kind: 'constant', ...slot, value: usualCodes[type === 'tcp reset' ? 'icmp' : type] };
}

/** By the family of the table or, where it sees both, by what the rule has asked. */
function usualType({ protocols: { family, known } }: Evaluation): RejectType {
  if (family === 'ip' || known.nh === 'ip') return 'icmp';
  if (family === 'ip6' || known.nh === 'ip6') return 'icmpv6';
  return 'icmpx';
}

function checkTransport({ protocols }: Evaluation, at: Place): void {
  const { th } = protocols.known;
  if (th !== undefined && th !== 'tcp') fail('HK5605', `\`${th}\` cannot be answered with a TCP reset`, at);
}

const networks: Partial<Record<RejectType, 'ip' | 'ip6'>> = { icmp: 'ip', icmpv6: 'ip6' };

function checkFamily(rule: Evaluation, type: RejectType, at: Place): void {
  const { family, known } = rule.protocols;
  if (family === 'arp') fail('HK5605', 'a table of the family `arp` cannot reject', at);
  const network = networks[type];
  if (
    (network && known.nh !== undefined && known.nh !== network) ||
    (type === 'icmpx' && /^ip6?$/.test(family))
  )
    fail('HK5605', `\`${known.nh}\` is not answered with \`${type}\``, at);
  const isLinkFamily = family === 'bridge' || family === 'netdev';
  if (isLinkFamily && known.nh !== undefined && known.nh !== 'ip' && known.nh !== 'ip6')
    fail('HK5605', `\`${known.nh}\` cannot be rejected`, at);
  if (type === 'tcp reset') needForReject(rule, 'tcp', at);
  else if (network) needForReject(rule, network, at);
}
